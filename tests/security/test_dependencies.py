"""What Clew stands on: pinned, from the index, under licences that are listed."""

from __future__ import annotations

import re
import tomllib

import pytest
from packaging.requirements import Requirement
from scripts.audit import COPYLEFT, LOCK, PAGE, ROOT, canonical, declared, licence, page, pinned, runtime

LESSER = {"python-bidi", "python-stdnum", "psycopg", "psycopg-binary"}


def test_everything_that_runs_is_pinned_and_fits_what_is_asked_for() -> None:
    versions = pinned()
    assert set(runtime()) - set(versions) == set()
    for text in declared():
        wanted = Requirement(text)
        assert wanted.url is None and wanted.specifier, text
        assert versions[canonical(wanted.name)] in wanted.specifier, text


def test_nothing_comes_from_elsewhere_than_the_index() -> None:
    for line in LOCK.read_text().splitlines():
        assert re.fullmatch(r"[A-Za-z0-9._-]+(\[[a-z,-]+\])?==[A-Za-z0-9.!+-]+( ; .+)?", line), line
        assert "://" not in line and " @ " not in line and not line.startswith("-"), line
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    for extra in project["optional-dependencies"].values():
        assert all(Requirement(text).url is None for text in extra)


def test_licences_are_listed_and_none_takes_the_product_over() -> None:
    try:
        made = page()
    except ModuleNotFoundError:
        pytest.skip("a package of an extra is not installed")
    assert PAGE.read_text() == made, "run: python -m scripts.audit --licences"
    copyleft = {name for name, about in runtime().items() if COPYLEFT.search(licence(name, about))}
    assert copyleft <= LESSER
    assert not [n for n, about in runtime().items() if re.search(r"\bA?GPL", licence(n, about))]
    assert all(licence(name, about) for name, about in runtime().items())
