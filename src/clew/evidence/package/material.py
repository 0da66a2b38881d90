"""What a package is made from: a case, the masks of protected persons, and a way to the original bytes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from clew.cases.base import Casework
from clew.cases.exhibit import Exhibit
from clew.cases.head import Case
from clew.cases.opened import opened
from clew.cases.whole import WholeCase, read_held
from clew.evidence.masks import Masks, open_masks
from clew.evidence.unaltered import check_tables
from clew.model.actor import Actor
from clew.store.workspace import Workspace

# The fact of an exhibit that names what it froze.
_NAMED = {"network": "Network", "record": "Record"}


@dataclass(frozen=True)
class Material:
    """A case, as far as a package holds it.

    Attributes:
        whole: everything that people wrote down in it.
        masks: put pseudonyms in the place of protected persons.
        read: gives the bytes of an exhibit, checked against its digests at the end.
    """

    whole: WholeCase
    masks: Masks
    read: Callable[[Exhibit], Iterator[bytes]]

    @property
    def case(self) -> Case:
        """Its cover."""
        return self.whole.case

    def of_kind(self, kind: str) -> list[str]:
        """The networks or records that are exhibits, without what was withdrawn."""
        return sorted({subject(e) for e in self.whole.exhibits if e.kind == kind and not e.withdrawn} - {""})

    @property
    def uncovers(self) -> bool:
        """Does it show a victim or a minor by name? Then an export takes four eyes; under pseudonyms it does not."""
        return any(person.vulnerable and not person.protected for person in self.whole.people)


def gather(casework: Casework, workspace: Workspace, actor: Actor, case_id: str) -> Material:
    """What a package of a case holds, for one of its members. What is written down of it is the export.

    Raises:
        MissingError: it is not a case of theirs.
        SealError: a table of the workspace was altered; masks rest on them as well.
    """
    with opened(casework, actor, case_id) as file:
        key = file.key
    check_tables(workspace)
    return Material(read_held(casework, case_id), open_masks(casework, workspace), partial(_read, casework, key))


def subject(exhibit: Exhibit) -> str:
    """The network or record that an exhibit froze; empty for files and captures."""
    return dict(exhibit.facts).get(_NAMED.get(exhibit.kind, ""), "")


def _read(casework: Casework, key: bytes, exhibit: Exhibit) -> Iterator[bytes]:
    return casework.vault.read(exhibit.case_id, key, exhibit.digests)
