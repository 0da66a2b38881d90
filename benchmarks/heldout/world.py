"""An adversarial world for linking, with the truth known.

It was written without sight of the linker and of the project's own simulator, and must never be used to tune
(see README.md). Presets differ in character; seeds 1–3 are for reporting only.

What ties adverts wrongly across operations: helpline numbers, numbers rented by several operations, texts
sold to many, numbers that change hands after a gap of at least 45 days, stolen photos, mail addresses in
platform footers. What tells operations apart: two types of identifier that agree, place, time, name, text.

Inherently ambiguous: 0.5–1 % of adverts, which share no identifier of their operation (one that at most three
operations use) with the rest of it, such as a burner shown once under a text written once. Figures.ambiguous
measures it and Figures.ceiling the B³ F1 of a linker that gets all else right.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks import metrics
from benchmarks.heldout import phrases, render
from benchmarks.heldout.plan import Ad, Knobs, Market, Operation, operations

START = datetime(2025, 1, 1, tzinfo=UTC)

PRESETS: dict[str, Knobs] = {
    "mixed": Knobs(rings=0.10, agencies=0.06, independents=0.84, noise=0.12),
    # More than half of the adverts are of rings, which are larger and use more burners.
    "rings-heavy": Knobs(
        rings=0.25, agencies=0.04, independents=0.71, ring_size=1.5, burner=0.2, stolen=0.003, recycled=0.03
    ),
    # Operations come and go within weeks, half buy texts, and numbers soon have another owner.
    "burst-and-resale": Knobs(
        rings=0.08, agencies=0.05, independents=0.87, burst=0.15, recycled=0.1, resold=0.5, stolen=0.007
    ),
}


@dataclass(frozen=True)
class Figures:
    """How hard a world is: shares and B³ F1, computed from perfect identifiers."""

    ads: int
    operations: int
    largest: float  # share of adverts in the largest plain component
    plain: float  # B³ F1 of plain components over all identifiers
    cap: int
    capped: float  # B³ F1 of the best degree cap, chosen with the truth in hand
    ceiling: float  # B³ F1 of components over identifiers of at most 3 operations, cut at operation borders
    ambiguous: float  # share of adverts outside the main component of their operation in that partition


def _body(rng: Random, ad: Ad, market: Market, phone: str, price: str) -> tuple[str, str]:
    """Return title and body in the language of the advert's place, or of its template."""
    language = phrases.COUNTRIES[ad.country][0]
    if ad.noise:
        thing = rng.choice(phrases.NOISE[language])
        return (
            f"{thing}, {ad.city}",
            f"{thing} {rng.randrange(10**4)}. {price}. {ad.name}, {ad.city}. {phone}".strip(),
        )
    if ad.template >= 0:
        language, text = market.templates[ad.template]
        text = render.edited(rng, text, language, rng.uniform(0, 0.15))
    else:
        text = render.template_text(rng, language)
    slots = {"name": ad.name, "city": ad.city, "price": price, "phone": phone}
    title = rng.choice(phrases.TITLES[language])
    parts = [" ".join(text.format_map(slots).split())]
    parts += [f"Telegram @{h.partition(':')[2]}" for h in ad.handles] + ad.emails
    if ad.hotline:
        shown = render.written_phone(rng, ad.hotline, ad.country, 0)
        parts.append(phrases.HELP[language].format(phone=shown))
    return title.format_map(slots), "\n".join(parts)


def _advert(rng: Random, native: str, ad: Ad, market: Market) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    """Return the advert as published and the (type, value) of each identifier in it."""
    knobs = market.knobs
    _, hours, currency, _, _, _ = phrases.COUNTRIES[ad.country]
    price = f"{rng.randrange(8, 40) * 5} {currency}"
    phone = " / ".join(render.written_phone(rng, p, ad.country, knobs.obscured) for p in ad.phones)
    title, body = _body(rng, ad, market, phone, price)
    found = [("phone", p) for p in ad.phones] + [("email", e) for e in ad.emails]
    found += [("handle", h) for h in ad.handles] + [("image", f"{i:064x}") for i in ad.images]
    if ad.template >= 0:
        found.append(("template", f"t{ad.template:06d}"))
    if ad.hotline:
        found.append(("phone", ad.hotline))
    if ad.username:
        found.append(("handle", f"{ad.platform.partition('.')[0]}:{ad.username}"))
    footer = phrases.FOOTERS.get(ad.platform)
    if footer and rng.random() < knobs.footer:
        body += "\n" + footer
        found.append(("email", footer.rpartition(" ")[2]))
    posted = (START + timedelta(days=ad.day)).astimezone(timezone(timedelta(hours=hours)))
    record = {
        "id": native,
        "platform": ad.platform,
        "url": f"https://{ad.platform}/ad/{native}",
        "title": title,
        "body": body,
        "posted_at": posted.isoformat(timespec="seconds"),
        "city": ad.city,
        "price": price,
        "username": ad.username,
        "images": [render.perturbed(rng, i, 12) for i in ad.images],
    }
    return record, sorted(set(found))


def _published(rng: Random, plan: list[Operation]) -> Iterator[tuple[str, Operation, Ad]]:
    """Yield adverts in the order of time, which tells nothing of the operation."""
    everything = [(ad.day, rng.random(), operation, ad) for operation in plan for ad in operation.ads]
    everything.sort(key=lambda row: row[:2])
    for number, (_, _, operation, ad) in enumerate(everything):
        yield f"{number:07d}", operation, ad


def make(out: Path, ads: int, seed: int, preset: str = "mixed", **knobs: float) -> None:
    """Write a world of about ``ads`` adverts into the folder ``out``; the same arguments give the same bytes.

    Files: ``ads.jsonl``; ``truth.parquet`` (native_id, operation, kind, exploitation); and
    ``identifiers.parquet`` (native_id, type, value). ``knobs`` override fields of the preset.

    Raises:
        KeyError: no such preset. TypeError: no such knob.
    """
    rng = Random(seed)
    market = Market(rng, replace(PRESETS[preset], **knobs))  # type: ignore[arg-type]
    plan = operations(market, ads)
    out.mkdir(parents=True, exist_ok=True)
    truth: list[tuple[str, str, str, bool]] = []
    identifiers: list[tuple[str, str, str]] = []
    with (out / "ads.jsonl").open("wb") as stream:
        for native, operation, ad in _published(rng, plan):
            record, found = _advert(rng, native, ad, market)
            stream.write(orjson.dumps(record) + b"\n")
            truth.append((native, f"op{operation.number:06d}", operation.kind, operation.exploitation))
            identifiers += [(native, kind, value) for kind, value in found]
    _write(out / "truth.parquet", truth, ("native_id", "operation", "kind", "exploitation"))
    _write(out / "identifiers.parquet", identifiers, ("native_id", "type", "value"))


def _write(path: Path, rows: list[Any], names: tuple[str, ...]) -> None:
    pq.write_table(pa.table(dict(zip(names, map(list, zip(*rows, strict=True)), strict=True))), path)


def figures(out: Path) -> Figures:
    """Measure a world in ``out`` with perfect identifiers: no extraction error plays a part."""
    truth = pq.read_table(out / "truth.parquet")
    edges = pq.read_table(out / "identifiers.parquet")
    names, operation = np.unique(truth["operation"].to_numpy(), return_inverse=True)
    record = edges["native_id"].cast(pa.int64()).to_numpy()
    keys = np.char.add(edges["type"].to_numpy().astype(str), edges["value"].to_numpy().astype(str))
    identifier = np.unique(keys, return_inverse=True)[1].astype(np.int64)
    plain = metrics.components(record, identifier, truth.num_rows)
    best = metrics.best_cap(record, identifier, operation)
    # The ceiling: (identifier, operation) as one node, identifiers of more than 3 operations dropped.
    owned, node = np.unique(identifier * names.size + operation[record], return_inverse=True)
    owners = np.bincount(owned // names.size)
    kept = owners[identifier] <= 3
    ideal = metrics.components(record[kept], node[kept], truth.num_rows)
    return Figures(
        truth.num_rows,
        names.size,
        metrics.largest_share(plain),
        metrics.bcubed(operation, plain).f1,
        best.cap,
        best.score.f1,
        metrics.bcubed(operation, ideal).f1,
        _outside(operation, ideal),
    )


def _outside(operation: metrics.Codes, ideal: metrics.Codes) -> float:
    """Return the share of adverts that are not in the largest component of their operation."""
    width = int(ideal.max()) + 1
    part, sizes = np.unique(operation * width + ideal, return_counts=True)
    main_part = np.zeros(int(operation.max()) + 1)
    np.maximum.at(main_part, part // width, sizes)
    return float(1 - main_part.sum() / operation.size)


def main() -> None:
    """Make a world and print how hard it is."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--ads", type=int, default=30_000)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--preset", choices=sorted(PRESETS), default="mixed")
    given = parser.parse_args()
    make(given.out, given.ads, given.seed, given.preset)
    print(figures(given.out))


if __name__ == "__main__":
    main()
