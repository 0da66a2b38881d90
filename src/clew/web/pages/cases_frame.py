"""What the pages of a case share: who asks, its cover and tabs, and forms that keep what was typed.

`clew.cases` writes down every look and every change itself, so the rule of these pages is ``access("work")``, and the
case is their purpose.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import Depends, Path, Request
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import FormData, UploadFile

from clew.access.roles import may
from clew.cases.grading import (
    HANDLING,
    INFORMATION,
    SOURCES,
    TLP,
    grading_words,
    handling_words,
    tlp_words,
)  # fmt: skip
from clew.cases.head import Case
from clew.cases.whole import WholeCase, read
from clew.engine.duckdb import EngineError
from clew.model.errors import ClewError, DeniedError, MissingError
from clew.web.access import Who
from clew.web.desk import TheDesk
from clew.web.page import render
from clew.web.words import of_pages

# The tabs of a case: what the address ends with, the word, and what of `WholeCase` it counts.
TABS = (
    ("", "Cover", ""),
    ("/exhibits", "Exhibits", "exhibits"),
    ("/persons", "Persons", "people"),
    ("/notes", "Notes", "notes"),
    ("/hypotheses", "Hypotheses", "hypotheses"),
    ("/tasks", "Tasks", "tasks"),
    ("/approvals", "Approvals", ""),
    ("/packages", "Packages", ""),
    ("/check", "Check", ""),
)
NEAR = 30  # days before a case is to be erased in which its pages say so
CaseName = Annotated[str, Path(max_length=20)]


class Typed:
    """What a person typed into a form."""

    def __init__(self, form: FormData | None = None) -> None:
        self._form = form or FormData()

    def __getitem__(self, name: str) -> str:
        """A field; empty where it was not sent."""
        value = self._form.get(name)
        return value if isinstance(value, str) else ""

    def all(self, name: str) -> list[str]:
        """Every value of a field that can have several."""
        return [value for value in self._form.getlist(name) if isinstance(value, str)]

    def file(self, name: str) -> UploadFile | None:
        """A file that was chosen."""
        value = self._form.get(name)
        return value if isinstance(value, UploadFile) and value.filename else None


async def _typed(request: Request) -> Typed:
    return Typed(await request.form(max_files=1, max_fields=300))


TheTyped = Annotated[Typed, Depends(_typed)]


@dataclass(frozen=True)
class Failed:
    """A form that was refused: which one, the sentence, and what had been typed."""

    form: str = ""
    what: str = ""
    todo: str = ""
    status: int = 200
    typed: Typed = field(default_factory=Typed)

    @property
    def context(self) -> dict[str, Any]:
        """What templates ask for: see cases/parts.html."""
        return {"failed": self, "kept": self.kept, "kept_all": self.kept_all}

    def kept(self, form: str, name: str, default: str = "") -> str:
        """What had been typed into a field of that form, else what stands there by itself."""
        return self.typed[name] if form == self.form else default

    def kept_all(self, form: str, name: str, default: tuple[str, ...] = ()) -> list[str]:
        """The same, of a field that can have several values."""
        return self.typed.all(name) if form == self.form else list(default)


def failed(form: str, typed: Typed, error: ClewError) -> Failed:
    """A refusal, without the commands that do the same in a terminal."""
    status = 403 if isinstance(error, DeniedError) else 404 if isinstance(error, MissingError) else 400
    if isinstance(error, EngineError):
        raise error  # it holds a query and files by name, which no page shows
    return Failed(form, error.what, of_pages(error.todo), status, typed)


class Place:
    """A case, and who asks for it; what every handler below ``/cases/C1`` takes."""

    def __init__(self, request: Request, desk: TheDesk, who: Who, case_id: CaseName) -> None:
        self.request, self.desk, self.case_id = request, desk, case_id
        self.casework = desk.casework
        # The case is the purpose; one that was stated for another case does not go along.
        self.who = who.within(case_id, who.why if who.case_id in (None, case_id) else "")
        self.home = f"/cases/{quote(case_id)}"

    def shown(
        self, tab: str, more: Callable[[WholeCase], Mapping[str, Any]] = lambda whole: {}, wrong: Failed | None = None,
        template: str = "",
    ) -> Response:  # fmt: skip
        """A tab of the case.

        Args:
            tab: a word of `TABS`.
            more: what the template is given besides the case.
            wrong: a form of it that was refused.
            template: ``cases/TAB.html`` if empty.

        Raises:
            MissingError: it is not a case of theirs.
        """
        whole = read(self.casework, self.who, self.case_id)
        case, wrong = whole.case, wrong or Failed()
        counts = {"tasks": sum(not task.done_by for task in whole.tasks),
                  "exhibits": sum(not exhibit.part_of for exhibit in whole.exhibits)}  # fmt: skip
        tabs = [
            (f"{self.home}{end}", word, counts.get(what, len(getattr(whole, what))) if what else None)
            for end, word, what in TABS
        ]
        context = words() | wrong.context | {
            "whole": whole, "case": case, "home": self.home, "tab": tab, "tabs": tabs, "kept_for": days_left(case),
            "people": {person.id: person for person in whole.people}, "changes": case.state == "open",
            "leads_it": self.who.name == case.owner or may(self.who, "oversee"), "today": date_of_today(),
        }  # fmt: skip
        return render(self.request, template or f"cases/{tab.lower()}.html", wrong.status, **context, **more(whole))

    def done(
        self, form: str, typed: Typed, act: Callable[[], object], again: Callable[[Failed], Response], back: str
    ) -> Response:
        """Do what a form asks for.

        Args:
            form: its name, by which a template finds what was typed.
            typed: into it.
            act: does it.
            again: shows the page with the refusal.
            back: what the address of the page ends with that shows what was done.
        """
        try:
            act()
        except ClewError as error:
            return again(failed(form, typed, error))
        return RedirectResponse(f"{self.home}{back}", 303)


ThePlace = Annotated[Place, Depends()]


def words() -> dict[str, Any]:
    """Codes and what they mean, for forms and pages."""
    return {
        "HANDLING": HANDLING, "TLP": TLP, "SOURCES": SOURCES, "INFORMATION": INFORMATION, "near": NEAR,
        "grading_words": grading_words, "handling_words": handling_words, "tlp_words": tlp_words,
    }  # fmt: skip


def days_left(case: Case) -> int:
    """Days until a case is to be erased; below zero when it should have been."""
    return (case.retain_until - date_of_today()).days


def date_of_today() -> date:
    """In UTC."""
    return datetime.now(UTC).date()


def grading_of(typed: Typed) -> str:
    """The grading of a form: source and information, both or none."""
    return f"{typed['source']}{typed['information']}"


def own(place: Place, paper_id: str) -> str:
    """The id of an exhibit, note, person … of this case.

    Raises:
        MissingError: it names another case.
    """
    if not paper_id.startswith(f"{place.case_id}-") or len(paper_id) > 40:
        raise MissingError(f"{place.case_id} has no {paper_id[:40]!r}.")
    return paper_id
