"""Masks: in whatever leaves Clew, victims and minors stand under a pseudonym until a supervisor releases them.

Names are found as they are written down, identifiers in every spelling that occurs in the workspace (the extractors
found them) and in any other that differs by case, accents, separators or encoding. When in doubt, more is masked.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import phonenumbers
import pyarrow as pa
import pyarrow.compute as pc

from clew.cases.base import Casework
from clew.cases.people import Protected, protected
from clew.evidence.spellings import TAG, Finder, Needle, Span, identifier_needles, merged, name_needles
from clew.exchange.tables import QUERIES
from clew.extract.base import batch_of_texts
from clew.extract.registry import extractors
from clew.model.tables import IDENTIFIER_TYPES
from clew.store.views import open_views
from clew.store.workspace import Workspace

# Columns of the exported tables that hold Clew's own words and digests, by which they are joined: no mask breaks them.
_OWN = frozenset(
    ("record_id", "item_id", "record_from", "record_to", "record_a", "record_b", "network_id", "other_id",
     "template_id", "medoid", "finding_id", "kind", "type", "field", "extractor", "version", "indicator",
     "subject_kind", "subject", "event", "state", "record_ids", "stage", "stages")
)  # fmt: skip
_RECORD = re.compile(r'"record_id":\s?"([0-9a-f]{32})"')
_PREFIXED = ("handle", "wallet", "account", "widget", "company")  # written as kind:value
_LEAST_DIGITS = 6  # of a number without its country's code


@dataclass(frozen=True)
class _Edit:
    """A place of a text that was masked, and where its label ends up."""

    start: int
    end: int
    new_start: int
    new_end: int
    label: str


@dataclass
class Masks:
    """What hides protected persons; false where there is nobody to hide.

    Args:
        protected: whom.
        spellings: of their identifiers in a workspace, by (type, value): see `spellings_in`.
    """

    protected: Sequence[Protected] = ()
    spellings: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    # What was masked in records: (record id, field) to its places; None until records were masked.
    _edits: dict[tuple[str, str], list[_Edit]] | None = None
    _edited: set[str] = field(default_factory=set)  # the records among them

    def __bool__(self) -> bool:
        return bool(self.protected)

    @cached_property
    def labels(self) -> dict[tuple[str, str], str]:
        """What stands for each identifier."""
        found: dict[tuple[str, str], str] = {}
        for person in self.protected:
            counts: dict[str, int] = {}
            for kind, value in person.identifiers:
                counts[kind] = counts.get(kind, 0) + 1
                found.setdefault((kind, value), f"[{person.pseudonym}: {kind} {counts[kind]}]")
        return found

    @cached_property
    def _owners(self) -> dict[str, str]:
        """Person by label."""
        owners = {f"[{p.pseudonym}]": p.person_id for p in self.protected}
        for person in self.protected:
            owners |= {self.labels[each]: person.person_id for each in person.identifiers}
        return owners

    @cached_property
    def _finder(self) -> Finder:
        return Finder(needle for person in self.protected for needle in self._needles(person))

    @cached_property
    def _regions(self) -> list[str]:
        """Countries of their numbers, in which a number without its country's code is read."""
        numbers = [value for kind, value in self.labels if kind == "phone"]
        return ["", *sorted({phonenumbers.region_code_for_number(n) or "" for n in map(_number, numbers) if n} - {""})]

    def _needles(self, person: Protected) -> Iterable[Needle]:
        for kind, value in person.identifiers:
            for written in (*_written(kind, value), *self.spellings.get((kind, value), ())):
                yield from identifier_needles(written, self.labels[kind, value])
        for name in person.names:
            yield from name_needles(name, f"[{person.pseudonym}]")

    # -- texts ------------------------------------------------------------------------------------------------------

    def text(self, text: str) -> str:
        """A text without them. JSON stays JSON."""
        return self._one(text) if self and text and self._finder.find(text) else text

    @property
    def before_cut(self) -> Callable[[str], str] | None:
        """`text`, for whoever shows a part of a text: half a name would not be known again. None without them, so that
        no whole text need be read."""
        return self.text if self else None

    def prose(self, text: str) -> str:
        """A text that no extractor has read before (a note, a report): what is spelled out is found too; slower."""
        return _replaced(text, self._read(text))[0] if self and text else text

    def html(self, page: str) -> str:
        """A page without them, even where tags stand within a name; tags that do are kept."""
        if not self:
            return page
        page = _replaced(page, self._finder.find(page))[0]
        spans = self._finder.find(page, tags=True)
        kept = [Span(s.start, s.end, s.label + "".join(TAG.findall(page[s.start : s.end]))) for s in spans]
        return _replaced(page, kept)[0]

    def value(self, value: object) -> object:
        """A cell: a text, or a list of them; anything else is left."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, list | tuple):
            return [self.value(part) for part in value]
        if isinstance(value, dict):
            return {self.value(k): self.value(v) for k, v in value.items()}
        return value

    def withholds(
        self, case_id: str, shows: Collection[str], searchable: bool, texts: Iterable[str], cleared: bool = False
    ) -> str:
        """Why the original of an exhibit stays here; empty where nothing is against giving it away.

        Only who is a person of that case is named: whoever reads the reason may know of no other.

        Args:
            case_id: the case of the exhibit.
            shows: ids of the persons that people say it shows.
            searchable: whether all of its text is in ``texts`` (`clew.evidence.intake.examine.searchable`).
            texts: its texts; pieces that overlap.
            cleared: whether a person looked at it and found nobody of them in it.
        """
        if not self:
            return ""
        seen = sorted({p.person_id for p in self.protected} & set(shows))
        if seen:
            return f"It shows {self._who(seen, case_id)} who may not be named."
        named = self.mentioned(texts)
        if named:
            return f"It mentions {self._who(named, case_id)} who may not be named."
        if not searchable and not cleared and any(p.case_id == case_id for p in self.protected):
            return "It cannot be searched for those of the case who may not be named, and nobody has cleared it."
        return ""

    def _who(self, persons: Sequence[str], case_id: str) -> str:
        """Some persons, in the words of a case."""
        own = {p.person_id for p in self.protected if p.case_id == case_id}
        named = [person for person in persons if person in own]
        return f"{', '.join(named)}," if named else "somebody"

    def mentioned(self, texts: Iterable[str]) -> list[str]:
        """The ids of the protected persons whose names or identifiers stand in some texts."""
        labels = {span.label for text in texts for span in self._read(text)} if self else set()
        return sorted({self._owners[label] for label in labels})

    # -- tables -----------------------------------------------------------------------------------------------------

    def table(self, table: pa.Table, name: str) -> pa.Table:
        """A table without them; its columns, types and rows stay.

        Mask ``records`` before ``mentions`` and ``findings``: the places that these name are moved to where they are in
        the masked texts. Without that no place is known, and all become null.

        Args:
            table: with the columns of `clew.exchange.tables` (or any others).
            name: of the table there.
        """
        if not self:
            return table
        if name == "records":
            self._learn(table)
        if name == "mentions":
            table = self._mentions(table)
        columns = []
        for column, each in zip(table.schema, table.columns, strict=True):
            # The subject of a finding is an id; that of a stay, a move or an account's sign is a number or a name.
            own = column.name in _OWN and (column.name != "subject" or name == "findings")
            if not (name in QUERIES and own):
                places = name == "findings" and column.name == "evidence"
                each = pa.chunked_array([self._column(chunk, places) for chunk in each.chunks], each.type)
            columns.append(each)
        fields = [f.with_nullable(f.nullable or c.null_count > 0) for f, c in zip(table.schema, columns, strict=True)]
        return pa.Table.from_arrays(columns, schema=pa.schema(fields, table.schema.metadata))

    def _column(self, column: pa.Array, places: bool = False) -> pa.Array:
        kind = column.type
        if pa.types.is_dictionary(kind):
            return pa.DictionaryArray.from_arrays(column.indices, self._column(column.dictionary)).cast(kind)
        if pa.types.is_list(kind) or pa.types.is_large_list(kind):
            inner = self._column(column.values)
            return type(column).from_arrays(column.offsets, inner, mask=column.is_null() if column.null_count else None)
        if not (pa.types.is_string(kind) or pa.types.is_large_string(kind)):
            return column
        coded = column.dictionary_encode()  # what occurs often is looked at once
        if 2 * len(coded.dictionary) < len(column):
            return self._column(coded.dictionary, places).take(coded.indices)
        hit = self._finder.may_hold(column)
        if places:  # that lie in masked texts
            hit = pc.or_(hit, pa.array([self._is_moved(text) for text in column.to_pylist()], pa.bool_()))
        if not pc.any(hit).as_py():
            return column
        changed = [self._one(text) for text in column.filter(hit).to_pylist()]
        return pc.replace_with_mask(column, hit, pa.array(changed, kind))

    def _learn(self, records: pa.Table) -> None:
        """Remember where texts of records are masked."""
        edits = {} if self._edits is None else self._edits
        for column in records.column_names:
            if column in _OWN or not pa.types.is_string(records.schema.field(column).type):
                continue
            texts = records[column].combine_chunks()
            hit = self._finder.may_hold(texts)
            ids = records["record_id"].combine_chunks().filter(hit).to_pylist()
            for record_id, text in zip(ids, texts.filter(hit).to_pylist(), strict=True):
                if made := _replaced(text, self._finder.find(text))[1]:
                    edits[record_id, column] = made
        self._edits = edits
        self._edited.update(record for record, _ in edits)

    def _mentions(self, table: pa.Table) -> pa.Table:
        """Values, spellings and places of mentions that stand where a text was masked."""
        rows = range(len(table))
        if self._edits is not None:
            known = pa.array(sorted(self._edited), pa.string())
            rows = pc.indices_nonzero(pc.is_in(table["record_id"].cast(pa.string()), value_set=known)).to_pylist()
        if not len(rows):
            return table
        given = {c: table[c].to_pylist() for c in ("record_id", "field", "value", "raw", "start", "end")}
        for at in rows:
            row = {c: values[at] for c, values in given.items()}
            for c, value in self._moved(row).items():
                given[c][at] = value
        for c in ("value", "raw", "start", "end"):
            place = table.column_names.index(c)
            kind = table.schema.field(c)
            table = table.set_column(place, kind.with_nullable(True), pa.array(given[c], kind.type))
        return table

    def _is_moved(self, evidence: str | None) -> bool:
        """Does a finding name a place that is no longer where it was?"""
        if self._edits is None:
            return '"start"' in (evidence or "")
        return any(record in self._edited for record in _RECORD.findall(evidence or ""))

    def _moved(self, row: dict[str, Any]) -> dict[str, Any]:
        """What changes of something that names a place: its start and end, and what it says if that was masked."""
        if self._edits is None or row.get("start") is None:
            return {"start": None, "end": None}
        edits = self._edits.get((row["record_id"], row["field"]), ())
        start, end, label = _shifted(edits, row["start"], row["end"])
        moved: dict[str, Any] = {"start": start, "end": end}
        if label:
            moved |= {key: label for key in ("value", "raw") if key in row}
        return moved

    # -- one text ---------------------------------------------------------------------------------------------------

    def _one(self, text: str) -> str:
        spans = self._finder.find(text)
        if text[:1] in ("{", "[") and (spans or '"start"' in text):
            masked = self._json(text)
            if masked is not None and not self._finder.find(masked):
                return masked
        return _replaced(text, spans)[0]

    def _json(self, text: str) -> str | None:
        try:
            held = json.loads(text)
        except (ValueError, RecursionError):
            return None
        return json.dumps(self._part(held), ensure_ascii=False, separators=(",", ":"))

    def _part(self, part: Any) -> Any:
        if isinstance(part, dict):
            if "start" in part and "record_id" in part and "field" in part:
                part = part | self._moved(part)
            return {self.text(key): self._part(value) for key, value in part.items()}
        if isinstance(part, list):
            return [self._part(each) for each in part]
        if isinstance(part, str):
            return _replaced(part, self._finder.find(part))[0]
        if isinstance(part, int | float) and not isinstance(part, bool) and self._finder.find(str(part)):
            return self.text(str(part))
        return part

    def _read(self, text: str) -> list[Span]:
        """Where they stand, by spelling and by what the extractors read there."""
        spans = self._finder.find(text)
        wanted = {kind for kind, _ in self.labels} & set(IDENTIFIER_TYPES)
        batch = batch_of_texts([text] * len(self._regions), self._regions)
        for extractor in extractors():
            if wanted & set(extractor.types):
                for row in extractor.find(batch).select(["type", "value", "start", "end"]).to_pylist():
                    if label := self.labels.get((row["type"], row["value"])):
                        spans.append(Span(row["start"], row["end"], label))
        return merged(spans)


def open_masks(casework: Casework, workspace: Workspace) -> Masks:
    """What has to be hidden in whatever leaves a workspace now: make them anew for each export."""
    return masks_for(protected(casework), workspace)


def masks_for(hidden: Iterable[Protected], workspace: Workspace | None) -> Masks:
    """The masks of some persons, with the spellings that occur in a workspace."""
    people = sorted(hidden, key=lambda p: (p.case_id, p.person_id))
    return Masks(people, spellings_in(workspace, people) if people and workspace else {})


def spellings_in(workspace: Workspace, people: Iterable[Protected]) -> dict[tuple[str, str], list[str]]:
    """How identifiers of people are written in the records of a workspace, as the extractors found them."""
    wanted = sorted({each for person in people for each in person.identifiers})
    if not wanted or not workspace.segments("mentions"):
        return {}
    given = pa.table({"type": [k for k, _ in wanted], "value": [v for _, v in wanted]})
    found: dict[tuple[str, str], list[str]] = {}
    with open_views(workspace, need_run=False) as engine:
        rows = engine.sql(
            "SELECT DISTINCT w.type, w.value, m.raw FROM mentions m JOIN wanted w "
            "ON m.value = w.value AND m.type::VARCHAR = w.type ORDER BY ALL",
            {"wanted": given},
        ).to_pylist()
    for row in rows:
        found.setdefault((row["type"], row["value"]), []).append(row["raw"])
    return found


def _written(kind: str, value: str) -> list[str]:
    """Ways in which an identifier is written, separators aside."""
    ways = [value]
    if kind == "phone":
        number = _number(value)
        national = phonenumbers.national_significant_number(number) if number else ""
        ways += [national] if len(national) >= _LEAST_DIGITS else []
    elif kind in _PREFIXED and ":" in value:
        ways.append(value.partition(":")[2])
    elif kind in ("url", "domain"):
        ways.append(value.partition("://")[2].removeprefix("www."))
    return [way for way in ways if way]


def _number(value: str) -> phonenumbers.PhoneNumber | None:
    try:
        return phonenumbers.parse(value, None)
    except phonenumbers.NumberParseException:
        return None


def _replaced(text: str, spans: Sequence[Span]) -> tuple[str, list[_Edit]]:
    """The text with labels in place of spans, and what was done."""
    parts, edits, at, size = list[str](), list[_Edit](), 0, 0
    for span in spans:
        parts += [text[at : span.start], span.label]
        size += span.start - at
        edits.append(_Edit(span.start, span.end, size, size + len(span.label), span.label))
        size += len(span.label)
        at = span.end
    return "".join([*parts, text[at:]]), edits


def _shifted(edits: Sequence[_Edit], start: int, end: int) -> tuple[int, int, str]:
    """Where a place is after some edits; the label if any of it was masked."""
    begin, close, label, low, high = start, end, "", None, None
    for edit in edits:
        shift = (edit.new_end - edit.new_start) - (edit.end - edit.start)
        if edit.end <= start:
            begin, close = begin + shift, close + shift
        elif edit.start < end:
            close += shift
            label = label or edit.label
            low = edit.new_start if low is None and edit.start <= start else low
            high = edit.new_end if edit.end >= end else high
    return (begin if low is None else low), (close if high is None else high), label
