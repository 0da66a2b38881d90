"""Writes chunks of the sheet as adverts, and the truth about what they show."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from typing import Any

import numpy as np
import orjson
import pyarrow as pa

from clew.simulate import identity
from clew.simulate.banks import LANGUAGES, fill
from clew.simulate.hashing import below, mix, mix_one
from clew.simulate.knobs import HOTLINE, KINDS, NOISE, RING, SIGNALS
from clew.simulate.numbers import e164, plan_of
from clew.simulate.phonetext import OBSCURED, OBSCURED_HTML, PLAIN, STYLES, write_number
from clew.simulate.places import CITIES, COUNTRIES
from clew.simulate.texts import Text, changed, compose
from clew.simulate.truth import SCHEMAS

WORLD_START = np.datetime64("2026-01-05T00:00:00")
_SUMMER = np.datetime64("2026-03-29T01:00:00")
_MOST_TEXTS = 20_000
Row = dict[str, Any]


@dataclass
class Page:
    """What one chunk gives: lines of ads.jsonl, and rows of each table of the truth by column."""

    lines: list[bytes] = field(default_factory=list)
    truth: dict[str, list[tuple[Any, ...]]] = field(
        default_factory=lambda: {name: [] for name in ("records", "phones", "mentions", "templates", "images")}
    )

    def batches(self) -> dict[str, pa.RecordBatch]:
        """The truth as Arrow."""
        found = {}
        for name, rows in self.truth.items():
            schema = SCHEMAS[name]
            columns = list(zip(*rows, strict=True)) if rows else [()] * len(schema)
            arrays = [pa.array(column, part.type) for column, part in zip(columns, schema, strict=True)]
            found[name] = pa.record_batch(arrays, schema=schema)
        return found


def weighted(names: tuple[str, ...]) -> list[str]:
    """Names repeated by the weight of their style, so that one draw picks one."""
    return [name for name in names for _ in range(max(1, round(STYLES[name].weight * 5)))]


_STYLE_POOLS = {"plain": weighted(PLAIN), "obscured": weighted(OBSCURED), "html": weighted(OBSCURED_HTML)}


class Renderer:
    """Writes adverts of one world; keeps the texts it composed last.

    Args:
        seed: of the world.
        resold: how many texts are on sale.
        drawn: files of pictures that were drawn, by picture id.
    """

    def __init__(self, seed: int, resold: int, drawn: dict[int, list[str]]) -> None:
        self.seed = seed
        self.resold = resold
        self.drawn = drawn
        self._texts: dict[tuple[int, int], Text] = {}

    def chunk(self, rows: pa.RecordBatch) -> Page:
        """Write one chunk of the sheet."""
        page = Page()
        columns = {name: rows.column(name).to_numpy(zero_copy_only=False) for name in rows.schema.names}
        posted, captured = self._times(columns)
        hashes = self._hashes(columns)
        names = list(columns)
        for at, values in enumerate(zip(*(column.tolist() for column in columns.values()), strict=True)):
            row = dict(zip(names, values, strict=True))
            self._advert(row, posted[at], captured[at], hashes[at], page)
        return page

    def _times(self, columns: dict[str, Any]) -> tuple[list[str], list[str]]:
        """Times of publication and capture with the zone of the place, or in UTC on some platforms."""
        t, country = columns["t"].astype(np.int64), columns["country"]
        offset = np.array([c.offset for c in COUNTRIES])[country]
        summer = np.array([c.summer for c in COUNTRIES])[country]
        utc = WORLD_START + t.astype("timedelta64[s]")
        offset = offset + np.where(summer & (utc >= _SUMMER), 60, 0)
        offset = np.where(columns["platform"] % 3 == 0, 0, offset)
        zones = [f"{'-' if o < 0 else '+'}{abs(o) // 60:02d}:{abs(o) % 60:02d}" if o else "Z" for o in offset.tolist()]
        posted = np.datetime_as_string(utc + (offset * 60).astype("timedelta64[s]"), unit="s").tolist()
        delay = 60 + below(3 * 86_400, self.seed, "captured", columns["item"], columns["version"])
        captured = np.datetime_as_string(utc + delay.astype("timedelta64[s]"), unit="s").tolist()
        return [a + z for a, z in zip(posted, zones, strict=True)], [c + "Z" for c in captured]

    def _hashes(self, columns: dict[str, Any]) -> list[list[tuple[int, str]]]:
        """Pictures of each row: id and hash, each hash up to 10 bits off its original's."""
        ids = np.stack([columns[f"image{place}"] for place in range(4)], axis=1).astype(np.int64)
        row, place = np.nonzero(ids >= 0)
        image = ids[row, place]
        bits = np.stack([mix(self.seed, "pdq", image, word) for word in range(4)], axis=1)
        posting = columns["posting"][row].astype(np.int64)
        flips = below(11, self.seed, "flips", posting, image)
        for turn in range(10):
            at = mix(self.seed, "flip", posting, image, turn) % np.uint64(256)
            word = (at // np.uint64(64)).astype(np.int64)
            mask = np.where(flips > turn, np.uint64(1) << (at % np.uint64(64)), np.uint64(0))
            bits[np.arange(row.size), word] ^= mask
        text = bits.astype("<u8").tobytes().hex()
        found: list[list[tuple[int, str]]] = [[] for _ in range(ids.shape[0])]
        for number, (at_row, one) in enumerate(zip(row.tolist(), image.tolist(), strict=True)):
            found[at_row].append((one, text[number * 64 : number * 64 + 64]))
        return found

    def _text(self, row: Row) -> Text:
        key = (row["text"], row["language"])
        text = self._texts.get(key)
        if text is None:
            if len(self._texts) >= _MOST_TEXTS:
                self._texts.clear()
            kind = row["kind"] if row["text"] >= self.resold else 0
            text = compose(self.seed, row["text"], row["language"], kind, row["signals"], row["alone"])
            if not row["alone"]:
                self._texts[key] = text
        return text

    def _advert(self, row: Row, posted: str, captured: str, pictures: list[tuple[int, str]], page: Page) -> None:
        seed, posting = self.seed, row["posting"]
        draw = Random((seed << 33) + posting)
        text = self._text(row)
        platform, site = identity.platform(seed, row["platform"])
        native = self._native(row, platform)
        key = (native, platform, row["version"])
        country = COUNTRIES[row["country"]]
        price = country.currency.format(self._price(row, country.scale))
        tokens = changed(text, row["changes"], draw) if row["changes"] else text.tokens
        body = text.language.joint.join(tokens)
        marks = self._marks(row, text, price)
        body = body.replace("\x05", self._contacts(row, text, draw, key, page))
        body += self._footers(row, text, draw, key, site, page)
        title = text.title
        for mark, value in marks:
            body = body.replace(mark, value)
            title = title.replace(mark, value)
        account = identity.username(seed, row["username"]) if row["username"] >= 0 else None
        if account:
            page.truth["mentions"].append((*key, "handle", f"{platform}:{account}", "author"))
        advert = {
            "id": native,
            "platform": platform,
            "url": f"https://www.{site}/{COUNTRIES[row['country']].code.lower()}/ad/{native}",
            "title": title,
            "body": body,
            "posted_at": posted,
            "captured_at": captured,
            "city": CITIES[row["city"]],
            "price": price if row["item"] % 9 or row["version"] > 1 else None,
            "username": account,
            "images": self._images(posting, pictures, key, page),
            "category": "market" if row["kind"] == NOISE else "personal",
            "views": int(row["chance"] * 900),
            "promoted": row["chance"] > 0.93,
        }
        page.lines.append(orjson.dumps(advert, option=orjson.OPT_APPEND_NEWLINE))
        self._records(row, key, text, page)

    def _native(self, row: Row, platform: str) -> str:
        """The id of an item on its platform: a number, or letters and digits."""
        number = row["item"] * 2_654_435_761 % (1 << 40) ^ 0x5A5A5A5A
        return f"{platform[:2]}{number:010x}" if row["platform"] % 4 == 1 else str(number + 10**9)

    def _price(self, row: Row, scale: float) -> int:
        """A round price; later versions cost a little more."""
        bits = mix_one(self.seed, "price", row["op"], row["person"])
        if row["kind"] == NOISE:
            base = 5 + bits % 90 * (1 + bits % 7)
        else:
            base = 80 + bits % 15 * 10
            base = int(base * 0.7) if bits % 100 < (35 if row["exploited"] else 10) else base
        amount = (base + 10 * (row["version"] - 1)) * scale
        return int(round(amount, -2 if scale > 50 else 0))

    def _marks(self, row: Row, text: Text, price: str) -> tuple[tuple[str, str], ...]:
        """What each mark stands for in this advert."""
        bits = mix_one(self.seed, "person", row["op"], row["person"])
        names = text.language.names
        # In rings names change from text to text as well.
        turn = row["text"] % 3 if row["kind"] == RING else 0
        return (
            ("\x01", names[(bits + turn) % len(names)]),
            ("\x02", CITIES[row["city"]]),
            ("\x03", price),
            ("\x04", str(21 + (bits >> 20) % 24)),
        )

    def _contacts(self, row: Row, text: Text, draw: Random, key: tuple[Any, ...], page: Page) -> str:
        """Numbers, handles and addresses with the words that lead to them."""
        parts = []
        helpline = row["kind"] == HOTLINE and row["helpline"]
        if helpline:
            parts.append(text.lead.replace("{phone}", self._plain(row, "hotline", key, draw, page)).strip())
        else:
            for name in ("own", "second", "board"):
                if row[name]:
                    shown = self._number(row, name, text, draw, key, page)
                    parts.append(text.lead.replace("{phone}", shown).strip())
        patterns, seed = text.language.patterns, self.seed
        mentions = page.truth["mentions"]

        def say(section: str, slot: str, shown: str, kind: str, value: str, role: str) -> None:
            pattern = patterns[section][0]
            parts.append(fill(pattern, draw).replace(slot, shown))
            mentions.append((*key, kind, value, role))

        if row["handle"] >= 0:
            name = identity.handle(seed, row["handle"])
            shown = f"@{name}" if draw.random() < 0.8 else f"https://t.me/{name}"
            say("handle", "{handle}", shown, "handle", f"telegram:{name}", "own")
        if row["guide"] >= 0:
            name = identity.guide(seed, row["guide"])
            say("handle", "{handle}", f"@{name}", "handle", f"telegram:{name}", "guide")
        if row["mail"] >= 0:
            mail = identity.mail(seed, row["mail"])
            say("mail", "{mail}", mail, "email", mail, "own")
        if row["link"] >= 0:
            link = identity.link(seed, row["link"])
            say("link", "{url}", link, "url", link, "own")
        if row["wallet"] >= 0:
            chain, address = identity.wallet(seed, row["wallet"])
            say("deposit", "{account}", address, "wallet", f"{chain}:{address}", "own")
        if row["account"] >= 0:
            iban = identity.account(seed, row["account"])
            say("deposit", "{account}", iban, "account", iban, "own")
        return text.end.join(parts) + text.end if parts else ""

    def _number(self, row: Row, name: str, text: Text, draw: Random, key: tuple[Any, ...], page: Page) -> str:
        """One number in this advert's style, noted in the truth."""
        country, number = row[f"{name}_country"], row[name]
        pool = _STYLE_POOLS["plain" if not row["obscured"] else "html" if text.html else "obscured"]
        # Everybody has a way of writing it, and seldom another.
        habit = mix_one(self.seed, "style", row["op"], row["obscured"])
        style = pool[habit % len(pool) if draw.random() < 0.7 else int(draw.random() * len(pool))]
        if STYLES[style].html and not text.html:
            style = "spaced-single"
        language = LANGUAGES[row["language"]]
        shown = write_number(style, country, number, home=country == row["country"], language=language, draw=draw)
        role = "switchboard" if name == "board" else "own"
        page.truth["phones"].append((*key, e164(country, number), STYLES[style].obscured, style, role))
        return shown

    def _plain(self, row: Row, role: str, key: tuple[Any, ...], draw: Random, page: Page) -> str:
        """The helpline's number, always plain."""
        country, number = row["country"], row["helpline"]
        plan = plan_of(country)
        start = len(plan.helpline[0])
        style = ("spaced", "plain", "international")[int(draw.random() * 3)]
        page.truth["phones"].append((*key, e164(country, number), False, style, role))
        if style == "international":
            return e164(country, number)
        digits = str(number)
        return f"{plan.trunk}{digits[:start]}{' ' if style == 'spaced' else ''}{digits[start:]}"

    def _footers(self, row: Row, text: Text, draw: Random, key: tuple[Any, ...], site: str, page: Page) -> str:
        """What the platform adds below: a helpline, its own mail and rules."""
        joint = " <br> " if text.html else "\n"
        patterns, out = text.language.patterns, ""
        if row["helpline"] and row["kind"] != HOTLINE:
            pattern = patterns["help"][row["platform"] % len(patterns["help"])]
            out += joint + fill(pattern, draw).replace("{phone}", self._plain(row, "hotline", key, draw, page))
        if row["footer"]:
            pattern = patterns["footer"][row["platform"] % len(patterns["footer"])]
            mail, link = f"abuse@{site}", f"https://www.{site}/rules"
            out += joint + fill(pattern, draw).replace("{mail}", mail).replace("{url}", link)
            page.truth["mentions"].append((*key, "email", mail, "footer"))
            page.truth["mentions"].append((*key, "url", link, "footer"))
        return out

    def _images(self, posting: int, pictures: list[tuple[int, str]], key: tuple[Any, ...], page: Page) -> list[str]:
        """Files or hashes of the pictures shown."""
        shown = []
        for image, digits in dict(pictures).items():
            files = self.drawn.get(image)
            shown.append(files[posting % len(files)] if files else digits)
            page.truth["images"].append((*key, f"image-{image}"))
        return shown

    def _records(self, row: Row, key: tuple[Any, ...], text: Text, page: Page) -> None:
        template = None if row["alone"] else f"text-{row['text']}-{text.language.language}"
        if template:
            page.truth["templates"].append((*key, template))
        signals = ",".join(name for bit, name in enumerate(SIGNALS) if row["signals"] >> bit & 1)
        page.truth["records"].append(
            (
                *key,
                f"op-{row['op']}",
                KINDS[row["kind"]],
                row["exploited"],
                f"op-{row['op']}-{row['person']}",
                template,
                text.language.language,
                signals,
            )
        )
