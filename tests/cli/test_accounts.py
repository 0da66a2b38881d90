"""clew account and clew token, as the owner of a workspace meets them."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pyotp
import pytest
from tests.commands import Runner
from typer.testing import Result

from clew.access import accounts, terminal, tokens
from clew.cli.app import app
from clew.database.base import open_database
from clew.ledger.log import Wanted, search
from clew.model.errors import DeniedError, InputError
from clew.store.workspace import Workspace

PASSWORD = "four plain words here"
ANN = ("account", "add", "Ann", "--role", "administrator", "--role", "supervisor", "--password-stdin")


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CLEW_WORKSPACE", str(tmp_path / "w"))
    monkeypatch.delenv("CLEW_PASSWORD", raising=False)
    monkeypatch.delenv("CLEW_TOKEN", raising=False)
    return Workspace.create(tmp_path / "w").path


def _clew(*words: str, said: str = "") -> Result:
    result = Runner().invoke(app, list(words), input=said)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def _listed(what: str, *words: str) -> list[dict[str, object]]:
    return json.loads(_clew(what, "list", *words, "--json").stdout)


def test_accounts_from_the_first_to_the_last(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "of one person" in _clew("account", "list").stdout
    with pytest.raises(InputError, match="must be an administrator"):
        _clew("account", "add", "bob", "--role", "analyst", "--no-password")
    assert _clew(*ANN, said=f"{PASSWORD}\r\n").stdout == "ann may sign in as supervisor, administrator.\n"
    monkeypatch.setenv("CLEW_PASSWORD", "five other plain words here")
    _clew("account", "add", "bob", "--role", "analyst")
    _clew("account", "add", "eve", "--role", "auditor", "--no-password")
    assert [(each["name"], each["password"]) for each in _listed("account")] == [
        ("ann", True), ("bob", True), ("eve", False),
    ]  # fmt: skip
    assert _clew("account", "role", "bob", "--role", "auditor").stdout == "bob is auditor now.\n"
    assert _clew("account", "lock", "bob").stdout == "bob is locked.\n"
    assert _clew("account", "unlock", "bob").stdout == "bob may sign in again.\n"
    assert _clew("account", "password", "bob").stdout == "bob has another password.\n"
    lines = _clew("account", "list").stdout.splitlines()
    assert [line.split()[:2] for line in lines] == [["ann", "open"], ["bob", "open"], ["eve", "open"]]
    assert "no way in" in lines[2]
    with pytest.raises(InputError, match="Nobody but ann"):
        _clew("account", "lock", "ann")
    db = open_database(place)
    with db.connect() as connection:
        entries = search(connection, Wanted())[0]
    db.dispose()
    assert len(entries) == 7
    assert {(entry.who, entry.via) for entry in entries} == {(terminal.login_name(), "command line")}


def test_a_password_that_cannot_be(place: Path) -> None:
    with pytest.raises(InputError, match="at least 12"):
        _clew(*ANN, said="short\n")
    with pytest.raises(InputError, match="No password was given"):
        _clew(*ANN[:-1])
    assert _listed("account") == []


def _typed(*answers: str) -> tuple[int, str]:
    """The command in a terminal of its own, where each question gets an answer."""
    outer, inner = pty.openpty()
    command = [sys.executable, "-m", "clew", *ANN[:-1]]
    process = subprocess.Popen(command, stdin=inner, stdout=inner, stderr=inner, start_new_session=True)
    os.close(inner)
    shown = b""
    for answer in answers:
        asked = shown.count(b": ")
        while shown.count(b": ") == asked:
            shown += os.read(outer, 1000)
        os.write(outer, f"{answer}\n".encode())
    while True:
        try:
            piece = os.read(outer, 1000)
        except OSError:  # the other side is gone
            break
        if not piece:
            break
        shown += piece
    os.close(outer)
    return process.wait(60), shown.decode()


def test_the_terminal_asks_twice_and_shows_nothing(place: Path) -> None:
    code, shown = _typed(PASSWORD, "something else entirely")
    assert (code, "not the same twice" in shown) == (2, True)
    code, shown = _typed(PASSWORD, PASSWORD)
    assert (code, "ann may sign in" in shown) == (0, True)
    assert PASSWORD not in shown


def test_one_time_codes(place: Path) -> None:
    _clew(*ANN, said=f"{PASSWORD}\n")
    command = [sys.executable, "-m", "clew", "account", "totp", "ann"]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    secret = process.stderr.readline().removeprefix("Secret: ").strip()
    assert "otpauth://totp/Clew:ann" in process.stderr.readline()
    shown, _ = process.communicate(f"{pyotp.TOTP(secret).now()}\n", timeout=60)
    assert process.returncode == 0
    assert len(shown.splitlines()) == 11
    assert "10 recovery codes left" in _clew("account", "list").stdout
    assert _clew("account", "totp", "ann", "--remove").stdout == "ann signs in without a code.\n"


def test_tokens(place: Path) -> None:
    _clew(*ANN, said=f"{PASSWORD}\n")
    secret = _clew("token", "make", "ann", "--scope", "read", "--scope", "export", "--label", "Nightly").stdout.strip()
    assert secret.startswith("clew_")
    assert secret not in _clew("token", "list").stdout
    assert "T1    ann" in _clew("token", "list").stdout
    made = _listed("token", "ann")[0]
    assert (made["id"], made["scopes"], made["label"]) == ("T1", ["read", "export"], "Nightly")
    with pytest.raises(InputError, match="1 to 365 days"):
        _clew("token", "make", "ann", "--scope", "read", "--label", "x", "--days", "400")
    with pytest.raises(DeniedError, match="ann may not audit"):
        _clew("token", "make", "ann", "--scope", "audit", "--label", "x")
    db = open_database(place)
    assert tokens.actor(db, secret) is not None
    assert _clew("token", "revoke", "T1").stdout == "T1 opens nothing any more.\n"
    assert tokens.actor(db, secret) is None
    db.dispose()
    assert "revoked" in _clew("token", "list", "ann").stdout


def test_only_the_owner(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: place.stat().st_uid + 4242)
    for words in (ANN, ("account", "list"), ("account", "unlock", "ann"), ("token", "list"), ("token", "revoke", "T1")):
        with pytest.raises(DeniedError, match="by who owns the workspace"):
            _clew(*words, said=f"{PASSWORD}\n")
    monkeypatch.undo()
    db = open_database(place)
    assert not accounts.any(db)
    db.dispose()


def test_every_command_has_help() -> None:
    for group in app.registered_groups:
        if group.name in ("account", "token"):
            for command in group.typer_instance.registered_commands:
                name = command.name or command.callback.__name__
                assert _clew(group.name, name, "--help").exit_code == 0
