"""Hands out the original of an exhibit, outside of a package: an export, with the rule of packages about who is named.

Where it shows or names somebody who is protected, or cannot be searched for them, it takes four eyes.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from clew.access.roles import need
from clew.cases.approvals import approvals_in, use_in
from clew.cases.base import Casework
from clew.cases.exhibit import Exhibit, exhibit_of
from clew.cases.opened import case_of, opened
from clew.evidence.intake.examine import examine, searchable, texts
from clew.evidence.masks import Masks, open_masks
from clew.model.actor import Actor
from clew.model.errors import DeniedError
from clew.store.workspace import Workspace
from clew.vault.store import Digests


def hand_out(
    casework: Casework, workspace: Workspace, actor: Actor, exhibit_id: str
) -> tuple[Exhibit, Iterator[bytes]]:
    """The original bytes of an exhibit, to be taken away; the export is written down before the first is given.

    Raises:
        DeniedError: the role allows no export, or it takes an approval that is not there.
        MissingError: it is not a case of theirs, or has no such exhibit.
    """
    need(actor, "export")
    with opened(casework, actor, case_of(exhibit_id)) as file:
        found, key = exhibit_of(file.paper("exhibit", exhibit_id)), file.key
    reason = withheld(casework, open_masks(casework, workspace), found, key)
    with opened(casework, actor, found.case_id) as file:
        approval = ""
        if reason:
            mine = [a for a in approvals_in(file) if (a.what, a.state, a.asked_by) == ("export", "granted", actor.name)]
            if not mine:
                raise DeniedError(reason, "To take it out all the same, ask for the approval of a second person.")
            approval = use_in(file, "export").id
        details = {"what": "original", "sha256": found.sha256, "blake2b": found.blake2b, "bytes": found.size}
        file.log("export", f"exhibit {found.id}", details | ({"approval": approval} if approval else {}))
    return found, casework.vault.read(found.case_id, key, found.digests)


def withheld(casework: Casework, masks: Masks, exhibit: Exhibit, key: bytes) -> str:
    """Why the original of an exhibit stays here; empty where nothing is against giving it away."""
    if not masks:
        return ""
    digests: Digests = exhibit.digests
    with tempfile.TemporaryDirectory(prefix="clew-handout-") as scratch:
        path = Path(scratch) / "original"
        with path.open("xb") as out:
            for piece in casework.vault.read(exhibit.case_id, key, digests):
                out.write(piece)
        seen = examine(path)
        return masks.withholds(
            exhibit.case_id, exhibit.shows, searchable(seen), texts(path, seen), cleared=bool(exhibit.cleared_by)
        )
