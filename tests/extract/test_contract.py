"""Every extractor keeps its contract: its examples, and spans that point into the text as received."""

import pytest

from clew.extract.base import Example, Extractor, batch_of_texts
from clew.extract.registry import _named, extractors
from clew.model.tables import MENTIONS

CASES = [pytest.param(e, x, id=f"{e.name}-{n}") for e in extractors() for n, x in enumerate(e.examples)]


@pytest.mark.parametrize(("extractor", "example"), CASES)
def test_example(extractor: Extractor, example: Example) -> None:
    rows = extractor.find(batch_of_texts([example.text], [example.region], example.field)).to_pylist()
    rows.sort(key=lambda m: (m["start"], m["end"], m["type"]))
    found = [(m["type"], m["value"], m["raw"], m["obscured"]) for m in rows]
    assert sorted(found) == sorted(example.found)
    for m in rows:
        assert example.text[m["start"] : m["end"]] == m["raw"]
        assert m["field"] == example.field
        assert (m["extractor"], m["version"]) == (extractor.name, extractor.version)


@pytest.mark.parametrize("extractor", extractors(), ids=lambda e: e.name)
def test_rows_are_mentions_of_the_declared_types(extractor: Extractor) -> None:
    for x in extractor.examples:
        table = extractor.find(batch_of_texts([x.text], [x.region], x.field))
        assert table.schema == MENTIONS
        assert set(table["type"].to_pylist()) <= set(extractor.types)
    assert {t for x in extractor.examples for t, *_ in x.found} <= set(extractor.types)


@pytest.mark.parametrize("extractor", extractors(), ids=lambda e: e.name)
def test_has_examples_of_what_it_finds_and_of_what_it_leaves(extractor: Extractor) -> None:
    assert any(x.found for x in extractor.examples)


@pytest.mark.parametrize("extractor", extractors(), ids=lambda e: e.name)
def test_no_text_no_mentions(extractor: Extractor) -> None:
    assert extractor.find(batch_of_texts([])).num_rows == 0
    assert extractor.find(batch_of_texts(["", "<", "&", " "])).num_rows == 0


def test_registry_is_sorted_and_refuses_two_of_a_name() -> None:
    names = [e.name for e in extractors()]
    assert names == sorted(names)
    with pytest.raises(ValueError, match="more than one"):
        _named([extractors()[0], extractors()[0]])
