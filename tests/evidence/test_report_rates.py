"""Error rates: one file, the figures of docs/methods.md, the versions of the extractors."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from clew.evidence.report.rates import error_rates, rates_of, stated
from clew.extract.registry import extractors
from clew.model.errors import InputError
from clew.model.tables import ATTRIBUTE_TYPES, IDENTIFIER_TYPES

ROOT = Path(__file__).resolve().parents[2]


def test_every_figure_stands_in_the_docs() -> None:
    docs = " ".join(path.read_text("utf-8") for path in sorted((ROOT / "docs").glob("methods*.md")))
    known = set(re.findall(r"\d*\.?\d+", docs.replace(",", "")))
    for rate in error_rates():
        for name, value in rate.values.items():
            forms = {f"{value:.3f}".lstrip("0"), f"{value:.2f}".lstrip("0"), f"{100 * value:g}", f"{value:g}"}
            assert forms & known, (rate.id, name, value)
            assert any(form in rate.figure for form in forms), (rate.id, name, value)


def test_versions_are_those_of_the_extractors() -> None:
    versions = {kind: extractor.version for extractor in extractors() for kind in extractor.types}
    for rate in error_rates():
        if rate.version:
            assert {versions[kind] for kind in rate.applies} == {rate.version}, f"measure again: {rate.id}"


def test_every_type_of_mention_has_a_rate_or_is_said_to_have_none() -> None:
    for kind in (*IDENTIFIER_TYPES, *ATTRIBUTE_TYPES):
        if kind not in ("exif_place", "device"):
            assert rates_of(kind), f"{kind}: add it to evidence/error_rates.toml, if only as not measured"


def test_what_stands_beside_a_claim() -> None:
    assert stated("phone", "5") == "recall .996, precision .997 (simulated data); recall .944 (held-out data)"
    assert "version 5" in stated("phone", "6")
    assert stated("email") == "error rate not measured"
    assert stated("nothing") == "error rate not measured"


@pytest.mark.parametrize("text", ['[[rate]]\nid = "a"\n', "[[rate]]\nid = 1\nunknown = 2\n"])
def test_an_entry_that_is_not_complete_is_refused(text: str, tmp_path: Path) -> None:
    (tmp_path / "rates.toml").write_text(text)
    with pytest.raises(InputError, match=r"rates\.toml"):
        error_rates(tmp_path / "rates.toml")
