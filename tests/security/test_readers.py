"""Every reader of bytes that others made: spoilt bytes end in an error of Clew's own, never in a crash.

`READERS` lists each module that parses anything, with the test that spoils its input, or why what it reads is not
somebody else's. A new module that parses something and is not listed fails the last test of this file.
"""

from __future__ import annotations

import ast
import importlib
import io
import json
import random
import re
from collections.abc import Callable
from pathlib import Path

import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet
from PIL import Image
from tests.tried import tried
from tests.tsa import make_authority

from clew.access.oidc_provider import Channel
from clew.access.oidc_settings import Settings, read
from clew.cli.ledger import _kept
from clew.evidence import verify
from clew.ingest.pdq import pdq
from clew.ledger.entry import canonical
from clew.ledger.heads import Head
from clew.ledger.stamped import stamp_faults
from clew.ledger.timestamps import Stamp
from clew.model.errors import ClewError
from clew.query.asked import understand
from clew.vault import keys as vault_keys
from clew.vault.seal import seal_stream, unseal_stream
from clew.web.pictures import picture

ROOT = Path(__file__).resolve().parents[2]
FEW = settings(
    max_examples=tried(50),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
OWN, PACKAGE = "what Clew wrote into its own workspace", "a file of the package itself"
CONTRACT, INTAKE = (
    "tests/ingest/formats/test_contract.py::test_no_bytes_break_a_reader",
    "tests/evidence/test_intake.py::test_damaged_files_never_raise",
)
HERE = "tests/security/test_readers.py::"
READERS = {
    "access.oidc": "tests/access/test_oidc.py::test_any_text_may_be_a_ticket",
    "access.oidc_provider": f"{HERE}test_tokens_of_a_provider",
    "access.oidc_settings": f"{HERE}test_settings_of_a_provider",
    "assess.catalogue": PACKAGE,
    "assess.explain": OWN,
    "cases.exploration": OWN,
    "cases.head": OWN,
    "cases.opened": OWN,
    "cli.ledger": f"{HERE}test_heads_that_were_kept",
    "engine.duckdb": OWN,
    "evidence.intake.formats.mail": INTAKE,
    "evidence.intake.formats.pdf": "tests/evidence/test_intake.py::test_damaged_documents_never_raise",
    "evidence.intake.formats.wacz": INTAKE,
    "evidence.intake.formats.warc": INTAKE,
    "evidence.freeze": OWN,
    "evidence.masks": OWN,
    "evidence.package.derived": OWN,
    "evidence.package.history": OWN,
    "evidence.package.shelf": OWN,
    "evidence.report.draw_map": PACKAGE,
    "evidence.report.rates": PACKAGE,
    "evidence.intake.unpack": INTAKE,
    "evidence.verify": "tests/evidence/test_verify.py::test_any_json_is_read_without_failing",
    "evidence.intake.warcrecords": INTAKE,
    "evidence.intake.zipped": INTAKE,
    "exchange.kml": "XML is written, none is read",
    "exchange.tables": OWN,
    "extract._agenumbers": PACKAGE,
    "extract._phone_words": PACKAGE,
    "ingest.pdq": f"{HERE}test_pictures",
    "extract.stage": OWN,
    "extract.wording": PACKAGE,
    "ingest.changes": OWN,
    "ingest.columns": OWN,
    "ingest.formats.csv": CONTRACT,
    "ingest.formats.parquet": CONTRACT,
    "ingest.formats.wacz": CONTRACT,
    "ingest.formats.warc": CONTRACT,
    "ingest.images": "tests/ingest/test_images.py::test_json_lists_come_back",
    "ingest.jsonlists": CONTRACT,
    "ingest.jsonrows": CONTRACT,
    "ingest.mail_parts": CONTRACT,
    "ingest.money_flat": CONTRACT,
    "ingest.money_receipts": PACKAGE,
    "ingest.money_roles": CONTRACT,
    "ingest.money_simple": CONTRACT,
    "ingest.money_types": PACKAGE,
    "ingest.pages_beside": "what one process of Clew tells another",
    "ingest.pages_data": "tests/ingest/test_pages_hostile.py::test_odd_data",
    "ingest.pages_gather": "tests/ingest/test_pages_hostile.py::test_hostile_pictures_give_no_hash",
    "ingest.pages_http": "tests/ingest/test_pages_hostile.py::test_spoilt_archives_add_up",
    "ingest.pages_warc": "tests/ingest/test_pages_hostile.py::test_spoilt_archives_add_up",
    "extract._meaning_learnt": PACKAGE,
    "extract._meaning_lexicon": PACKAGE,
    "extract._meaning_rules": PACKAGE,
    "ingest.chats_json": CONTRACT,
    "ingest.chats_words": PACKAGE,
    "ingest.chats_zip": CONTRACT,
    "ingest.formats.meta": CONTRACT,
    "ingest.formats.telegram": CONTRACT,
    "ingest.formats.whatsapp_zip": CONTRACT,
    "query.conversation_messages": OWN,
    "talk.told": PACKAGE,
    "extract._never": PACKAGE,
    "extract._kept": OWN,
    "ingest.unpacking": "tests/ingest/test_unpacking.py::test_the_rows_before_spoilt_bytes_are_read",
    "ingest.versions": OWN,
    "keeping.backup": f"{HERE}test_manifests_of_backups",
    "keeping.dump": f"{HERE}test_databases_of_backups",
    "keeping.erase_records": OWN,
    "keeping.forget": OWN,
    "keeping.register": f"{HERE}test_registers",
    "keeping.retention": OWN,
    "ledger.beside": "tests/ledger/test_check.py::test_spoilt_manifests_are_never_an_error",
    "ledger.entry": OWN,
    "ledger.stamped": f"{HERE}test_timestamps",
    "ledger.timestamps": f"{HERE}test_answers_of_an_authority",
    "match.families": OWN,
    "match.query": OWN,
    "pipeline.custody": OWN,
    "pipeline.manifest": OWN,
    "pipeline.replay_package": "tests/evidence/test_package.py::test_a_table_that_was_changed_is_told",
    "pipeline.run": OWN,
    "query.graph_node": OWN,
    "query.network_links": OWN,
    "query.show": OWN,
    "query.sources": OWN,
    "query.template": OWN,
    "sample": "an archive whose digest is written in the source",
    "simulate.crew": "another process of Clew",
    "store.workspace": OWN,
    "trace.money.labels": PACKAGE,
    "trace.money.signs": PACKAGE,
    "trace.money.words": PACKAGE,
    "trace.movement.bookings": PACKAGE,
    "trace.movement.days": PACKAGE,
    "vault.keys": f"{HERE}test_key_files",
    "vault.seal": f"{HERE}test_sealed_files",
    "vault.store": f"{HERE}test_sealed_files",
    "web.access": "tests/security/test_requests.py::test_forms_have_bounds",
    "web.jobs": "another process of Clew",
    "web.pages.cases_frame": "tests/security/test_requests.py::test_forms_have_bounds",
    "web.pages.sources": "tests/security/test_requests.py::test_forms_have_bounds",
}
PARSES = re.compile(
    r"json\.loads\(|tomllib\.load|load_pem|load_der|ZipFile\(|tarfile|csv\.reader|read_csv|ParquetFile\(|BytesParser|"
    r"message_from|Image\.open|PdfReader|decode_timestamp|jwt\.decode|HTMLParser|unseal_stream\(|decompressobj|"
    r"Decompressor\(|CompressedInputStream|read_parquet\(|request\.form\(|ElementTree|pickle|marshal|yaml"
)


def spoilt(content: bytes, chance: random.Random) -> bytes:
    """Some bytes changed, cut out or put in."""
    found = bytearray(content or b"x")
    for _ in range(chance.randint(0, 6)):
        found[chance.randrange(len(found))] ^= 1 << chance.randrange(8)
    if chance.random() < 0.3:
        del found[chance.randrange(len(found)) :]
    if chance.random() < 0.3:
        at = chance.randrange(len(found) + 1)
        found[at:at] = chance.choice([b"{", b"[" * 5_000, b"\x00", b"null", b'"', b"-1", b"1e999", chance.randbytes(9)])
    return bytes(found)


def changed(value: object, chance: random.Random) -> object:
    """A JSON value with one part exchanged for something else: what is still JSON goes deeper than noise."""
    others = [None, 0, -1, (1 << 64) - 1, "", "..", "/etc/passwd", [], {}, True, 1.5, ["x"], {"a": 1}, "x" * 300]
    if isinstance(value, dict) and value and chance.random() < 0.8:
        key = chance.choice(list(value))
        rest = {k: v for k, v in value.items() if k != key}
        return rest if chance.random() < 0.2 else rest | {key: changed(value[key], chance)}
    if isinstance(value, list) and value and chance.random() < 0.7:
        at = chance.randrange(len(value))
        return [*value[:at], changed(value[at], chance), *value[at + 1 :]]
    return chance.choice(others)


def survives(read_it: Callable[[], object], *known: type[Exception]) -> None:
    """It may be refused, in one sentence."""
    try:
        read_it()
    except (ClewError, *known) as error:
        assert str(error)


CHANCE = st.randoms(use_true_random=False)


@FEW
@given(CHANCE)
def test_key_files(tmp_path: Path, chance: random.Random) -> None:
    folder = tmp_path / "w"
    folder.mkdir(exist_ok=True)
    (folder / "public-key").unlink(missing_ok=True)
    name = vault_keys.identity(folder)
    path = vault_keys.key_file(name)
    path.unlink(missing_ok=True)
    keys = vault_keys.open_keys(folder)
    good = path.read_bytes()
    bad = spoilt(good, chance) if chance.random() < 0.5 else json.dumps(changed(json.loads(good), chance)).encode()
    path.write_bytes(bad)
    survives(lambda: vault_keys.open_keys(folder, lambda: "a long passphrase"))
    survives(lambda: vault_keys.adopt(bad, name, keys.public.hex(), "a long passphrase"))
    path.unlink()


@FEW
@given(CHANCE)
def test_sealed_files(chance: random.Random) -> None:
    out = io.BytesIO()
    seal_stream(b"k" * 32, [b"some text " * 50], "C1", out)
    bad = spoilt(out.getvalue(), chance)
    survives(lambda: list(unseal_stream(b"k" * 32, io.BytesIO(bad), "C1")))


@settings(FEW, max_examples=tried(20))
@given(CHANCE)
def test_pictures(tmp_path: Path, chance: random.Random) -> None:
    drawn = io.BytesIO()
    kind = chance.choice(["PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF"])
    Image.new("RGB", (24, 24), "#147").save(drawn, kind)
    bad = spoilt(drawn.getvalue(), chance)
    (tmp_path / "a.png").write_bytes(bad)
    survives(lambda: pdq(bad))
    survives(lambda: picture(str(tmp_path / "ads.jsonl"), "a.png", True))


@FEW
@given(st.text(max_size=300))
def test_questions(asked: str) -> None:
    survives(lambda: understand(asked))


@FEW
@given(CHANCE)
def test_heads_that_were_kept(tmp_path: Path, chance: random.Random) -> None:
    good = [{"size": 3, "root": "00" * 32, "at": "2026-01-01", "key": "11" * 32, "signature": "22" * 64}]
    path = tmp_path / "heads.json"
    path.write_bytes(spoilt(json.dumps(good).encode(), chance))
    survives(lambda: _kept(path))
    path.write_text(json.dumps(changed(good, chance)))
    survives(lambda: [head.valid() for head in _kept(path)])


@FEW
@given(CHANCE)
def test_settings_of_a_provider(tmp_path: Path, chance: random.Random) -> None:
    good = b'issuer = "https://a.example"\nclient_id = "c"\nscopes = ["x"]\n[roles]\n"g" = ["analyst"]\n'
    (tmp_path / "oidc.toml").write_bytes(spoilt(good, chance))
    survives(lambda: read(tmp_path / "oidc.toml"))


@pytest.fixture(scope="module")
def channel():
    key = ECKey.generate_key("P-256", {"kid": "1", "alg": "ES256"})
    made = Channel(Settings("https://login.example", "clew"))
    made._keys = KeySet([key])
    made._fetched = lambda: made._keys  # type: ignore[method-assign, assignment, return-value]
    yield made, key
    made.close()


@FEW
@given(CHANCE, st.text(max_size=80))
def test_tokens_of_a_provider(channel, chance: random.Random, noise: str) -> None:
    made, key = channel
    claims = {"iss": "https://login.example", "aud": "clew", "sub": "1", "exp": 2_000, "iat": 900, "nonce": "n"}
    header = {"alg": "ES256", "kid": "1"}
    good = jwt.encode(header, claims, key)
    assert made.claims(good, "n", 1_000)["sub"] == "1"
    parts = good.split(".")
    at = chance.randrange(3)
    deep = orjson.dumps(changed(header, chance)) if at == 0 else b"[" * 3_000
    for bad in (
        spoilt(good.encode(), chance).decode("utf-8", "replace"), noise, f"{noise}.{noise}.{noise}", "." * 4,
        ".".join([*parts[:at], _base64(deep), *parts[at + 1 :]]),
    ):  # fmt: skip
        if bad != good:
            survives(lambda bad=bad: made.claims(bad, "n", 1_000))
    wrong = changed(claims, chance)
    if isinstance(wrong, dict) and wrong != claims:
        survives(lambda: made.claims(jwt.encode(header, wrong, key), "n", 1_000))


def _base64(data: bytes) -> str:
    import base64

    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


@pytest.fixture(scope="module")
def stamped(tmp_path_factory: pytest.TempPathFactory):
    """A head, the authority's answer on it, its token and root."""
    import hashlib

    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding
    from rfc3161_client import HashAlgorithm, TimestampRequestBuilder, decode_timestamp_response

    authority = make_authority(tmp_path_factory.mktemp("tsa"))
    head = Head(1, hashlib.sha256(b"x").hexdigest(), "2026-01-01T00:00:00+00:00", "11" * 32, "22" * 64)
    request = TimestampRequestBuilder().data(head.statement()).hash_algorithm(HashAlgorithm.SHA256).build()
    answer = authority.answer(request.as_bytes())
    token = decode_timestamp_response(answer).time_stamp_token()
    root = x509.load_pem_x509_certificate(authority.roots.read_bytes())
    return head, answer, token, root, root.public_bytes(Encoding.DER)


@FEW
@given(CHANCE)
def test_timestamps(stamped, chance: random.Random) -> None:
    head, _, token, root, der = stamped
    bad = spoilt(token, chance)
    for told in stamp_faults([head], [Stamp(1, "https://tsa.example", bad, der, "2026-01-01T00:00:00+00:00", "")]):
        assert "\n" not in told
    survives(lambda: verify.token_time(bad, head.statement(), [root]), verify.BadError)
    survives(lambda: verify.token_time(chance.randbytes(chance.randrange(200)), b"x", [root]), verify.BadError)


@FEW
@given(CHANCE)
def test_answers_of_an_authority(stamped, chance: random.Random) -> None:
    from rfc3161_client import decode_timestamp_response

    for bad in (spoilt(stamped[1], chance), chance.randbytes(chance.randrange(300))):
        survives(lambda bad=bad: decode_timestamp_response(bad), ValueError)  # what `ask` takes for no answer


# --- backups that somebody else made and signed: whole in themselves ---


def _backup(folder: Path, manifest: object, files: dict[str, bytes], key: Ed25519PrivateKey) -> None:
    # As `canonical` writes it, but for numbers of any length.
    raw = json.dumps(manifest, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "replace")
    statement = b"clew backup 1\n" + raw
    signed = {"key": key.public_key().public_bytes_raw().hex(), "signature": key.sign(statement).hex()}
    folder.mkdir(exist_ok=True)
    (folder / "manifest.json").write_bytes(raw)
    (folder / "manifest.sig").write_bytes(json.dumps(signed).encode())
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)


def _manifest(key: Ed25519PrivateKey, files: dict[str, bytes]) -> dict[str, object]:
    import hashlib

    public = key.public_key().public_bytes_raw().hex()
    head = Head(0, hashlib.sha256(b"").hexdigest(), "2026-01-01T00:00:00+00:00", public, "")
    signed = {**vars(head), "signature": key.sign(head.statement()).hex()}
    digests = {
        name: {
            "sha256": hashlib.sha256(content).hexdigest(), "blake2b": hashlib.blake2b(content).hexdigest(),
            "size": len(content),
        }
        for name, content in files.items()
    }  # fmt: skip
    return {
        "format": 1, "workspace": "0123456789abcdef", "at": "2026-01-01", "clew": "1", "schema": "0006", "key": public,
        "head": signed, "entries": 0, "rows": {}, "files": digests,
    }  # fmt: skip


@pytest.fixture(scope="module")
def thief() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.generate()


@FEW
@given(CHANCE)
def test_manifests_of_backups(tmp_path: Path, thief: Ed25519PrivateKey, chance: random.Random) -> None:
    from clew.keeping.backup import read_manifest, verify_backup

    files = {"database.jsonl": b""}
    good = _manifest(thief, files)
    _backup(tmp_path / "b", good, files, thief)
    assert verify_backup(tmp_path / "b").workspace == "0123456789abcdef"
    _backup(tmp_path / "b", changed(good, chance), files, thief)
    survives(lambda: verify_backup(tmp_path / "b"))
    for name in ("manifest.json", "manifest.sig"):
        kept = (tmp_path / "b" / name).read_bytes()
        (tmp_path / "b" / name).write_bytes(spoilt(kept, chance))
        survives(lambda: read_manifest(tmp_path / "b"))
        (tmp_path / "b" / name).write_bytes(kept)


@pytest.mark.parametrize(
    "name",
    ["../x", "/etc/passwd", "workspace/../../x", "workspace/", "workspace//x", ".", "", "workspace/./x", "other/x",
     "workspace\\..\\x", "workspace/a\\..\\b", "manifest.json", "x.json", "workspace/\x00"],
)  # fmt: skip
def test_a_backup_names_nothing_outside(tmp_path: Path, thief: Ed25519PrivateKey, name: str) -> None:
    from clew.keeping.backup import read_manifest

    manifest = _manifest(thief, {"database.jsonl": b"", name: b""})
    _backup(tmp_path / "b", manifest, {}, thief)
    with pytest.raises(ClewError, match="not as it was signed"):
        read_manifest(tmp_path / "b")


@pytest.mark.parametrize("name", ["../../evil", "/tmp/evil", "x", "", "0123456789ABCDEF", "0123456789abcdef/../x"])
def test_a_backup_chooses_no_place_for_keys(tmp_path: Path, thief: Ed25519PrivateKey, name: str) -> None:
    """Its workspace names the key file and the register, which a restore may write."""
    from clew.keeping.backup import read_manifest

    _backup(tmp_path / "b", _manifest(thief, {}) | {"workspace": name}, {}, thief)
    with pytest.raises(ClewError, match="not as it was signed"):
        read_manifest(tmp_path / "b")


@pytest.mark.parametrize("inside", ["file", "folder"])
def test_a_link_in_a_backup_is_named(tmp_path: Path, thief: Ed25519PrivateKey, inside: str) -> None:
    from clew.keeping.backup import verify_backup

    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "x").write_bytes(b"secret")
    _backup(tmp_path / "b", _manifest(thief, {"workspace/vault/x": b"secret"}), {}, thief)
    (tmp_path / "b" / "workspace").mkdir()
    if inside == "folder":
        (tmp_path / "b" / "workspace" / "vault").symlink_to(tmp_path / "secret")
    else:
        (tmp_path / "b" / "workspace" / "vault").mkdir()
        (tmp_path / "b" / "workspace" / "vault" / "x").symlink_to(tmp_path / "secret" / "x")
    with pytest.raises(ClewError, match="vault"):
        verify_backup(tmp_path / "b")


@settings(max_examples=tried(12), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(CHANCE)
def test_databases_of_backups(tmp_path: Path, thief: Ed25519PrivateKey, chance: random.Random) -> None:
    import shutil

    from clew.access.roles import alone
    from clew.keeping.restore import restore

    accounts = {"table": "accounts", "columns": ["name", "roles", "state", "handed", "follows", "who", "at"]}
    row = ["evil", "administrator", "open", False, False, "x", "2026-01-01"]
    lines = [accounts, row, {"table": "entries", "columns": ["seq"]}, [0]]
    content = b"\n".join(json.dumps(changed(line, chance)).encode() for line in lines) + b"\n"
    content = spoilt(content, chance) if chance.random() < 0.3 else content
    files = {"database.jsonl": content}
    manifest = _manifest(thief, files)
    home = vault_keys.key_file("0123456789abcdef")
    home.parent.mkdir(parents=True, exist_ok=True)
    home.write_text("{}")
    try:
        _backup(tmp_path / "b", manifest, files, thief)
        with pytest.raises(ClewError):
            restore(tmp_path / "b", tmp_path / "new", alone("x", "command line"), without_register="a test")
    finally:
        home.unlink()
        shutil.rmtree(tmp_path / "b")
    assert not (tmp_path / "new").exists()


@FEW
@given(CHANCE)
def test_registers(tmp_path: Path, chance: random.Random) -> None:
    from clew.keeping.register import Line, read_register

    key = Ed25519PrivateKey.from_private_bytes(b"s" * 32)
    line = Line(0, "2026-01-01", "head", "", {"size": 1}, "0" * 64)
    good = {**vars(line), "signature": key.sign(line.statement()).hex()}
    path = tmp_path / "register"
    for content in (spoilt(canonical(good) + b"\n", chance), json.dumps(changed(good, chance)).encode() + b"\n"):
        path.write_bytes(content)
        survives(lambda: read_register(path, key.public_key().public_bytes_raw()))


# --- and none was forgotten ---


def test_every_reader_is_listed_with_its_test() -> None:
    folder = ROOT / "src" / "clew"
    found = set()
    for path in folder.rglob("*.py"):
        if PARSES.search(path.read_text()):
            name = ".".join(path.relative_to(folder).with_suffix("").parts).removesuffix(".__init__")
            found.add(name)
    assert found - set(READERS) == set(), "a module reads something: say here what spoils its input in a test"
    assert set(READERS) - found == set(), "these read nothing any more"
    for told in READERS.values():
        if "::" in told:
            file, test = told.split("::")
            names = {node.name for node in ast.walk(ast.parse((ROOT / file).read_text())) if hasattr(node, "name")}
            assert test in names, told


def test_every_format_is_spoilt_by_its_folder() -> None:
    """Both folders of formats are walked by the tests named above, so a new module there is tried as well."""
    from clew.evidence.intake.registry import all_kinds
    from clew.ingest.registry import all_formats

    for folder, count in (("evidence.intake", len(all_kinds())), ("ingest", len(all_formats()))):
        package = importlib.import_module(f"clew.{folder}.formats")
        assert count == len(
            [path for path in Path(package.__path__[0]).iterdir() if re.fullmatch(r"[a-z]\w*\.py", path.name)]
        )
