"""What pages say for machines (JSON-LD of schema.org): job offers, and contact data of organisations."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from clew.ingest.pages_text import read_page

_WRAPPED = re.compile(
    r"^\s*(?:<!--|//\s*<!\[CDATA\[|/\*\s*<!\[CDATA\[\s*\*/|<!\[CDATA\[)|(?:-->|(?://\s*|/\*\s*)?\]\]>(?:\s*\*/)?)\s*$"
)
_MOST_DATA, _MOST_NODES, _MOST_JOBS = 4 << 20, 20_000, 200
_MOST_TEXT = 200_000
_UNITS = {"HOUR": "hour", "DAY": "day", "WEEK": "week", "MONTH": "month", "YEAR": "year"}
_EXTRA = {
    "employmentType": "employment_type",
    "validThrough": "valid_through",
    "jobLocationType": "location_type",
    "industry": "industry",
    "qualifications": "qualifications",
    "experienceRequirements": "experience",
    "jobBenefits": "benefits",
}

Node = dict[str, Any]


@dataclass
class Job:
    """A job offer, as the fields of a record; ``extra`` holds the rest that is known."""

    native_id: str | None
    url: str | None
    title: str | None
    body: str | None
    place: str | None
    price: str | None
    posted_at: str | None
    contact: list[str] = field(default_factory=list)
    extra: dict[str, str] = field(default_factory=dict)


def nodes_of(scripts: Sequence[str]) -> list[Node]:
    """Every object in some JSON-LD scripts, from the outside in, whatever holds it, but for those in a job offer."""
    found = list[Node]()
    for script in scripts:
        waiting: list[Any] = [_parsed(script)]
        while waiting and len(found) < _MOST_NODES:
            value = waiting.pop()
            if isinstance(value, dict):
                found.append(value)
                if "JobPosting" in _types(value):
                    continue  # what an offer holds is of the offer
                waiting += [inner for inner in reversed(value.values()) if isinstance(inner, dict | list)]
            elif isinstance(value, list):
                waiting += [inner for inner in reversed(value[:_MOST_NODES]) if isinstance(inner, dict | list)]
    return found


def _parsed(script: str) -> Any:
    """The value of a script; None where it is no JSON, or nested without end."""
    if len(script) > _MOST_DATA:
        return None
    script = _WRAPPED.sub("", script).strip().removesuffix(";")
    try:
        return orjson.loads(script.encode("utf-8", "replace"))
    except ValueError:
        pass
    try:
        return json.loads(script, strict=False)  # line breaks within texts are common
    except (ValueError, RecursionError):
        return None


def jobs_of(nodes: Sequence[Node]) -> list[Job]:
    """The job offers among some objects."""
    return [_job(node) for node in nodes if "JobPosting" in _types(node)][:_MOST_JOBS]


def _types(node: Node) -> list[str]:
    """The types of an object without the address of their vocabulary."""
    return [re.split(r"[/#:]", text)[-1] for text in _texts(node.get("@type"))]


def organisation_lines(nodes: Sequence[Node]) -> Iterator[str]:
    """Telephone, mail and profiles of whom the objects of a page are about; not of its job offers."""
    for node in nodes:
        if "JobPosting" not in _types(node):
            yield from _reach(node)


def number_lines(nodes: Sequence[Node]) -> Iterator[str]:
    """The tax numbers of whom the objects of a page are about, each with a word for it."""
    for node in nodes:
        for key, label in (("vatID", "VAT"), ("taxID", "tax id"), ("leiCode", "LEI")):
            for number in _texts(node.get(key)):
                yield f"{label}: {_line(number, 60)}"


def _reach(node: Node) -> Iterator[str]:
    for number in _texts(node.get("telephone")):
        yield f"tel:{_line(number.removeprefix('tel:'), 60)}"
    for address in _texts(node.get("email")):
        yield f"mailto:{_line(address.removeprefix('mailto:'), 200)}"
    yield from (_line(link, 500) for link in _texts(node.get("sameAs")))


def _job(node: Node) -> Job:
    """A JobPosting as the fields of a record."""
    organisation = _first(node.get("hiringOrganization"))
    job = Job(
        native_id=_identifier(node.get("identifier")),
        url=next(iter(_texts(node.get("url"))), None),
        title=_line(" ".join(_texts(node.get("title") or node.get("name"))[:1]), 1_000) or None,
        body=_description(node),
        place="; ".join(dict.fromkeys(_places(node.get("jobLocation")))) or None,
        price=_salary(node.get("baseSalary")) or _salary(node.get("estimatedSalary")),
        posted_at=next(iter(_texts(node.get("datePosted"))), None),
    )
    for source in (organisation, _first(node.get("applicationContact")), _first(node.get("contactPoint"))):
        if isinstance(source, dict):
            job.contact += _reach(source)
            job.contact += (_line(link, 500) for link in _texts(source.get("url")))
    name = organisation.get("name") if isinstance(organisation, dict) else organisation
    for key, value in (("organisation", name), *((_EXTRA[key], node.get(key)) for key in _EXTRA)):
        texts = _texts(value) or _texts(_name_of(value))
        if texts:
            job.extra[key] = ", ".join(_line(text, 2_000) for text in texts[:20])
    return job


def _description(node: Node) -> str | None:
    """The text of a description, which may be HTML, written as such or with its signs coded."""
    parts = list[str]()
    for key in ("description", "responsibilities", "qualifications"):
        for text in _texts(node.get(key)):
            text = text[:_MOST_TEXT]
            if "&lt;" in text and "<" not in text:
                text = html.unescape(text)
            page = read_page(text)
            shown = "\n".join(filter(None, (page.main, page.rest))) if "<" in text or "&" in text else text.strip()
            if shown and shown not in parts:
                parts.append(shown)
    return "\n\n".join(parts) or None


def _identifier(value: Any) -> str | None:
    value = _first(value)
    if isinstance(value, dict):
        value = _first(value.get("value") or value.get("@id"))
    return next(iter(_texts(value)), "").strip()[:300] or None


def _places(value: Any) -> Iterator[str]:
    """Town, region and country of each place."""
    for place in (value if isinstance(value, list) else [value])[:50]:
        address = place
        if isinstance(place, dict):
            address = _first(place.get("address")) or place.get("name")
        if isinstance(address, dict):
            keys = ("addressLocality", "addressRegion", "addressCountry")
            parts = [_line(" ".join(_texts(address.get(k)) or _texts(_name_of(address.get(k)))), 200) for k in keys]
            address = ", ".join(dict.fromkeys(part for part in parts if part))
        if text := _line(" ".join(_texts(address)), 500):
            yield text


def _name_of(value: Any) -> Any:
    value = _first(value)
    return value.get("name") if isinstance(value, dict) else None


def _salary(value: Any) -> str | None:
    """A salary as a person would write it: ``1,500-2,000 EUR per month``, without the commas."""
    value = _first(value)
    if not isinstance(value, dict):
        return _line(" ".join(_texts(value)), 200) or None
    inner = _first(value.get("value"))
    source: Node = inner if isinstance(inner, dict) else value
    bounds = [_texts(source.get(key))[:1] for key in ("minValue", "maxValue")]
    amounts = list(dict.fromkeys(text for found in bounds for text in found))
    amounts = amounts or _texts(source.get("value"))[:1] or _texts(inner)[:1]
    if not amounts:
        return None
    currency = next(iter(_texts(value.get("currency")) or _texts(source.get("currency"))), "")
    unit = next(iter(_texts(source.get("unitText")) or _texts(value.get("unitText"))), "")
    unit = _UNITS.get(unit.strip().upper(), unit.strip().lower())
    text = " ".join(filter(None, ("-".join(amounts), currency, f"per {unit}" if unit else "")))
    return _line(text, 200)


def _texts(value: Any) -> list[str]:
    """The texts and numbers in a value or a list of them."""
    values = value[:100] if isinstance(value, list) else [value]
    return [
        f"{one:g}" if isinstance(one, float) and abs(one) < 1e15 else str(one)
        for one in values
        if isinstance(one, str | int | float) and not isinstance(one, bool) and str(one).strip()
    ]


def _first(value: Any) -> Any:
    return next(iter(value), None) if isinstance(value, list) else value


def _line(text: str, most: int) -> str:
    return " ".join(text[: 4 * most].split())[:most]
