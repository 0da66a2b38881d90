"""Tables in files: made anew when what they were made from has changed or a file is damaged."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pytest

from clew.extract import _kept
from clew.extract._kept import key, load, pack, unpack
from clew.extract._meaning_cache import SOURCES
from clew.extract._meaning_compile import Compiled, Tables, ready, tables
from clew.extract._meaning_lexicon import parse
from clew.extract._meaning_rules import parse_rules
from clew.extract.base import batch_of_texts
from clew.extract.meaning import Meaning

TEXT = (
    'language = "nl"\n[word.send]\n"stuur*" = 1\n[word.document]\n"paspoort" = 1\n[sense.plea]\n"ik wil naar huis" = 1'
)
RULE = '[[rule]]\nsense = "documents-handover"\nslots = [["send"], ["document"]]'
SAID = ["stuur je paspoort", "stuur je p4spoort", "ik wil naar huis", "een paspoort"]


class Pair(NamedTuple):
    words: npt.NDArray[np.str_]
    file: npt.NDArray[np.int64]  # a name that NumPy's own function has, too


class Nested(NamedTuple):
    pair: Pair
    one: npt.NDArray[np.uint8]


def few() -> Nested:
    return Nested(Pair(np.array(["stuur", "paspoort"]), np.arange(3)), np.ones(4, np.uint8))


Counted = tuple[list[int], Callable[[], Nested]]


@pytest.fixture
def counted() -> Counted:
    """How often the tables were made, and what makes them."""
    made: list[int] = []

    def make() -> Nested:
        made.append(1)
        return few()

    return made, make


def test_a_changed_file_gives_another_key(tmp_path: Path) -> None:
    for name, text in (("nl.toml", TEXT), ("rules.toml", RULE), ("_meaning_compile.py", "x = 1")):
        (tmp_path / name).write_text(text)
    keys = {key(tmp_path.iterdir())}
    assert key(sorted(tmp_path.iterdir(), reverse=True)) in keys
    for name in ("nl.toml", "rules.toml", "_meaning_compile.py"):
        (tmp_path / name).write_text((tmp_path / name).read_text() + " ")
        keys.add(key(tmp_path.iterdir()))
    (tmp_path / "nl.toml").rename(tmp_path / "de.toml")
    assert len(keys | {key(tmp_path.iterdir())}) == 5


def test_all_that_lexicons_are_made_of_is_in_their_key() -> None:
    names = {s.name for s in _kept._files(SOURCES)}
    assert {"rules.toml", "classes.toml", "en.toml", "_meaning_compile.py", "_meaning_variants.py"} < names
    assert {"phrases.py", "fold.py", "_starts.py"} < names


def test_a_file_gives_back_what_was_put_in(tmp_path: Path) -> None:
    (tmp_path / "x.npz").write_bytes(pack(few(), "k"))
    back = unpack(tmp_path / "x.npz", Nested, "k")
    assert back is not None
    for a, b in zip((*few().pair, few().one), (*back.pair, back.one), strict=True):
        assert a.dtype == b.dtype
        assert np.array_equal(a, b)
    assert unpack(tmp_path / "x.npz", Nested, "other") is None
    assert unpack(tmp_path / "none.npz", Nested, "k") is None
    assert unpack(tmp_path / "x.npz", Pair, "k") is None


def test_lexicons_read_the_same_with_and_without_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def found(c: Compiled) -> list[dict[str, object]]:
        with monkeypatch.context() as patch:
            patch.setattr("clew.extract.meaning.compiled", lambda: c)
            return Meaning(learnt=False).find(batch_of_texts(SAID)).to_pylist()

    made = tables([parse("nl", TEXT)], parse_rules(RULE))
    place = tmp_path / "x.npz"
    load([place], Tables, "k", lambda: made)
    kept = unpack(place, Tables, "k")
    assert kept is not None
    rows = found(ready(made))
    assert [r["value"] for r in rows] == ["documents-handover", "documents-handover", "plea"]
    assert found(ready(kept)) == rows


def test_only_the_first_makes_them(tmp_path: Path, counted: Counted) -> None:
    places = [tmp_path / "new" / "x.npz"]
    for _ in range(2):
        load(places, Nested, "k", counted[1])
    assert len(counted[0]) == 1
    assert places[0].stat().st_mode & 0o777 == 0o644
    assert list(places[0].parent.iterdir()) == places


@pytest.mark.parametrize("damage", ["short", "flipped", "empty", "text"])
def test_a_damaged_file_is_made_anew(tmp_path: Path, counted: Counted, damage: str) -> None:
    place = tmp_path / "x.npz"
    load([place], Nested, "k", counted[1])
    good = place.read_bytes()
    middle = good.index("stuur".encode("utf-32-le"))
    flipped = good[:middle] + b"STUUR" + good[middle + 5 :]
    place.write_bytes({"short": good[:-200], "flipped": flipped, "empty": b"", "text": b"not an array"}[damage])
    load([place], Nested, "k", counted[1])
    assert len(counted[0]) == 2
    assert unpack(place, Nested, "k") is not None


def test_a_folder_that_cannot_be_written_is_passed_over(tmp_path: Path, counted: Counted) -> None:
    (tmp_path / "file").write_text("no folder")
    places = [tmp_path / "file" / "x.npz", tmp_path / "own" / "x.npz"]
    for _ in range(2):
        load(places, Nested, "k", counted[1])
    assert len(counted[0]) == 1
    assert os.access(places[1], os.R_OK)
    for _ in range(2):
        load(places[:1], Nested, "k", counted[1])
    assert len(counted[0]) == 3
