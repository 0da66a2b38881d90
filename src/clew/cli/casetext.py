"""A case as lines of text for a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from clew.cases.grading import grading_words, handling_words, tlp_words
from clew.cli.common import clean

if TYPE_CHECKING:
    from clew.cases.exhibit import Exhibit
    from clew.cases.head import Case
    from clew.cases.people import Person
    from clew.cases.thinking import Hypothesis, Task
    from clew.cases.whole import WholeCase

_WIDE = 400


def case_lines(whole: WholeCase) -> Iterator[str]:
    """Everything in a case, in the order in which it is read."""
    yield from _cover(whole.case)
    for title, lines in (
        ("Exhibits", [line for exhibit in whole.exhibits for line in _exhibit(exhibit)]),
        ("Persons", [line for person in whole.people for line in _person(person)]),
        ("Notes", [f"  {n.id}  {clean(n.text, _WIDE)} ({n.who}, {n.at[:10]})" for n in whole.notes]),
        ("Hypotheses", [line for one in whole.hypotheses for line in _hypothesis(one)]),
        ("Tasks", [_task(task) for task in whole.tasks]),
    ):
        if lines:
            yield ""
            yield title
            yield from lines


def _cover(case: Case) -> Iterator[str]:
    yield f"{case.id}  {clean(case.name)} ({case.state})"
    yield f"  Purpose      {clean(case.purpose, _WIDE)}"
    yield f"  Legal basis  {clean(case.legal_basis, _WIDE)}"
    yield f"  Owner        {case.owner}; members: {', '.join(case.members) or 'none'}"
    yield f"  Handling     {clean(handling_words(case.handling, case.conditions), _WIDE)}"
    yield f"  Sharing      {tlp_words(case.tlp)}"
    yield f"  Kept until   {case.retain_until}"


def _exhibit(exhibit: Exhibit) -> Iterator[str]:
    under = f", with {exhibit.part_of}" if exhibit.part_of else ""
    yield f"  {exhibit.id}  {exhibit.kind}: {clean(exhibit.name)}{under} ({exhibit.who}, {exhibit.at[:10]})"
    yield f"      SHA-256 {exhibit.sha256}, {exhibit.size:,} bytes, {clean(exhibit.media_type)}"
    yield f"      From {clean(exhibit.whence, _WIDE)}. {grading_words(exhibit.grading)}"
    if exhibit.withdrawn:
        yield f"      Withdrawn: {clean(exhibit.withdrawn, _WIDE)}"
    for fault in exhibit.faults[:5]:
        yield f"      {clean(fault, _WIDE)}"
    if len(exhibit.faults) > 5:
        yield f"      {len(exhibit.faults) - 5:,} more faults."


def _person(person: Person) -> Iterator[str]:
    what = ", ".join((*person.categories, *(["minor"] if person.minor else [])))
    shown = "protected" if person.protected else "released" if person.release else "not protected"
    yield f"  {person.id}  {clean(person.names[0])}: {what}; {person.pseudonym}, {shown}"
    if person.identifiers:
        yield f"      {clean(', '.join(f'{kind} {value}' for kind, value in person.identifiers), _WIDE)}"


def _hypothesis(one: Hypothesis) -> Iterator[str]:
    yield f"  {one.id}  {clean(one.statement, _WIDE)} ({one.state})"
    for argument in one.arguments:
        rests = f" [{', '.join(argument.references)}]" if argument.references else ""
        yield f"      {argument.side}: {clean(argument.text, _WIDE)}{rests}"
    yield f"      What would change our mind: {clean(one.would_change, _WIDE)}"


def _task(task: Task) -> str:
    state = f"done by {task.done_by}" if task.done_by else f"due {task.due}" if task.due else "to be done"
    return f"  {task.id}  {clean(task.what, _WIDE)} ({task.assignee or 'nobody'}, {state})"
