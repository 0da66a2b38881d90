"""Timestamps of a real authority: asked only when named, verified before they are kept, queued while it is away."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from cryptography import x509
from tests.tsa import Tsa, make_authority, serving

from clew.access.roles import alone
from clew.database.base import write
from clew.evidence import verify
from clew.ledger import log
from clew.ledger.entry import Deed
from clew.ledger.heads import heads
from clew.ledger.timestamps import Authority, StampError, ask, configured, stamp, stamps
from clew.model.errors import InputError
from clew.vault.keys import Keys, open_keys

ANN = alone("ann", "command line")


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tsa]:
    with serving(make_authority(tmp_path_factory.mktemp("tsa"))) as found:
        yield found


@pytest.fixture
def keys(tmp_path: Path) -> Keys:
    return open_keys(tmp_path)


@pytest.fixture
def named(authority: Tsa, monkeypatch: pytest.MonkeyPatch) -> Tsa:
    monkeypatch.setenv("CLEW_TSA_URL", authority.url)
    monkeypatch.setenv("CLEW_TSA_ROOTS", str(authority.roots))
    return authority


def _view(db: sa.Engine) -> None:
    with write(db) as connection:
        log.append(connection, ANN, Deed("view", "network N1", {}, {"what": "secret words"}))


def test_nobody_is_asked_unless_named(
    db: sa.Engine, keys: Keys, authority: Tsa, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CLEW_TSA_URL", raising=False)
    before = len(authority.asked)
    _view(db)
    assert configured() is None
    assert stamp(db, keys) == []
    assert len(authority.asked) == before


def test_a_head_is_stamped(db: sa.Engine, keys: Keys, named: Tsa) -> None:
    _view(db)
    (made,) = stamp(db, keys)
    with db.connect() as connection:
        assert stamps(connection) == [made]
        (head,) = heads(connection)
    assert (made.size, made.trouble, made.authority) == (1, "", named.url)
    assert made.token is not None
    roots = verify.certificates(named.roots.read_bytes())
    assert verify.token_time(made.token, head.statement(), roots).isoformat() == made.at
    assert stamp(db, keys) == []  # nothing is new


def test_nothing_but_a_digest_leaves_the_machine(db: sa.Engine, keys: Keys, named: Tsa) -> None:
    _view(db)
    stamp(db, keys)
    request = named.asked[-1]
    assert len(request) < 100
    assert b"secret" not in request
    with db.connect() as connection:
        assert heads(connection)[0].root.encode() not in request


def test_what_cannot_be_stamped_waits(db: sa.Engine, keys: Keys, named: Tsa, tmp_path: Path) -> None:
    folder = tmp_path / "other"
    with serving(make_authority(folder)) as other:
        away = Authority(other.url, tuple(x509.load_pem_x509_certificates(other.roots.read_bytes())))
    _view(db)
    (waits,) = stamp(db, keys, away)
    assert "cannot be reached" in waits.trouble
    _view(db)
    assert len(stamp(db, keys, away)) == 1  # the other would fail as well
    with db.connect() as connection:
        assert [(s.size, s.token) for s in stamps(connection)] == [(1, None), (2, None)]
    with serving(Tsa(folder), int(away.url.rpartition(":")[2].strip("/"))):
        made = stamp(db, keys, away)
    assert [(s.size, s.trouble) for s in made] == [(2, ""), (1, "")]  # the newest first
    assert stamp(db, keys, away) == []


def test_a_wrong_answer_is_not_kept(db: sa.Engine, keys: Keys, named: Tsa, tmp_path: Path) -> None:
    _view(db)
    named.spoils = True
    try:
        (made,) = stamp(db, keys)
    finally:
        named.spoils = False
    assert made.token is None
    assert "does not hold" in made.trouble
    other = make_authority(tmp_path / "other", "Another")
    stranger = Authority(named.url, tuple(x509.load_pem_x509_certificates(other.roots.read_bytes())))
    with db.connect() as connection, pytest.raises(StampError, match="does not hold"):
        ask(stranger, heads(connection)[0])


def test_an_answer_to_another_question_is_not_kept(db: sa.Engine, keys: Keys, named: Tsa) -> None:
    """A timestamp that was given before, for the same digest, has another nonce."""
    _view(db)
    stamp(db, keys)
    old = (named.folder / f"r{len(named.asked)}").read_bytes()
    found = configured()
    assert found is not None
    with db.connect() as connection:
        (head,) = heads(connection)
    try:
        for named.repeats in (old, b"", b"no answer", b"\x30\x03\x02\x01\x02", bytes(2 << 20)):
            with pytest.raises(StampError, match="Nonce" if named.repeats is old else None):
                ask(found, head)
    finally:
        named.repeats = None


@pytest.mark.parametrize(
    ("url", "roots", "said"),
    [
        ("ftp://x/", "x", "no address"),
        ("file:///etc/passwd", "x", "no address"),
        ("http://x/", "", "CLEW_TSA_ROOTS is not set"),
        ("http://x/", "/nowhere.pem", "cannot be read"),
    ],
)
def test_a_wrong_configuration_is_told(url: str, roots: str, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLEW_TSA_URL", url)
    monkeypatch.setenv("CLEW_TSA_ROOTS", roots)
    with pytest.raises(InputError, match=said):
        configured()
