"""Saved views: a name and a query, of one person."""

from __future__ import annotations

import pytest

from clew.cases.saved import MOST, SavedView, remove_view, save_view, saved_views
from clew.database.base import open_database
from clew.model.errors import InputError, MissingError


@pytest.fixture
def cases(tmp_path):
    engine = open_database(tmp_path)
    yield engine
    engine.dispose()


def test_views_are_kept_by_person_and_name(cases):
    save_view(cases, "ann", " Port  cities ", "place=Gent")
    save_view(cases, "ann", "All", "")
    save_view(cases, "bob", "Mine", "assignee=bob")
    save_view(cases, "ann", "Port cities", "place=Genoa")
    assert saved_views(cases, "ann") == [SavedView("All", ""), SavedView("Port cities", "place=Genoa")]
    assert saved_views(cases, "bob") == [SavedView("Mine", "assignee=bob")]


def test_a_removed_view_is_gone_and_its_name_free(cases):
    save_view(cases, "ann", "A", "x=1")
    remove_view(cases, "ann", "A")
    assert saved_views(cases, "ann") == []
    save_view(cases, "ann", "A", "x=2")
    assert saved_views(cases, "ann") == [SavedView("A", "x=2")]


def test_what_is_no_view_is_refused(cases):
    for name in ("", "  ", "x" * 61):
        with pytest.raises(InputError, match="needs a name"):
            save_view(cases, "ann", name, "")
    with pytest.raises(MissingError):
        remove_view(cases, "ann", "A")
    save_view(cases, "bob", "A", "")
    with pytest.raises(MissingError):
        remove_view(cases, "ann", "A")


def test_views_are_bounded(cases):
    for at in range(MOST):
        save_view(cases, "ann", f"v{at}", "")
    with pytest.raises(InputError, match="Remove one"):
        save_view(cases, "ann", "more", "")
    save_view(cases, "ann", "v1", "x=1")
