"""Long work in the background: a process of its own, its progress line by line, its outcome in one sentence.

A job runs as a command of Clew (``clew run``, ``clew ingest``), so that it does what the command line does, cannot
take the pages down with it, and is stopped by ending its process. One job at a time: the workspace takes one change
at a time anyway. Afterwards the reading index is made anew and the pages read that.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import duckdb

from clew.model.errors import ClewError, WorkspaceError

KEPT = 50  # jobs that are remembered while the workbench runs
_SAID = 4_000  # characters of what a job printed that are kept


@dataclass(frozen=True)
class Job:
    """One piece of work.

    Attributes:
        id: counts from 1.
        what: in words, "Run", "Ingest adverts.csv".
        state: running, done, failed, stopped.
        step: what it is doing.
        share: how much of the step is done, 0 to 1.
        steps: every step that was begun, with its share.
        said: what it printed, or why it failed.
        begun, ended: times in UTC.
        case_id: the case for which it is done; what it says is then for those of the case. Empty for none.
    """

    id: int
    what: str
    state: str = "running"
    step: str = "starting"
    share: float = 0.0
    steps: dict[str, float] = field(default_factory=dict)
    said: str = ""
    begun: datetime = field(default_factory=lambda: datetime.now(UTC))
    ended: datetime | None = None
    case_id: str = ""

    @property
    def running(self) -> bool:
        """Is it still at work?"""
        return self.state == "running"


class Jobs:
    """The jobs of a workbench.

    Args:
        workspace: its folder.
        after: called when a job changed the workspace, with a function that is told the share done.
    """

    def __init__(self, workspace: str, after: Callable[[Callable[[float], None]], None]) -> None:
        self._workspace = workspace
        self._after = after
        self._jobs: dict[int, Job] = {}
        self._process: subprocess.Popen[str] | None = None
        self._stopped = False
        self._lock = threading.Lock()

    def all(self) -> list[Job]:
        """Every job that is remembered, the newest first; of those of a case only that they were done."""
        return [replace(job, said="") if job.case_id else job for job in self._every()]

    def of_case(self, case_id: str) -> list[Job]:
        """The jobs of a case, the newest first."""
        return [job for job in self._every() if job.case_id == case_id]

    def _every(self) -> list[Job]:
        with self._lock:
            return sorted(self._jobs.values(), key=lambda job: -job.id)

    def get(self, number: int) -> Job | None:
        """The job of that number."""
        with self._lock:
            return self._jobs.get(number)

    def current(self) -> Job | None:
        """The job that is at work."""
        return next((job for job in self.all() if job.running), None)

    def start(
        self,
        what: str,
        *commands: Sequence[str],
        environment: Mapping[str, str] | None = None,
        case_id: str = "",
        ended: Callable[[], None] = lambda: None,
    ) -> Job:
        """Begin a job.

        Args:
            what: in words, for the list of jobs.
            commands: words of commands of Clew, one after the other, in this workspace.
            environment: what the commands find in theirs besides ours: who acts, and why.
            case_id: the case for which it is done.
            ended: called when the last of them has ended.

        Raises:
            WorkspaceError: another is at work.
        """
        with self._lock:
            if any(job.running for job in self._jobs.values()):
                raise WorkspaceError("Another job is at work.", "Wait for it to end, or stop it; see Sources and runs.")
            job = Job(max(self._jobs, default=0) + 1, what, case_id=case_id)
            self._jobs[job.id] = job
            for old in sorted(self._jobs)[:-KEPT]:
                del self._jobs[old]
            self._stopped = False
        threading.Thread(
            target=self._work, args=(job.id, commands, environment or {}, ended), name=f"job-{job.id}", daemon=True
        ).start()
        return job

    def stop(self) -> None:
        """End the job that is at work. The workspace stays as it was; what was extracted is kept."""
        with self._lock:
            self._stopped = True
            if self._process is not None:
                self._process.terminate()

    def close(self) -> None:
        """Stop, and wait until nothing is at work."""
        self.stop()
        if job := self.current():
            self.wait(job.id, 30)

    def wait(self, number: int, seconds: float = 600.0) -> Job:
        """The job when it has ended, or after that time."""
        thread = next((t for t in threading.enumerate() if t.name == f"job-{number}"), None)
        if thread is not None:
            thread.join(seconds)
        with self._lock:
            return self._jobs[number]

    def _work(
        self,
        number: int,
        commands: Sequence[Sequence[str]],
        environment: Mapping[str, str],
        ended: Callable[[], None],
    ) -> None:
        said, code = "", 0
        for words in commands:
            text, code = self._command(number, words, environment)
            said = (said + text)[-_SAID:]
            if code:
                break
        state = "stopped" if self._stopped else "failed" if code else "done"
        ended()
        try:
            self._after(lambda share: self._told(number, "index", share))
        except (ClewError, OSError, duckdb.Error) as error:  # the person who waits must read it
            state, said = "failed", f"{said}\nThe pages could not be brought up to date: {error}"
        self._change(number, state=state, said=said.strip(), ended=datetime.now(UTC), step="", share=1.0)

    def _command(self, number: int, words: Sequence[str], environment: Mapping[str, str]) -> tuple[str, int]:
        """Run one command; what it printed and its exit code."""
        # -P: nothing is loaded from the folder in which the workbench was started, which may hold what others wrote.
        command = [sys.executable, "-P", "-m", "clew", *words]
        with self._lock:
            if self._stopped:
                return "", 1
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                errors="replace",
                env={**os.environ, **environment, "CLEW_PROGRESS": "lines", "CLEW_JOB": "workbench",
                     "CLEW_WORKSPACE": self._workspace},
            )  # fmt: skip
        process, wrong = self._process, []
        printed: list[str] = []
        reader = threading.Thread(target=lambda: printed.append(process.stdout.read() if process.stdout else ""))
        reader.start()
        for line in process.stderr or ():
            told = _progress(line)
            if told:
                self._told(number, *told)
            else:
                wrong.append(line)
        reader.join()
        code = process.wait()
        with self._lock:
            self._process = None
        return "".join(printed) if code == 0 else "".join(wrong[-5:]), code

    def _told(self, number: int, step: str, share: float) -> None:
        with self._lock:
            job = self._jobs[number]
            self._jobs[number] = replace(job, step=step, share=share, steps={**job.steps, step: share})

    def _change(self, number: int, **values: object) -> None:
        with self._lock:
            self._jobs[number] = replace(self._jobs[number], **values)  # type: ignore[arg-type]


def _progress(line: str) -> tuple[str, float] | None:
    """Step and share of a line that `clew.cli.common.steps` wrote for another program."""
    if not line.startswith('{"step"'):
        return None
    try:
        told = json.loads(line)
        return str(told["step"])[:40], min(max(float(told["share"]), 0.0), 1.0)
    except (ValueError, KeyError, TypeError):
        return None
