"""Columns of pictures: paths, addresses or hashes, as a list however the source wrote them."""

from __future__ import annotations

import orjson
import pyarrow as pa
import pyarrow.compute as pc

_PLAIN_JSON = r'^\["[^"\\]*"(?:, ?"[^"\\]*")*\]$'
_KEYS = ("url", "src", "path", "href", "file", "filename", "name", "hash")
MAX_IMAGES = 1_000


def as_image_lists(texts: pa.Array) -> pa.Array:
    """Lists of strings from JSON lists or from names separated by blanks, commas, bars or semicolons; null for none."""
    texts = pc.utf8_trim_whitespace(texts)
    plain = pc.fill_null(pc.match_substring_regex(texts, _PLAIN_JSON), False)
    other = pc.and_not(pc.fill_null(pc.match_substring_regex(texts, r"^[\[{\"]"), False), plain)
    inside = pc.if_else(plain, pc.replace_substring_regex(texts, r'^\["|"\]$', ""), None)
    from_json = pc.split_pattern_regex(inside, '", ?"')
    from_text = pc.split_pattern_regex(pc.if_else(pc.or_(plain, other), None, _trimmed(texts)), r"[\s,|;]+")
    lists = pc.if_else(plain, from_json, from_text)
    if pc.any(other, min_count=0).as_py() or _hostile(lists):
        lists = _by_hand(lists, texts, other)
    sizes = pc.list_value_length(lists)
    empty = pc.or_(pc.equal(sizes, 0), pc.is_in(texts, pa.array(["", '[""]'])))
    return pc.if_else(pc.fill_null(empty, True), None, lists)


def _trimmed(texts: pa.Array) -> pa.Array:
    return pc.utf8_trim(texts, " \t\r\n,|;")


def _hostile(lists: pa.Array) -> bool:
    return (pc.max(pc.list_value_length(lists)).as_py() or 0) > MAX_IMAGES


def _by_hand(lists: pa.Array, texts: pa.Array, other: pa.Array) -> pa.Array:
    """Rows that need a JSON parser, one by one, and no list longer than 1,000."""
    rows = zip(lists.to_pylist(), texts.to_pylist(), other.to_pylist(), strict=True)
    found = [_parse(text) if by_hand and text else names for names, text, by_hand in rows]
    return pa.array([names[:MAX_IMAGES] if names else None for names in found], pa.list_(pa.string()))


def _parse(text: str) -> list[str]:
    """Names in any JSON: texts, or objects that hold one under a usual key; the text itself if it is no JSON."""
    try:
        value = orjson.loads(text)
    except ValueError:
        return [text[:10_000]]
    names = list[str]()
    for part in value if isinstance(value, list) else [value]:
        if isinstance(part, dict):
            part = next((part[key] for key in _KEYS if isinstance(part.get(key), str)), None)
        if isinstance(part, str) and part.strip():
            names.append(part.strip())
    return names
