"""The table of OWASP ASVS items in docs/security.md: every test that it names exists, and what is not met says why."""

from __future__ import annotations

import ast
import re
import ssl
from functools import cache
from pathlib import Path

from tests.tsa import make_authority

from clew.web.serve import Place, settings

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "security.md").read_text()
ROW = re.compile(r"^\| (V\d[^|]*) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
NAMED = re.compile(r"`([\w/]+\.py)::(\w+)`")


@cache
def names_in(path: Path) -> frozenset[str]:
    """Names of the functions in a file."""
    return frozenset(n.name for n in ast.walk(ast.parse(path.read_text())) if isinstance(n, ast.FunctionDef))


def test_every_test_that_is_named_exists() -> None:
    named = NAMED.findall(PAGE)
    assert len(named) > 70
    for file, name in named:
        path = ROOT / "tests" / file
        assert path.is_file() and name in names_in(path), f"{file}::{name}"


def test_each_item_is_shown_or_says_why_not() -> None:
    rows = ROW.findall(PAGE)
    assert len(rows) > 80
    for items, what, how, shown in rows:
        unmet = "**not met" in what + how or "**not part" in how
        assert (what.strip() and not unmet) or "because**" in what + how, items
        assert NAMED.search(shown) or unmet or items.strip() in ("V1.1.2", "V14.1.1, V14.1.5"), items
    chapters = {number for items, *_ in rows for number in re.findall(r"V(\d+)\.", items)}
    assert chapters == {str(n) for n in range(1, 15)}


def test_old_tls_is_refused(tmp_path: Path) -> None:
    made = make_authority(tmp_path / "keys")
    config = settings(lambda *_: None, Place(cert=made.folder / "tsa.pem", key=made.folder / "tsa.key"))  # type: ignore[arg-type, return-value]
    config.load()
    assert config.ssl is not None and config.ssl.minimum_version >= ssl.TLSVersion.TLSv1_2
