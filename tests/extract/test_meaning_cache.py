"""The cache of compiled lexicons: made anew when what it was made from has changed or the file is damaged."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from clew.extract import _meaning_cache
from clew.extract._meaning_cache import key, load, pack, unpack
from clew.extract._meaning_compile import Compiled, Tables, tables
from clew.extract._meaning_lexicon import Lexicon, parse
from clew.extract._meaning_rules import Rule, parse_rules
from clew.extract.base import batch_of_texts
from clew.extract.meaning import Meaning

TEXT = (
    'language = "nl"\n[word.send]\n"stuur*" = 1\n[word.document]\n"paspoort" = 1\n[sense.plea]\n"ik wil naar huis" = 1'
)
RULE = '[[rule]]\nsense = "documents-handover"\nslots = [["send"], ["document"]]'
SAID = ["stuur je paspoort", "stuur je p4spoort", "ik wil naar huis", "een paspoort"]


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """One small lexicon in place of all; counts how often it is read."""
    read: list[int] = []

    def lexicons() -> tuple[Lexicon, ...]:
        read.append(1)
        return (parse("nl", TEXT),)

    def rules() -> tuple[Rule, ...]:
        return parse_rules(RULE)

    monkeypatch.setattr(_meaning_cache, "lexicons", lexicons)
    monkeypatch.setattr(_meaning_cache, "rules", rules)
    return read


def found(c: Compiled, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, object]]:
    with monkeypatch.context() as patch:
        patch.setattr("clew.extract.meaning.compiled", lambda: c)
        return Meaning(learnt=False).find(batch_of_texts(SAID)).to_pylist()


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


def test_all_that_is_compiled_is_in_the_key() -> None:
    names = {s.name for s in _meaning_cache._sources()}
    assert {"rules.toml", "classes.toml", "en.toml", "_meaning_compile.py", "_meaning_variants.py"} < names
    assert {"phrases.py", "fold.py", "_starts.py"} < names


def test_a_file_gives_back_what_was_put_in(tmp_path: Path) -> None:
    held = tables([parse("nl", TEXT)], parse_rules(RULE))
    (tmp_path / "x.npz").write_bytes(pack(held, "k"))
    back = unpack(tmp_path / "x.npz", "k")
    assert back is not None
    for a, b in zip(flat(held), flat(back), strict=True):
        assert a.dtype == b.dtype
        assert np.array_equal(a, b)
    assert unpack(tmp_path / "x.npz", "other") is None
    assert unpack(tmp_path / "none.npz", "k") is None


def flat(held: Tables) -> list[np.ndarray]:
    return [a for value in held for a in (value if isinstance(value, tuple) else (value,))]


def test_results_are_the_same_with_and_without_the_file(
    tmp_path: Path, few: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    places = [tmp_path / "new" / "x.npz"]
    made = load(places, "k")
    kept = load(places, "k")
    assert len(few) == 1
    rows = found(made, monkeypatch)
    assert [r["value"] for r in rows] == ["documents-handover", "documents-handover", "plea"]
    assert found(kept, monkeypatch) == rows
    assert places[0].stat().st_mode & 0o777 == 0o644
    assert list(places[0].parent.iterdir()) == places


@pytest.mark.parametrize("damage", ["short", "flipped", "empty", "text"])
def test_a_damaged_file_is_made_anew(tmp_path: Path, few: list[int], damage: str) -> None:
    place = tmp_path / "x.npz"
    load([place], "k")
    good = place.read_bytes()
    middle = good.index("stuur".encode("utf-16-le"))
    flipped = good[:middle] + b"STUUR" + good[middle + 5 :]
    place.write_bytes({"short": good[:-200], "flipped": flipped, "empty": b"", "text": b"not an array"}[damage])
    load([place], "k")
    assert len(few) == 2
    assert unpack(place, "k") is not None


def test_a_folder_that_cannot_be_written_is_passed_over(tmp_path: Path, few: list[int]) -> None:
    (tmp_path / "file").write_text("no folder")
    places = [tmp_path / "file" / "x.npz", tmp_path / "own" / "x.npz"]
    load(places, "k")
    load(places, "k")
    assert len(few) == 1
    assert os.access(places[1], os.R_OK)
    load(places[:1], "k")
    load(places[:1], "k")
    assert len(few) == 3
