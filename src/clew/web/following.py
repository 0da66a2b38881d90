"""The pages follow the workspace: what the command line ran or erased shows without starting the workbench again."""

from __future__ import annotations

from clew.web.background import Background
from clew.web.desk import Desk

EVERY = 3.0  # seconds: what was erased must not be shown for long


class Following(Background):
    """Makes the reading index anew when another process has changed the workspace.

    Args:
        desk: whose pages follow.
        every: seconds between two looks.
    """

    trouble = "The pages could not be brought up to date"

    def __init__(self, desk: Desk, every: float = EVERY) -> None:
        super().__init__(every)
        self._desk = desk

    def turn(self) -> bool:
        """Refresh if the catalog is another and the change has ended; our own jobs do that themselves."""
        desk = self._desk
        if desk.jobs.current() is not None or not desk.behind() or desk.workspace.busy():
            return False
        desk.refresh()
        return True
