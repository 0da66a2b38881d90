"""The verifier: a whole package passes anywhere, and any change is named with the file that was changed."""

from __future__ import annotations

import ast
import hashlib
import json
import os
import random
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from tests.evidence.bags import MadeBag, files, manifest, remake_manifests
from tests.tried import tried
from tests.tsa import make_authority

from clew.evidence import verify

SOURCE = Path(verify.__file__)
Change = Callable[[random.Random, Path, dict[str, bytes]], set[str]]
LINES = ("data/custody.csv", "data/custody.jsonl", verify.ENTRIES, verify.HEADS, verify.STAMPS, *verify.TAGS)


@pytest.fixture(scope="module")
def bag(made: MadeBag, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of a package that tests damage and mend again."""
    return Path(shutil.copytree(made.path, tmp_path_factory.mktemp("damaged") / "bag"))


@pytest.fixture(scope="module")
def whole(bag: Path) -> dict[str, bytes]:
    return files(bag)


def faults(bag: Path, **given: object) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for fault in verify.verify(str(bag), **given).faults:  # type: ignore[arg-type]
        found.setdefault(fault.path, []).append(fault.what)
    return found


def mend(bag: Path, whole: dict[str, bytes]) -> None:
    """Make the package what it was."""
    for path in sorted(bag.rglob("*"), reverse=True):
        name = path.relative_to(bag).as_posix()
        if path.is_symlink() or not path.is_dir():
            if path.is_symlink() or name not in whole or path.stat().st_size != len(whole[name]):
                path.unlink()
        elif not any(path.iterdir()):
            path.rmdir()
    for name, data in whole.items():
        path = bag / name
        if not path.is_file() or path.read_bytes() != data:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)


# --- A whole package ------------------------------------------------------------------------------------------------


def test_a_package_is_whole(made: MadeBag) -> None:
    report = verify.verify(str(made.path))
    assert report.whole, report.faults
    said = " ".join(report.checked)
    assert "4 entries" not in said  # there are more: exhibits, a person, the case
    assert "timestamp of an outside authority is of" in said
    assert made.packaged.fingerprint in said


def test_it_runs_alone_without_clew(made: MadeBag, tmp_path: Path) -> None:
    alone = shutil.copy(made.path / "verify.py", tmp_path / "verify.py")
    block = (
        "import runpy, sys; sys.modules['clew'] = None; sys.argv = sys.argv[1:]; "
        "runpy.run_path(sys.argv[0], run_name='__main__')"
    )
    for start in ([], ["-c", block]):
        done = subprocess.run(
            [sys.executable, "-I", *start, str(alone), str(made.path)], cwd=tmp_path, capture_output=True, text=True,
            env={}, check=False,
        )  # fmt: skip
        assert (done.returncode, done.stderr) == (0, ""), done.stdout
        assert "The package is whole." in done.stdout
        assert "Cannot be shown:" in done.stdout


def test_a_changed_package_ends_with_1_and_a_line_a_fault(bag: Path, whole: dict[str, bytes]) -> None:
    (bag / "data/custody.csv").write_bytes(whole["data/custody.csv"][:-1])
    done = subprocess.run([sys.executable, "-I", str(SOURCE), str(bag)], capture_output=True, text=True, check=False)
    mend(bag, whole)
    assert done.returncode == 1
    assert done.stdout.startswith("data/custody.csv: changed: it has ")
    assert "NOT whole" in done.stdout


def test_what_is_no_package_is_not_whole(tmp_path: Path) -> None:
    assert not verify.verify(str(tmp_path / "nothing")).whole
    (tmp_path / "empty").mkdir()
    named = faults(tmp_path / "empty")
    assert set(verify.REQUIRED) <= set(named)


def test_it_needs_nothing_but_the_standard_library_and_cryptography() -> None:
    tree = ast.parse(SOURCE.read_text(), feature_version=(3, 9))
    modules = {
        (node.module if isinstance(node, ast.ImportFrom) else node.names[0].name).split(".")[0]  # type: ignore[union-attr]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
    }
    assert modules - set(sys.stdlib_module_names) == {"cryptography"}
    assert not {"socket", "urllib", "http", "subprocess", "ctypes", "pickle"} & modules


# --- Random changes -------------------------------------------------------------------------------------------------


def _flip(rng: random.Random, bag: Path, whole: dict[str, bytes]) -> set[str]:
    path = rng.choice([p for p in sorted(whole) if whole[p]])
    data = bytearray(whole[path])
    data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    (bag / path).write_bytes(data)
    return {path}


def _insert(rng: random.Random, bag: Path, whole: dict[str, bytes]) -> set[str]:
    path = rng.choice(sorted(whole))
    data, at = whole[path], rng.randrange(len(whole[path]) + 1)
    (bag / path).write_bytes(data[:at] + rng.choice([b"\n", b" ", b"0", b"\x00", rng.randbytes(5)]) + data[at:])
    return {path}


def _cut(rng: random.Random, bag: Path, whole: dict[str, bytes]) -> set[str]:
    path = rng.choice([p for p in sorted(whole) if whole[p]])
    data, at = whole[path], rng.randrange(len(whole[path]))
    (bag / path).write_bytes(data[:at] + data[at + rng.choice([1, 2, 30, len(data)]) :])
    return {path}


def _lines(rng: random.Random, bag: Path, whole: dict[str, bytes]) -> set[str]:
    path = rng.choice([p for p in LINES if len(set(whole[p].splitlines())) > 1])
    lines = whole[path].splitlines(keepends=True)
    one, other = rng.sample(range(len(lines)), 2)
    match rng.randrange(3):
        case 0:
            lines[one], lines[other] = lines[other], lines[one]
        case 1:
            lines.insert(one, lines[other])
        case _:
            del lines[one]
    if b"".join(lines) == whole[path]:
        return _flip(rng, bag, whole)
    (bag / path).write_bytes(b"".join(lines))
    return {path}


def _swap_files(rng: random.Random, bag: Path, whole: dict[str, bytes]) -> set[str]:
    one, other = rng.sample(sorted(whole), 2)
    if whole[one] == whole[other]:
        return _flip(rng, bag, whole)
    (bag / one).write_bytes(whole[other])
    (bag / other).write_bytes(whole[one])
    return {one, other}


def _remove(rng: random.Random, bag: Path, whole: dict[str, bytes]) -> set[str]:
    path = rng.choice(sorted(whole))
    (bag / path).unlink()
    return {path}


def _add(rng: random.Random, bag: Path, whole: dict[str, bytes]) -> set[str]:
    folder = rng.choice(sorted({p.rpartition("/")[0] for p in whole}))
    path = f"{folder}/{rng.choice(['more.txt', '.hidden', 'C9-E9.pdf', 'a b', 'x/y'])}".lstrip("/")
    (bag / path).parent.mkdir(exist_ok=True)
    (bag / path).write_bytes(rng.choice([b"", b"x", rng.choice(sorted(whole.values()))]))
    return {path}


def _rename(rng: random.Random, bag: Path, whole: dict[str, bytes]) -> set[str]:
    path = rng.choice(sorted(whole))
    (bag / path).rename(bag / f"{path}x")
    return {path, f"{path}x"}


def _link(rng: random.Random, bag: Path, whole: dict[str, bytes]) -> set[str]:
    path = rng.choice(sorted(whole))
    aside = bag.parent / "aside"
    aside.write_bytes(whole[path])
    (bag / path).unlink()
    (bag / path).symlink_to(aside)
    return {path}


def _digits(rng: random.Random, bag: Path, whole: dict[str, bytes]) -> set[str]:
    """Another time, number or digest in a text."""
    path = rng.choice([p for p in sorted(whole) if re.search(rb"\d", whole[p]) and b"\x00" not in whole[p]])
    spots = [m.start() for m in re.finditer(rb"\d", whole[path])]
    data, at = bytearray(whole[path]), rng.choice(spots)
    data[at] = ord("0") + (data[at] - ord("0") + rng.randrange(1, 10)) % 10
    (bag / path).write_bytes(data)
    return {path}


def _spacing(rng: random.Random, bag: Path, whole: dict[str, bytes]) -> set[str]:
    """Other separators, which mean the same to a lenient reader."""
    old, new = rng.choice([(b"  ", b" *"), (b"  ", b"\t"), (b"\n", b"\r\n"), (b": ", b":"), (b'","', b'", "')])
    found = [p for p in sorted(whole) if old in whole[p] and b"\x00" not in whole[p]]
    path = rng.choice(found)
    (bag / path).write_bytes(whole[path].replace(old, new, rng.choice([1, -1])))
    return {path}


def _hidden(rng: random.Random, bag: Path, whole: dict[str, bytes]) -> set[str]:
    """A change whose maker writes the manifests anew: the change is still named, as its digests were signed."""
    payload = {p: d for p, d in whole.items() if p.startswith("data/")}
    named = rng.choice([_flip, _insert, _remove, _add])(rng, bag, payload)
    remake_manifests(bag, signed=False)
    return {*named, *verify.MANIFESTS.values()}


def _forged(rng: random.Random, bag: Path, whole: dict[str, bytes]) -> set[str]:
    """The same, and the digests that were signed too; only the signature cannot be made."""
    payload = {p: d for p, d in whole.items() if p.startswith("data/")}
    rng.choice([_flip, _insert, _digits])(rng, bag, payload)
    remake_manifests(bag, signed=True)
    return {verify.SIGNED}


CHANGES: dict[str, tuple[Change, int]] = {
    "flip": (_flip, 60), "insert": (_insert, 30), "cut": (_cut, 30), "lines": (_lines, 30),
    "swap files": (_swap_files, 15), "remove": (_remove, 10), "add": (_add, 10), "rename": (_rename, 10),
    "link": (_link, 10), "digits": (_digits, 30), "spacing": (_spacing, 10), "hidden": (_hidden, 15),
    "forged": (_forged, 10),
}  # fmt: skip


@pytest.mark.hypothesis  # `make fuzz` tries many more
@pytest.mark.parametrize("kind", CHANGES)
def test_random_changes_are_named_with_their_file(kind: str, bag: Path, whole: dict[str, bytes]) -> None:
    change, times = CHANGES[kind]
    for seed in range(tried(times)):
        rng = random.Random(f"{kind} {seed}")
        want = change(rng, bag, whole)
        named = set(faults(bag))
        mend(bag, whole)
        for path in want:
            about = {path, path.partition("/x/y")[0], f"{path.removesuffix('/y')}"}
            assert named & about, f"{kind} {seed}: {path} is not among {sorted(named)}"
        if kind not in ("hidden", "forged", "add"):
            assert named <= want, f"{kind} {seed}: {want}, but also named: {sorted(named - want)}"
    assert verify.verify(str(bag)).whole


# --- Adversaries ----------------------------------------------------------------------------------------------------


def _sign(bag: Path, key: Ed25519PrivateKey) -> None:
    """Sign what is there, with some key."""
    remake_manifests(bag, signed=True)
    value = json.loads((bag / verify.SIGNED).read_bytes())
    public = key.public_key().public_bytes_raw().hex()
    value |= {"key": public, "fingerprint": verify.fingerprint(public)}
    del value["signature"]
    value["signature"] = key.sign(b"clew package 1\n" + verify.canonical(value)).hex()
    (bag / verify.SIGNED).write_bytes(verify.canonical(value) + b"\n")
    tags = {name: (bag / name).read_bytes() for name in (*verify.SEALED_TAGS, verify.SIGNED)}
    for family, name in verify.TAG_MANIFESTS.items():
        (bag / name).write_text(manifest(tags, family))


def _sign_heads(bag: Path, key: Ed25519PrivateKey) -> None:
    heads = []
    for line in (bag / verify.HEADS).read_bytes().splitlines():
        head = verify.Head(**{**json.loads(line), "key": key.public_key().public_bytes_raw().hex()})
        head = head._replace(signature=key.sign(head.statement()).hex())
        heads.append(verify.canonical(head._asdict()) + b"\n")
    (bag / verify.HEADS).write_bytes(b"".join(heads))


@pytest.fixture
def theirs() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


@pytest.fixture
def ours(made: MadeBag) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(made.casework.keys.signing)


@pytest.fixture
def damaged(bag: Path, whole: dict[str, bytes]) -> Iterator[Path]:
    yield bag
    mend(bag, whole)


def test_signing_with_another_key_does_not_fit_the_heads(damaged: Path, theirs: Ed25519PrivateKey) -> None:
    (damaged / "data/originals/C1-E3.txt").write_text("Seen elsewhere.\n")
    _sign(damaged, theirs)
    assert "it was signed by another key than the package" in faults(damaged)[verify.HEADS][0]


def test_signing_everything_anew_shows_with_the_key(made: MadeBag, damaged: Path, theirs: Ed25519PrivateKey) -> None:
    """Whoever makes all of it anew has another key; the file does not show that, the fingerprint does."""
    (damaged / "data/report.pdf").write_bytes(b"another report")
    _sign_heads(damaged, theirs)
    _sign(damaged, theirs)
    assert faults(damaged) == {}
    assert list(faults(damaged, key=made.packaged.fingerprint)) == [verify.SIGNED]
    assert verify.main([str(damaged), "--key", made.packaged.fingerprint.replace(" ", "").lower()]) == 1
    assert verify.main([str(made.path), "--key", made.packaged.fingerprint]) == 0
    assert verify.main([str(made.path), "--key", made.casework.keys.public.hex()]) == 0


def test_an_original_that_is_not_what_the_ledger_took_in(damaged: Path, ours: Ed25519PrivateKey) -> None:
    """Not even the holder of the key can exchange an original: the ledger has its digest."""
    other = b"Seen elsewhere.\n"
    (damaged / "data/originals/C1-E3.txt").write_bytes(other)
    about = json.loads((damaged / verify.ABOUT).read_bytes())
    (file,) = about["exhibits"][2]["files"]
    file |= {"sha256": hashlib.sha256(other).hexdigest(), "size": len(other)}
    (damaged / verify.ABOUT).write_bytes(verify.canonical(about) + b"\n")
    _sign(damaged, ours)
    (named,) = faults(damaged).items()
    assert named[0] == verify.ABOUT
    assert "C1-E3 is not what entry" in named[1][0]


def test_an_exhibit_that_was_left_out(damaged: Path, ours: Ed25519PrivateKey) -> None:
    """Nor can they leave one out without leaving out its entry; that no entry is left out cannot be shown."""
    (damaged / "data/originals/C1-E3.txt").unlink()
    about = json.loads((damaged / verify.ABOUT).read_bytes())
    del about["exhibits"][2]
    (damaged / verify.ABOUT).write_bytes(verify.canonical(about) + b"\n")
    _sign(damaged, ours)
    (named,) = faults(damaged).items()
    assert named[0] == verify.ABOUT
    assert re.fullmatch(r"missing: exhibit C1-E3, which entry \d+ of the ledger took in", named[1][0])


def test_an_entry_that_was_changed_by_the_holder_of_the_key(damaged: Path, ours: Ed25519PrivateKey) -> None:
    lines = (damaged / verify.ENTRIES).read_bytes().splitlines(keepends=True)
    at = next(nth for nth, line in enumerate(lines) if b"exhibit C1-E1" in line)
    value = json.loads(lines[at])
    value["leaf"] = value["leaf"].replace('"who":"ann"', '"who":"bob"')
    lines[at] = verify.canonical(value) + b"\n"
    (damaged / verify.ENTRIES).write_bytes(b"".join(lines))
    _sign(damaged, ours)
    (named,) = faults(damaged).items()
    assert named[0] == verify.ENTRIES
    assert re.match(
        rf"line {at + 1}: entry \d+ \(intake, exhibit C1-E1, 20.*\): changed: it, or its proof", named[1][0]
    )


def test_a_ledger_that_was_rewritten_does_not_fit_its_timestamps(damaged: Path, ours: Ed25519PrivateKey) -> None:
    """The holder of the key signs another tree; the authority saw the old one."""
    lines = [json.loads(line) for line in (damaged / verify.HEADS).read_bytes().splitlines()]
    lines[-1]["at"] = "2020-01-01T00:00:00+00:00"
    (damaged / verify.HEADS).write_bytes(b"".join(verify.canonical(line) + b"\n" for line in lines))
    _sign_heads(damaged, ours)
    _sign(damaged, ours)
    named = faults(damaged)
    assert len(named) == 1
    assert re.fullmatch(r"data/timestamps/head-\d+-2\.tst", next(iter(named)))
    assert "of something else than the signed tree head" in str(named)


def test_lines_of_the_ledger_that_are_left_out_are_told(damaged: Path, whole: dict[str, bytes]) -> None:
    lines = whole[verify.ENTRIES].splitlines(keepends=True)
    (damaged / verify.ENTRIES).write_bytes(b"".join(lines[:1] + lines[2:]))
    said = " ".join(faults(damaged)[verify.ENTRIES])
    assert re.search(r"missing or changed: entry \d+ \(\w+, .*, 20.*\), which is line 2 of the custody", said)


def test_the_place_of_a_change_is_told(damaged: Path, whole: dict[str, bytes]) -> None:
    lines = whole["data/custody.csv"].splitlines(keepends=True)
    (damaged / "data/custody.csv").write_bytes(b"".join([lines[0], lines[2], lines[1], *lines[3:]]))
    assert "reordered: the same lines in another order, from line 2 on" in faults(damaged)["data/custody.csv"][-1]
    name = verify.MANIFESTS["sha256"]
    other = b"1" if whole[name].startswith(b"0") else b"0"
    (damaged / name).write_bytes(other + whole[name][1:])
    assert faults(damaged)[name][0].startswith("line 1 was changed")


def test_another_authority_is_not_trusted(made: MadeBag, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = make_authority(tmp_path / "other", "Another")
    trusted = verify.certificates(other.roots.read_bytes())
    named = faults(made.path, trusted=trusted)
    assert all(re.fullmatch(r"data/timestamps/head-\d+-\d\.tst", path) for path in named)
    assert len(named) == 2
    assert "no chain of certificates leads" in str(named)
    assert verify.main([str(made.path), "--tsa-roots", str(made.tsa_roots)]) == 0
    assert verify.main([str(made.path), "--tsa-roots", str(tmp_path / "none.pem")]) == 1


# --- Hostile packages -----------------------------------------------------------------------------------------------


def test_nothing_outside_of_the_package_is_read(damaged: Path, theirs: Ed25519PrivateKey, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("secret")
    (damaged / "data/originals/C1-E3.txt").unlink()
    (damaged / "data/originals/C1-E3.txt").symlink_to(secret)
    (damaged / "data/more").symlink_to(tmp_path, target_is_directory=True)
    name = verify.MANIFESTS["sha256"]
    digest = hashlib.sha256(b"secret").hexdigest()
    (damaged / name).write_text(f"{digest}  ../../secret\n{digest}  data/../../secret\n{digest}  {secret}\n")
    (damaged / verify.SIGNED).unlink()
    named = faults(damaged)
    assert "added: a link to somewhere else; it was not followed" in named["data/originals/C1-E3.txt"]
    assert "added: a link to somewhere else; it was not followed" in named["data/more"]
    assert [what[:7] for what in named[name][:3]] == ["line 1:", "line 2:", "line 3:"]
    assert not any("secret" in path for path in named)


def test_pipes_and_giant_files_do_not_keep_it_busy(damaged: Path) -> None:
    os.mkfifo(damaged / "data/pipe")
    with (damaged / "data/giant").open("wb") as stream:
        stream.truncate(1 << 42)
    (damaged / "data/custody.csv").unlink()
    with (damaged / "data/custody.csv").open("wb") as stream:
        stream.truncate(1 << 42)
    named = faults(damaged)
    assert named["data/pipe"] == ["added: neither a file nor a folder; it was not opened"]
    assert "data/giant" in named
    assert "it has 4,398,046,511,104 bytes" in named["data/custody.csv"][0]


@pytest.mark.parametrize(
    "path", [verify.SIGNED, verify.ENTRIES, verify.HEADS, verify.CONSISTENCY, verify.STAMPS, verify.ABOUT]
)
def test_any_json_is_read_without_failing(
    path: str, damaged: Path, whole: dict[str, bytes], theirs: Ed25519PrivateKey
) -> None:
    """Whoever signs with a key of their own can write anything: it is a fault, never a crash."""
    odd = [None, True, -1, 1 << 70, 1.5, "", "x", "\ud800", "../..", [], ["x"], {}, {"x": {}}, "0" * 64]
    for seed in range(40):
        rng = random.Random(f"{path} {seed}")
        lines = whole[path].splitlines()
        at = rng.randrange(len(lines))
        value = json.loads(lines[at])
        spot, key = _spot(rng, value)
        spot[key] = rng.choice(odd)
        lines[at] = json.dumps(
            value, sort_keys=True, separators=(",", ":"), ensure_ascii=rng.random() < 0.3 or spot[key] == "\ud800"
        ).encode()
        (damaged / path).write_bytes(b"\n".join(lines) + b"\n")
        if path != verify.SIGNED:
            _sign(damaged, theirs)
        else:
            _sign_only(damaged, theirs)
        assert not verify.verify(str(damaged)).whole
    for deep in (b"[" * 200_000, b'{"a":' * 100_000, b"1" * 5_000_000, b"NaN", b"\xff\xfe", b""):
        (damaged / path).write_bytes(deep + b"\n")
        assert path in faults(damaged)


def _spot(rng: random.Random, value: object) -> tuple[dict[object, object], object]:
    """Some place in a value."""
    places: list[tuple[dict[object, object], object]] = []

    def look(part: object) -> None:
        items = part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ()
        for key, inner in items:
            places.append((part, key))  # type: ignore[arg-type]
            look(inner)

    look(value)
    return rng.choice(places)


def _sign_only(bag: Path, key: Ed25519PrivateKey) -> None:
    """Sign whatever signed.json says."""
    value = json.loads((bag / verify.SIGNED).read_bytes())
    try:
        value.pop("signature", None)
        content = verify.canonical(value)
    except ValueError:
        return
    if (
        value.get("key") == json.loads(content).get("key")
        and isinstance(value.get("key"), str)
        and len(value["key"]) == 64
    ):
        value["key"] = key.public_key().public_bytes_raw().hex()
        content = verify.canonical(value)
    value["signature"] = key.sign(b"clew package 1\n" + content).hex()
    (bag / verify.SIGNED).write_bytes(verify.canonical(value) + b"\n")


def test_tokens_are_read_strictly(made: MadeBag) -> None:
    """Every byte of a token that is flipped is noticed, but for two that say nothing (parameters of an algorithm)."""
    found = files(made.path)
    stamp = json.loads(found[verify.STAMPS].splitlines()[0])
    token, root = (found[f"data/timestamps/{stamp[name]}"] for name in ("token", "root"))
    head = next(
        verify.Head(**json.loads(line))
        for line in found[verify.HEADS].splitlines()
        if json.loads(line)["size"] == stamp["size"]
    )
    roots = verify.certificates(root)
    assert verify.token_time(token, head.statement(), roots).isoformat() == stamp["at"]
    passed = 0
    for at in range(len(token)):
        spoilt = bytearray(token)
        spoilt[at] ^= 1
        try:
            passed += verify.token_time(bytes(spoilt), head.statement(), roots) is not None
        except verify.BadError:
            pass
    assert passed <= 3
    for wrong in (
        b"",
        b"\x30",
        b"\x30\x80\x00\x00",
        token + b"\x00",
        token[:-1],
        b"\x30\x84\xff\xff\xff\xff" + token,
        bytes(100),
    ):
        with pytest.raises(verify.BadError):
            verify.token_time(wrong, head.statement(), roots)
    with pytest.raises(verify.BadError, match="of something else"):
        verify.token_time(token, head.statement() + b" ", roots)


def test_what_is_printed_does_not_steer_a_terminal() -> None:
    assert str(verify.Fault("a\x1b[2Jb", "c\u202ed\nline")) == "a\\x1b[2Jb: c\\x202ed\\x0aline"
