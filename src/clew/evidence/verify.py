"""Checks a package of evidence made by Clew:  python verify.py BAG

It needs Python 3.9 or newer and the package "cryptography" (40 or newer), and nothing of Clew. It only reads, only
inside of BAG, and uses no network. Exit code 0: the package is whole. 1: it is not; each fault is one line, which names
the file. This copy came with the package, so whoever changed the package may have changed it too: use one from
elsewhere, or compare its SHA-256 (printed at the end) with that of a copy you trust.

  --key KEY          the key that must have signed: its fingerprint, its 64 hexadecimal digits, or a file with either
  --tsa-roots FILE   root certificates (PEM) of the time-stamping authorities that you trust

It is one file on purpose: everything that it relies on, but for Python and cryptography, can be read here.
"""

from __future__ import annotations

import argparse
import base64
import csv
import hashlib
import io
import json
import os
import re
import stat
import sys
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, NamedTuple

try:
    from cryptography import x509
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
    from cryptography.x509.oid import ExtendedKeyUsageOID
except ImportError:
    sys.exit("verify.py needs the Python package cryptography. Install it with: python -m pip install cryptography")

SIGNED = "signed.json"
MANIFESTS = {"sha256": "manifest-sha256.txt", "blake2b": "manifest-blake2b.txt"}
TAG_MANIFESTS = {"sha256": "tagmanifest-sha256.txt", "blake2b": "tagmanifest-blake2b.txt"}
BAGIT, INFO = "bagit.txt", "bag-info.txt"
SEALED_TAGS = (BAGIT, INFO, *MANIFESTS.values(), "README.txt", "verify.py")
TAGS = (*SEALED_TAGS, SIGNED, *TAG_MANIFESTS.values())
ENTRIES, HEADS, CONSISTENCY = "data/ledger/entries.jsonl", "data/ledger/heads.jsonl", "data/ledger/consistency.jsonl"
CUSTODY_CSV, CUSTODY_JSON = "data/custody.csv", "data/custody.jsonl"
STAMPS, ABOUT, RUNS = "data/timestamps/index.jsonl", "data/package.json", "data/runs"
TABLES = (
    "records", "changes", "mentions", "templates", "template_members", "image_members", "conversations",
    "conversation_members", "stages", "control", "links", "networks", "network_members", "network_events", "labels",
    "stays", "moves", "clashes", "patterns", "forecasts", "payments", "flows", "money_signs", "payment_matches",
    "roles", "assets", "findings", "leads", "record_scores",
)  # fmt: skip
# What every package has: that a file is not listed is no reason not to miss it.
REQUIRED = (
    *TAGS, ENTRIES, HEADS, CONSISTENCY, CUSTODY_CSV, CUSTODY_JSON, STAMPS, ABOUT, "data/case.jsonld",
    "data/report.pdf", *(f"data/tables/{name}.parquet" for name in TABLES),
)  # fmt: skip
BAGIT_TEXT = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"

# Bounds, so that a hostile package can neither fill the memory nor keep the machine busy.
MOST_FILES, MOST_DEPTH, MOST_TEXT, MOST_LINE, MOST_TOKEN = 1_000_000, 8, 1 << 28, 1 << 24, 1 << 20
MOST_FAULTS = 10_000
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,150}")
_HEX64, _HEX128 = re.compile("[0-9a-f]{64}"), re.compile("[0-9a-f]{128}")
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff]")


class BadError(Exception):
    """Something cannot be what it should be; the message says why."""


class Digest(NamedTuple):
    """What names the bytes of a file; -1 and empty where it is not known."""

    size: int
    sha256: str
    blake2b: str


class Fault(NamedTuple):
    """A file of the package and what is wrong with it."""

    path: str
    what: str

    def __str__(self) -> str:
        return f"{safe(self.path)}: {safe(self.what)}"


class Report:
    """What was found.

    Attributes:
        faults: in the order in which they were found.
        checked: what was checked, a sentence each.
        remarks: what whoever reads this should know, a sentence each.
    """

    def __init__(self) -> None:
        self.faults: list[Fault] = []
        self.checked: list[str] = []
        self.remarks: list[str] = []
        self._faulty: set[str] = set()

    @property
    def whole(self) -> bool:
        """Is nothing wrong?"""
        return not self.faults

    def fault(self, path: str, what: str) -> None:
        """Add a fault; after very many it is enough."""
        self._faulty.add(path)
        if len(self.faults) < MOST_FAULTS and Fault(path, what) not in self.faults[-50:]:
            self.faults.append(Fault(path, what))

    def sound(self, *paths: str) -> bool:
        """Is nothing wrong with these files so far? (Others are only judged by what is sound itself.)"""
        return self._faulty.isdisjoint(paths)


def safe(text: str) -> str:
    """Text of a package for a terminal: it must not steer it."""
    return _UNSAFE.sub(lambda found: f"\\x{ord(found.group()):02x}", text)[:1000]


# --- Files: never outside of the bag, never through a link ----------------------------------------------------------


class Bag:
    """The files of a package as they are on disk.

    Attributes:
        files: path below the bag, with "/", and the size.
    """

    def __init__(self, root: str, report: Report) -> None:
        self.root, self.report = Path(root).resolve(), report
        self.files: dict[str, int] = {}
        self._digests: dict[str, Digest] = {}
        self._walk()

    def _walk(self) -> None:
        todo = [("", 0)]
        while todo:
            folder, depth = todo.pop()
            inside = sorted(os.scandir(self.root / folder), key=lambda entry: entry.name)
            if folder and not inside:
                self.report.fault(folder, "added: an empty folder that no package has")
            for entry in inside:
                path = f"{folder}/{entry.name}" if folder else entry.name
                if len(self.files) >= MOST_FILES:
                    self.report.fault(path, f"there are more than {MOST_FILES:,} files; the rest was not looked at")
                    return
                if entry.is_symlink():
                    self.report.fault(path, "added: a link to somewhere else; it was not followed")
                elif entry.is_dir(follow_symlinks=False):
                    if depth >= MOST_DEPTH or not NAME.fullmatch(entry.name):
                        self.report.fault(path, "added: a folder that no package has; it was not looked into")
                    else:
                        todo.append((path, depth + 1))
                elif not entry.is_file(follow_symlinks=False):
                    self.report.fault(path, "added: neither a file nor a folder; it was not opened")
                elif not NAME.fullmatch(entry.name):
                    self.report.fault(path, "added: a file with a name that no package has")
                else:
                    self.files[path] = entry.stat(follow_symlinks=False).st_size

    def open(self, path: str) -> io.BufferedReader:
        """A file of the bag, to read."""
        if path not in self.files:
            raise BadError("is missing")
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
        try:
            stream = os.fdopen(os.open(self.root / path, flags), "rb")
        except OSError as error:
            raise BadError(f"cannot be read ({error.strerror})") from error
        if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
            stream.close()
            raise BadError("is no file")
        return stream

    def text(self, path: str, most: int = MOST_TEXT) -> bytes:
        """The content of a small file."""
        with self.open(path) as stream:
            content = stream.read(most + 1)
        if len(content) > most:
            raise BadError(f"is longer than the {most:,} bytes that it may have")
        return content

    def lines(self, path: str) -> Iterator[tuple[int, bytes]]:
        """Lines with their number from 1, without the newline that each must end with."""
        with self.open(path) as stream:
            number = 0
            while line := stream.readline(MOST_LINE + 1):
                number += 1
                if not line.endswith(b"\n"):
                    raise BadError(f"line {number}: is cut, or too long")
                yield number, line[:-1]

    def digest(self, path: str) -> Digest:
        """Both digests of a file, read a piece at a time."""
        if path not in self._digests:
            first, second, size = hashlib.sha256(), hashlib.blake2b(), 0
            with self.open(path) as stream:
                while piece := stream.read(1 << 20):
                    first.update(piece)
                    second.update(piece)
                    size += len(piece)
            self._digests[path] = Digest(size, first.hexdigest(), second.hexdigest())
        return self._digests[path]


def canonical(value: Any) -> bytes:
    """The one way in which a value is written."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def parse(data: bytes, *keys: str) -> dict[str, Any]:
    """An object in canonical form that has these keys and no others (any, where none are named)."""
    try:
        value = loads(data)
        exact = canonical(value) == data
    except (ValueError, RecursionError):
        raise BadError("is not readable as JSON") from None
    if not isinstance(value, dict) or (keys and set(value) != set(keys)):
        raise BadError("has not the fields that it must have")
    if not exact:
        raise BadError("was rewritten: spaces, order or spelling are not as Clew writes them")
    return value


def loads(data: bytes | str) -> Any:
    """JSON without what Clew never writes: NaN, and numbers so long that reading them takes minutes."""
    return json.loads(data, parse_constant=_refuse, parse_int=_number)


def _refuse(name: str) -> None:
    raise ValueError(name)


def _number(digits: str) -> int:
    if len(digits) > 30:
        raise ValueError("a number is too long")
    return int(digits)


# --- What was signed ------------------------------------------------------------------------------------------------


_UNKNOWN = Digest(-1, "", "")


class Seal(NamedTuple):
    """What the package should be: from signed.json, or where that is of no use, from the manifests."""

    signed: bool
    itself: Digest
    key: str
    payload: dict[str, Digest]
    tags: dict[str, Digest]
    about: dict[str, Any]


def read_seal(bag: Bag) -> Seal:
    """What was signed; a seal without content where the signature does not hold."""
    nothing = Seal(False, _UNKNOWN, "", {}, {}, {})
    try:
        data = bag.text(SIGNED)
        value = loads(data)
        exact = canonical(value) + b"\n"
        itself = Digest(len(exact), hashlib.sha256(exact).hexdigest(), hashlib.blake2b(exact).hexdigest())
        signature, key = bytes.fromhex(value.pop("signature")), bytes.fromhex(value["key"])
        ed25519.Ed25519PublicKey.from_public_bytes(key).verify(signature, b"clew package 1\n" + canonical(value))
        payload, tags = _listed(value["payload"]), _listed(value["tags"])
    except BadError as error:
        bag.report.fault(SIGNED, f"{error}: who made the package and what was in it cannot be shown")
        return nothing
    except InvalidSignature:
        bag.report.fault(SIGNED, "changed: the signature does not fit what was signed; it, or its content, is another")
        return nothing
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        bag.report.fault(SIGNED, "changed: it is not readable as what was signed")
        return nothing
    if exact != data or value["fingerprint"] != fingerprint(value["key"]):
        bag.report.fault(SIGNED, "changed: its spaces, order or spelling are not as Clew writes them")
    if set(tags) != set(SEALED_TAGS) or not all(map(proper, payload)):
        bag.report.fault(SIGNED, "does not cover the files that every package has, or names others")
    return Seal(True, itself, value["key"], payload, tags, value)


def _listed(files: dict[str, Any]) -> dict[str, Digest]:
    found = {path: Digest(*of) for path, of in files.items()}
    if not all(
        type(d.size) is int and isinstance(d.sha256, str) and isinstance(d.blake2b, str) for d in found.values()
    ):
        raise ValueError("no digests")
    return found


def proper(path: str) -> bool:
    """Is it the path of a payload file?"""
    first, *rest = path.split("/")
    return first == "data" and 0 < len(rest) <= MOST_DEPTH and all(NAME.fullmatch(part) for part in rest)


def fingerprint(key: str) -> str:
    """A key for people to compare."""
    text = base64.b32encode(bytes.fromhex(key)[:20]).decode()
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))


def read_manifest(bag: Bag, name: str, digits: re.Pattern[str]) -> dict[str, str]:
    """Path to digest; lines that cannot be read are faults."""
    found: dict[str, str] = {}
    try:
        for number, line in bag.lines(name):
            digest, gap, path = line.decode("utf-8", "replace").partition("  ")
            if not (gap and digits.fullmatch(digest) and (path in TAGS or proper(path))):
                bag.report.fault(name, f"line {number}: changed: it is no digest and path as Clew writes them")
            elif path in found:
                bag.report.fault(name, f"line {number}: added: {path} is listed twice")
            else:
                found[path] = digest
    except BadError as error:
        bag.report.fault(name, str(error))
    return found


def manifest_seal(bag: Bag) -> Seal:
    """What the manifests say, for a package of which the signature is of no use."""
    parts: dict[str, dict[str, Digest]] = {}
    for which, names in (("payload", MANIFESTS), ("tags", TAG_MANIFESTS)):
        first = read_manifest(bag, names["sha256"], _HEX64)
        second = read_manifest(bag, names["blake2b"], _HEX128)
        for there, listed, other in ((first, names["blake2b"], second), (second, names["sha256"], first)):
            for path in there.keys() - other.keys():
                bag.report.fault(listed, f"missing: the line of {path}")
        parts[which] = {p: Digest(-1, first.get(p, ""), second.get(p, "")) for p in first.keys() | second.keys()}
    return Seal(False, _UNKNOWN, "", parts["payload"], parts["tags"], {})


# --- Files against what was signed ----------------------------------------------------------------------------------


def check_files(bag: Bag, seal: Seal) -> None:
    """Every file of the payload, and whatever else is there."""
    wanted = {
        **seal.payload,
        **{path: digest for path, digest in seal.tags.items() if path not in TAG_MANIFESTS.values()},
    }
    owners: dict[str, str] = {}
    for path, digest in sorted(wanted.items()):
        owners.setdefault(digest.sha256, path)
    missing = [path for path in sorted(wanted) if path not in bag.files]
    for path in sorted(set(bag.files) - set(wanted) - {SIGNED, *TAG_MANIFESTS.values()}):
        sizes = {wanted[name].size for name in missing}
        owner = owners.get(bag.digest(path).sha256) if sizes & {-1, bag.files[path]} else None
        extra = f"; it has the content of {owner}, which is missing: renamed?" if owner in missing else ""
        bag.report.fault(path, f"added: nothing that was {'signed' if seal.signed else 'listed'} names it{extra}")
    for path in missing:
        bag.report.fault(path, "missing: it was in the package when that was made")
    for path in sorted(set(wanted) - set(missing)):
        if path in (*MANIFESTS.values(), SIGNED) and seal.signed:
            continue  # looked at line by line
        _check_file(bag, path, wanted[path], owners)
    for path in REQUIRED:
        if path not in bag.files and path not in missing:
            bag.report.fault(path, "missing: every package has it")


def _check_file(bag: Bag, path: str, want: Digest, owners: dict[str, str]) -> None:
    if 0 <= want.size != bag.files[path]:
        bag.report.fault(path, f"changed: it has {bag.files[path]:,} bytes, not {want.size:,}")
        return
    try:
        have = bag.digest(path)
    except BadError as error:
        bag.report.fault(path, str(error))
        return
    first, second = want.sha256 in ("", have.sha256), want.blake2b in ("", have.blake2b)
    if first and second:
        return
    if first or second:  # one digest fits, so it is the list that was changed
        names = TAG_MANIFESTS if path in TAGS else MANIFESTS
        bag.report.fault(names["blake2b" if first else "sha256"], f"changed: it has another digest of {path}")
    elif have.sha256 in owners:
        bag.report.fault(path, f"changed: it holds what belongs into {owners[have.sha256]}")
    else:
        bag.report.fault(path, f"changed: its SHA-256 is {have.sha256}, not {want.sha256}; nor does BLAKE2b fit")


def check_tags(bag: Bag, seal: Seal) -> None:
    """The manifests line by line, and the form of each tag file byte by byte."""
    if seal.signed:
        payload, tags = seal.payload, {**seal.tags, SIGNED: seal.itself}
        for names, wanted in ((MANIFESTS, payload), (TAG_MANIFESTS, tags)):
            for family, name in names.items():
                lines = "".join(f"{getattr(wanted[path], family)}  {path}\n" for path in sorted(wanted))
                check_lines(bag, name, lines.encode().splitlines(keepends=True))
        for name in MANIFESTS.values():
            if name in bag.files and bag.report.sound(name) and bag.digest(name) != seal.tags.get(name):
                bag.report.fault(name, "changed: it is not what was signed")
    else:
        for name in (*MANIFESTS.values(), *TAG_MANIFESTS.values()):
            if name in bag.files and bag.report.sound(name):
                check_lines(bag, name, sorted(bag.text(name).splitlines(keepends=True), key=_path_of))
    for name, check in ((BAGIT, _check_declaration), (INFO, _check_info)):
        if name in bag.files and bag.report.sound(name):
            try:
                check(bag, seal)
            except BadError as error:
                bag.report.fault(name, str(error))


def _path_of(line: bytes) -> bytes:
    return line.partition(b"  ")[2]


def _check_declaration(bag: Bag, _: Seal) -> None:
    if bag.text(BAGIT, 1_000) != BAGIT_TEXT:
        bag.report.fault(BAGIT, "changed: it is not the declaration that every package has")


def _check_info(bag: Bag, seal: Seal) -> None:
    lines = bag.text(INFO, 10_000).decode("utf-8", "replace").splitlines(keepends=True)
    values = dict(line.rstrip("\n").partition(": ")[::2] for line in lines)
    if "".join(f"{label}: {value}\n" for label, value in values.items()) != "".join(lines):
        bag.report.fault(INFO, "changed: it is not written as Clew writes it")
    if bag.report.sound(*seal.payload):
        have = f"{sum(bag.files[path] for path in seal.payload if path in bag.files)}.{len(seal.payload)}"
        if values.get("Payload-Oxum") != have:
            bag.report.fault(INFO, f"changed: it says {values.get('Payload-Oxum')} bytes and files, there are {have}")


def check_lines(bag: Bag, path: str, wanted: Iterable[bytes]) -> None:
    """A text file that must be exactly these lines: says which were changed, left out, added or moved."""
    if path not in bag.files:
        return
    wanted = list(wanted)
    want = [line.rstrip(b"\r\n") for line in wanted]
    try:
        content = bag.text(path)
    except BadError as error:
        bag.report.fault(path, str(error))
        return
    there = content.splitlines(keepends=True)
    have = [line.rstrip(b"\r\n") for line in there]
    if have == want and content == b"".join(wanted):
        return
    if have == want:
        bag.report.fault(path, "changed: the ends of its lines are not as Clew writes them")
    elif sorted(have) == sorted(want):
        number = next(at for at, line in enumerate(have, 1) if line != want[at - 1])
        bag.report.fault(path, f"reordered: the same lines in another order, from line {number} on")
    else:
        lost, new = _without(want, have), _without(have, want)
        said = [f"line {at} was changed, or stands in the place of another" for at, _ in new[:20]]
        if len(lost) != len(new):
            said = [f"line {at} was added" for at, _ in new[:20]] if not lost else said
            said += [f"a line was left out: {_short(line)}" for _, line in lost[len(new) :][:20]]
        for what in said or ["changed"]:
            bag.report.fault(path, what)


def _without(lines: list[bytes], others: list[bytes]) -> list[tuple[int, bytes]]:
    known = set(others)
    left = [(at, line) for at, line in enumerate(lines, 1) if line not in known]
    return left or ([(len(lines), lines[-1])] if len(lines) > len(others) else [])


def _short(line: bytes) -> str:
    text = line.decode("utf-8", "replace")
    return text if len(text) <= 100 else text[:99] + "…"


# --- The ledger: signed tree heads, proofs that they belong to one log, entries with their proofs -------------------


class Head(NamedTuple):
    """What the ledger was at a moment, signed."""

    size: int
    root: str
    at: str
    key: str
    signature: str

    def statement(self) -> bytes:
        """What was signed, and timestamped."""
        return f"clew tree head 1\n{self.size}\n{self.root}\n{self.at}\n".encode()


def check_heads(bag: Bag, seal: Seal) -> list[Head]:
    """Signatures and order of the tree heads; gives those that can be read."""
    heads: list[Head] = []
    report = bag.report
    try:
        for number, line in bag.lines(HEADS):
            where = f"line {number}: "
            try:
                head = Head(**parse(line, *Head._fields))
                whole = type(head.size) is int and 0 <= head.size < 1 << 62 and isinstance(head.at, str)
                if not whole or not _HEX64.fullmatch(head.root):
                    raise BadError("changed: it is no tree head")
                ed25519.Ed25519PublicKey.from_public_bytes(bytes.fromhex(head.key)).verify(
                    bytes.fromhex(head.signature), head.statement()
                )
            except (InvalidSignature, ValueError, TypeError):
                report.fault(HEADS, where + "changed: the signature of the tree head does not hold")
                continue
            except BadError as error:
                report.fault(HEADS, where + str(error))
                continue
            if heads and head.size <= heads[-1].size:
                report.fault(HEADS, f"{where}reordered: the head of {head.size} entries stands after a later one")
            if seal.signed and head.key != seal.key:
                report.fault(HEADS, where + "it was signed by another key than the package")
            heads.append(head)
    except BadError as error:
        report.fault(HEADS, str(error))
    if not heads:
        report.fault(HEADS, "has no tree head that can be used")
    return heads


def check_consistency(bag: Bag, heads: list[Head]) -> None:
    """Each tree begins with the one before it: nothing in the ledger was rewritten between them."""
    if not bag.report.sound(HEADS):
        bag.report.remarks.append("The proofs between tree heads were not used, as the tree heads are not whole.")
        return
    number = 0
    try:
        for number, line in bag.lines(CONSISTENCY):
            proof = parse(line, "old", "new", "path")
            pair = heads[number - 1 : number + 1]
            if [proof["old"], proof["new"]] != [head.size for head in pair]:
                bag.report.fault(CONSISTENCY, f"line {number}: changed, added or reordered: no such heads follow there")
            elif not extends(pair[0], pair[1], nodes(proof["path"])):
                bag.report.fault(CONSISTENCY, f"line {number}: changed: it does not prove what it should")
    except BadError as error:
        bag.report.fault(CONSISTENCY, f"line {number or 1}: {error}")
    if number < len(heads) - 1 and bag.report.sound(CONSISTENCY):
        bag.report.fault(CONSISTENCY, f"missing: proofs after line {number}")


def nodes(path: Any) -> list[bytes]:
    """The hashes of a proof."""
    if (
        not isinstance(path, list)
        or len(path) > 64
        or not all(isinstance(n, str) and _HEX64.fullmatch(n) for n in path)
    ):
        raise BadError("changed: it is no proof")
    return [bytes.fromhex(node) for node in path]


def _pair(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def _half(size: int) -> int:
    """The largest power of two below a size: where RFC 9162 splits a tree."""
    return 1 << (size - 1).bit_length() - 1


def root_above(leaf: bytes, index: int, size: int, path: list[bytes]) -> bytes:
    """The root of the tree in which the leaf stands at the index, by its audit path (RFC 9162, 2.1.3)."""
    if not 0 <= index < size:
        raise BadError("changed: it stands outside of the tree")
    if size == 1:
        if path:
            raise BadError("changed: its proof is too long")
        return leaf
    if not path:
        raise BadError("changed: its proof is too short")
    half = _half(size)
    if index < half:
        return _pair(root_above(leaf, index, half, path[:-1]), path[-1])
    return _pair(path[-1], root_above(leaf, index - half, size - half, path[:-1]))


def extends(old: Head, new: Head, path: list[bytes]) -> bool:
    """Does the proof show that the newer tree begins with the older one? (RFC 9162, 2.1.4)"""
    if old.size == 0:
        return not path and old.root == hashlib.sha256(b"").hexdigest()

    def roots(low: int, high: int, left: list[bytes], whole: bool) -> tuple[bytes, bytes]:
        if low == high:
            if whole != (not left) or len(left) > 1:
                raise BadError("")
            same = bytes.fromhex(old.root) if whole else left[0]
            return same, same
        if not left:
            raise BadError("")
        half = _half(high)
        if low <= half:
            before, after = roots(low, half, left[:-1], whole)
            return before, _pair(after, left[-1])
        before, after = roots(low - half, high - half, left[:-1], False)
        return _pair(left[-1], before), _pair(left[-1], after)

    try:
        before, after = roots(old.size, new.size, path, True)
    except BadError:
        return False
    return before.hex() == old.root and after.hex() == new.root


class Entry(NamedTuple):
    """An entry of the ledger: its leaf, and the texts of its private part (None: not in the package)."""

    seq: int
    leaf: dict[str, Any]
    texts: dict[str, str] | None


def check_entries(bag: Bag, heads: list[Head]) -> list[Entry]:
    """Each entry is what the newest tree head covers, and they stand in the order in which they were written."""
    newest = heads[-1] if heads and bag.report.sound(HEADS) else None
    if newest is None:
        bag.report.remarks.append("The entries were not compared with a tree head, as the tree heads are not whole.")
    found: list[Entry] = []
    try:
        for number, line in bag.lines(ENTRIES):
            try:
                entry = _entry(line, newest)
            except BadError as error:
                bag.report.fault(ENTRIES, f"line {number}: {error}")
                continue
            if found and entry.seq <= found[-1].seq:
                how = "added: entry {} stands there twice" if entry.seq == found[-1].seq else (
                    "reordered: entry {} stands after a later one")  # fmt: skip
                bag.report.fault(ENTRIES, f"line {number}: {how.format(entry.seq)}")
            found.append(entry)
    except BadError as error:
        bag.report.fault(ENTRIES, str(error))
    return found


def _entry(line: bytes, newest: Head | None) -> Entry:
    value = parse(line, "leaf", "path", "private", "salt", "seq")
    seq, text, private = value["seq"], value["leaf"], value["private"]
    try:
        leaf = loads(text)
        canonical(leaf)  # fails on what cannot be written
        named = f"entry {leaf['seq']} ({leaf['act']}, {leaf['subject']}, {leaf['at']}): "
        if type(seq) is not int or leaf["seq"] != seq or not isinstance(leaf["details"], dict):
            raise BadError(f"{named}changed: its number is another than that of its place")
        if newest is not None:
            hashed = hashlib.sha256(b"\x00" + text.encode()).digest()
            if root_above(hashed, seq, newest.size, nodes(value["path"])).hex() != newest.root:
                raise BadError(f"{named}changed: it, or its proof, is not what the signed tree head covers")
        if private is None:
            return Entry(seq, leaf, None)
        sealed = hashlib.sha256(bytes.fromhex(value["salt"]) + private.encode()).hexdigest()
        if sealed != leaf["private"]:
            raise BadError(f"{named}changed: its private part is not the one that the entry was made with")
        return Entry(seq, leaf, {str(k): str(v) for k, v in loads(private).items()})
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise BadError("changed: it is no entry") from None


# --- The custody log is the entries, made readable ------------------------------------------------------------------

CUSTODY = ("number", "at", "who", "via", "act", "about", "case", "why", "details")
_FORMULA = re.compile("^[\\s\x00-\x1f]*[=+\\-@\uff1d\uff0b\uff0d\uff20]")
# Many a spreadsheet splits cells at semicolons and bars as well, whatever a file means by them.
_WITHIN = re.compile("([;|][\\s\"']{0,20})(?=[=+\\-@\uff1d\uff0b\uff0d\uff20])")


def custody_row(leaf: dict[str, Any], texts: dict[str, str] | None) -> dict[str, Any]:
    """A line of the custody log."""
    said = dict(texts or {})
    why = said.pop("why", "")
    if texts is None and leaf["private"]:
        why = "(withheld or erased)"
    return {
        "number": leaf["seq"], "at": leaf["at"], "who": leaf["who"], "via": leaf["via"], "act": leaf["act"],
        "about": leaf["subject"], "case": leaf["case"] or "", "why": why, "details": {**leaf["details"], **said},
    }  # fmt: skip


def custody_lines(rows: Iterable[dict[str, Any]]) -> Iterator[bytes]:
    """The custody log for a spreadsheet, in which nothing is a formula."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    yield b"\xef\xbb\xbf" + ",".join(CUSTODY).encode() + b"\r\n"
    for row in rows:
        values = [canonical(row[name]).decode() if name == "details" else str(row[name]) for name in CUSTODY]
        plain = [" ".join(re.sub("[\x00-\x1f\x7f-\x9f\u2028\u2029]+", " ", value).split()) for value in values]
        plain = [_WITHIN.sub("\\1'", value) for value in plain]
        writer.writerow([f"'{value}" if _FORMULA.match(value) else value for value in plain])
        yield buffer.getvalue().encode("utf-8", "replace")
        buffer.seek(0)
        buffer.truncate()


def check_custody(bag: Bag, entries: list[Entry]) -> None:
    """Both custody logs say what the entries say; where the entries are damaged, what is missing of them."""
    if not bag.report.sound(ENTRIES):
        _check_lost(bag, entries)
        return
    rows = [custody_row(entry.leaf, entry.texts) for entry in entries]
    for path, lines in ((CUSTODY_JSON, (canonical(row) + b"\n" for row in rows)), (CUSTODY_CSV, custody_lines(rows))):
        check_lines(bag, path, lines)


def _check_lost(bag: Bag, entries: list[Entry]) -> None:
    if not bag.report.sound(CUSTODY_JSON):
        return
    numbers = {entry.seq for entry in entries}
    try:
        for number, line in bag.lines(CUSTODY_JSON):
            row = parse(line, *CUSTODY)
            if row["number"] not in numbers and row["number"] is not None:
                about = f"entry {row['number']} ({row['act']}, {row['about']}, {row['at']})"
                bag.report.fault(ENTRIES, f"missing or changed: {about}, which is line {number} of the custody log")
    except BadError as error:
        bag.report.fault(CUSTODY_JSON, str(error))


# --- What the package says of itself --------------------------------------------------------------------------------


def check_about(bag: Bag, seal: Seal, heads: list[Head], entries: list[Entry]) -> dict[str, Any]:
    """package.json against the files, the entries and the tree head that it names."""
    report = bag.report
    try:
        data = bag.text(ABOUT)
        if not data.endswith(b"\n"):
            raise BadError("changed: its end is cut")
        about = parse(data[:-1])
        listed = {str(file["path"]): (exhibit, file) for exhibit in about["exhibits"] for file in exhibit["files"]}
        for name in TABLES:
            _agrees(bag, seal, f"data/tables/{name}.parquet", about["tables"][name]["sha256"])
        for path, (_, file) in listed.items():
            _agrees(bag, seal, path, file["sha256"])
        for path in seal.payload:
            if path.startswith("data/originals/") and path not in listed:
                report.fault(path, "added: it belongs to no exhibit")
        if report.sound(HEADS) and heads and about["head"] != heads[-1].size:
            report.fault(ABOUT, "changed: it names another tree head than the newest one")
        if report.sound(ENTRIES) and about["entries"] != len(entries):
            report.fault(
                ENTRIES, f"missing or added: {len(entries)} entries, the package was made with {about['entries']}"
            )
        if seal.signed and [about["package"], about["case"]] != [seal.about.get("package"), seal.about.get("case")]:
            report.fault(ABOUT, "changed: it is of another package than the one that was signed")
        _check_intake(bag, about, entries)
        _check_manifests(bag, about, entries)
    except BadError as error:
        report.fault(ABOUT, str(error))
        return {}
    except (KeyError, TypeError, ValueError, AttributeError):
        report.fault(ABOUT, "changed: it has not the fields that it must have")
        return {}
    return about


def _agrees(bag: Bag, seal: Seal, path: str, sha256: str) -> None:
    """Of two that do not agree, the one that is sound is believed."""
    if path in bag.files and bag.report.sound(path, ABOUT) and bag.digest(path).sha256 != sha256:
        bag.report.fault(path, f"changed: {ABOUT} has another SHA-256 of it")


def _check_intake(bag: Bag, about: dict[str, Any], entries: list[Entry]) -> None:
    """The originals are those whose digests the ledger took down when they were added."""
    exhibits = {f"exhibit {exhibit['id']}": exhibit for exhibit in about["exhibits"]}
    if not bag.report.sound(ENTRIES, ABOUT):
        return
    for entry in entries:
        subject, digest = str(entry.leaf["subject"]), entry.leaf["details"].get("sha256")
        if entry.leaf["act"] != "intake" or not subject.startswith("exhibit ") or entry.leaf["case"] != about["case"]:
            continue
        exhibit = exhibits.get(subject)
        if exhibit is None:
            bag.report.fault(ABOUT, f"missing: {subject}, which entry {entry.seq} of the ledger took in")
        elif digest not in [file["sha256"] for file in (*exhibit["files"], *exhibit["withheld"])]:
            bag.report.fault(ABOUT, f"{exhibit['id']} is not what entry {entry.seq} of the ledger took in: {digest}")


def manifests_of(leaves: Iterable[dict[str, Any]]) -> dict[str, str]:
    """The SHA-256 that entries of the ledger, in their order, have of the manifests of runs and ingests, by its id."""
    found: dict[str, str] = {}
    for leaf in leaves:
        word, _, name = str(leaf["subject"]).partition(" ")
        if (leaf["act"], word) in (("run", "run"), ("intake", "ingest")):
            found[name] = str(leaf["details"].get("manifest", ""))
        elif leaf["act"] == "erase":  # an erasure takes names of files out of manifests of ingests
            found.update(leaf["details"].get("manifests", {}))
    return found


def _check_manifests(bag: Bag, about: dict[str, Any], entries: list[Entry]) -> None:
    """The manifests are those whose digests the ledger took down, but for those that were pseudonymised since."""
    changed = about["masked"].get("runs")
    if changed is None:
        bag.report.remarks.append("Made by an older Clew: the manifests were not compared with the ledger.")
    if changed is None or not bag.report.sound(ENTRIES, ABOUT):
        return
    told = manifests_of(entry.leaf for entry in entries)
    for path in sorted(bag.files):
        folder, _, file = path.rpartition("/")
        name = file.partition(".")[0]
        if folder != RUNS or not bag.report.sound(path):
            continue
        if name in changed:
            bag.report.remarks.append(f"{path} was pseudonymised, so that it was not compared with the ledger.")
        elif bag.digest(path).sha256 != told.get(name):
            bag.report.fault(path, f"changed: it is not what the ledger took down when {name} was done")


# --- Timestamps (RFC 3161) ------------------------------------------------------------------------------------------


def check_stamps(bag: Bag, heads: list[Head], trusted: list[x509.Certificate] | None) -> None:
    """Tokens of outside authorities: each over the statement of a tree head, signed, with a chain to a root."""
    report, folder = bag.report, STAMPS.rpartition("/")[0]
    named = {STAMPS}
    sizes = {head.size: head for head in heads}
    newest = ""
    try:
        for number, line in bag.lines(STAMPS):
            try:
                stamp = parse(line, "at", "authority", "root", "size", "token")
                token, root = f"{folder}/{stamp['token']}", f"{folder}/{stamp['root']}"
                named |= {token, root}
                if not report.sound(HEADS, STAMPS):
                    continue
                if stamp["size"] not in sizes:
                    raise BadError("changed: it names a tree head that is not there")
            except BadError as error:
                report.fault(STAMPS, f"line {number}: {error}")
                continue
            head = sizes[stamp["size"]]
            at = _check_stamp(bag, token, root, head, trusted)
            if at is not None and at.isoformat() != stamp["at"]:
                report.fault(STAMPS, f"line {number}: changed: the token says {at.isoformat()}, not {stamp['at']}")
            if at is not None:
                newest = f"{at.isoformat()} for {head.size:,} entries"
                if at < _time(head.at) - timedelta(minutes=10):
                    report.remarks.append(f"A tree head says {head.at}, but was timestamped {at}: a clock was wrong.")
    except BadError as error:
        report.fault(STAMPS, str(error))
    for path in bag.files:
        if path.startswith(folder + "/") and path not in named and report.sound(STAMPS, path):
            report.fault(path, "added: the list of timestamps does not name it")
    if newest:
        report.checked.append(f"The newest timestamp of an outside authority is of {newest}.")
    else:
        report.remarks.append("No outside authority has confirmed a time: when is known from Clew's own clock alone.")


def _check_stamp(
    bag: Bag, token: str, root: str, head: Head, trusted: list[x509.Certificate] | None
) -> datetime | None:
    """The time that the token gives; None where something is wrong with it."""
    try:
        roots = trusted if trusted is not None else certificates(bag.text(root, MOST_TOKEN))
    except BadError as error:
        bag.report.fault(root, f"changed: {error}")
        return None
    if trusted is None and not bag.report.sound(root):
        bag.report.remarks.append(f"{token} was not checked, as {root} is not whole.")
        return None
    try:
        return token_time(bag.text(token, MOST_TOKEN), head.statement(), roots)
    except BadError as error:
        bag.report.fault(token, f"changed: {error}")
    return None


def _time(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise BadError(f"{text!r} is no time") from None
    return at if at.tzinfo else at.replace(tzinfo=timezone.utc)


_X509_TROUBLE = (
    ValueError, TypeError, KeyError, UnsupportedAlgorithm, x509.InvalidVersion, x509.DuplicateExtension,
    x509.ExtensionNotFound, x509.UnsupportedGeneralNameType,
)  # fmt: skip


def certificates(data: bytes) -> list[x509.Certificate]:
    """Certificates in PEM."""
    begin, end = b"-----BEGIN CERTIFICATE-----\n", b"-----END CERTIFICATE-----\n"
    blocks = data.split(begin)[1:]
    try:
        found = [x509.load_pem_x509_certificate(begin + block.partition(end)[0] + end) for block in blocks[:50]]
    except _X509_TROUBLE:
        found = []
    if not found:
        raise BadError("it holds no certificate that can be read")
    return found


class Item(NamedTuple):
    """An element of DER: tag, content, and both with the length between them."""

    tag: int
    body: bytes
    whole: bytes


def der(data: bytes) -> list[Item]:
    """The elements that some bytes are made of; only the strict encoding (X.690, DER) is read."""
    found, at = [], 0
    while at < len(data):
        tag, first = data[at], data[at + 1] if at + 1 < len(data) else 0x80
        begin, length = at + 2, first
        if tag & 0x1F == 0x1F or first == 0x80 or first > 0x84:
            raise BadError("it is not in DER")
        if first > 0x80:
            begin += first & 0x7F
            length = int.from_bytes(data[at + 2 : begin], "big")
            if length < 0x80 or length.bit_length() <= 8 * ((first & 0x7F) - 1):
                raise BadError("it is not in DER: a length is longer than need be")
        if begin + length > len(data):
            raise BadError("it is cut")
        found.append(Item(tag, data[begin : begin + length], data[at : begin + length]))
        at = begin + length
    return found


def _only(data: bytes, tag: int) -> Item:
    """The one element that there must be."""
    found = der(data)
    if len(found) != 1 or found[0].tag != tag:
        raise BadError("it has not the parts that it must have")
    return found[0]


def _oid(item: Item) -> str:
    if item.tag != 0x06 or not item.body or item.body[-1] & 0x80 or len(item.body) > 50:
        raise BadError("it has no object identifier where one must be")
    arcs, value = [], 0
    for byte in item.body:
        value = value << 7 | byte & 0x7F
        if not byte & 0x80:
            arcs.append(value)
            value = 0
    first = min(arcs[0] // 40, 2)
    return ".".join(map(str, (first, arcs[0] - 40 * first, *arcs[1:])))


_SIGNED_DATA, _TST_INFO = "1.2.840.113549.1.7.2", "1.2.840.113549.1.9.16.1.4"
_CONTENT_TYPE, _MESSAGE_DIGEST = "1.2.840.113549.1.9.3", "1.2.840.113549.1.9.4"
_SIGNING_CERTIFICATE, _SIGNING_CERTIFICATE_2 = "1.2.840.113549.1.9.16.2.12", "1.2.840.113549.1.9.16.2.47"
_HASHES: dict[str, Any] = {
    "2.16.840.1.101.3.4.2.1": hashes.SHA256, "2.16.840.1.101.3.4.2.2": hashes.SHA384,
    "2.16.840.1.101.3.4.2.3": hashes.SHA512,
}  # fmt: skip
# Signature algorithms: the kind of key, and the hash where they name one of their own.
_ALGORITHMS: dict[str, Any] = {
    "1.2.840.113549.1.1.1": ("rsa", None), "1.3.101.112": ("ed25519", None),
    "1.2.840.113549.1.1.11": ("rsa", hashes.SHA256), "1.2.840.113549.1.1.12": ("rsa", hashes.SHA384),
    "1.2.840.113549.1.1.13": ("rsa", hashes.SHA512), "1.2.840.10045.4.3.2": ("ec", hashes.SHA256),
    "1.2.840.10045.4.3.3": ("ec", hashes.SHA384), "1.2.840.10045.4.3.4": ("ec", hashes.SHA512),
}  # fmt: skip


def _digest(algorithm: Item, data: bytes) -> bytes:
    found = _HASHES.get(_oid(der(algorithm.body)[0]))
    if found is None:
        raise BadError("it uses a hash that is not accepted (SHA-256, SHA-384 and SHA-512 are)")
    return hashlib.new(found.name, data).digest()


def token_time(token: bytes, message: bytes, roots: list[x509.Certificate]) -> datetime:
    """The time at which an authority saw the digest of the message.

    Raises:
        BadError: the token is not over the message, its signature does not hold, or no chain leads to a root.
    """
    try:
        return _token_time(token, message, roots)
    except (IndexError, *_X509_TROUBLE) as error:
        raise BadError(f"it cannot be read as a timestamp ({type(error).__name__})") from None


def _token_time(token: bytes, message: bytes, roots: list[x509.Certificate]) -> datetime:
    kind, wrapped = der(_only(token, 0x30).body)
    parts = der(_only(wrapped.body, 0x30).body)
    tags = [part.tag for part in parts]
    content = der(parts[2].body)
    plain = wrapped.tag == content[1].tag == 0xA0 and tags in (
        [2, 0x31, 0x30, 0xA0, 0x31],
        [2, 0x31, 0x30, 0xA0, 0xA1, 0x31],
    )
    if not plain or parts[0].body != b"\x03" or _oid(kind) != _SIGNED_DATA or _oid(content[0]) != _TST_INFO:
        raise BadError("it is no timestamp with the certificate that signed it")
    info = _only(content[1].body, 0x04).body
    # (1) It is over this message.
    fields = der(_only(info, 0x30).body)
    if fields[0].body != b"\x01":
        raise BadError("it is a timestamp of a kind that is not known")
    algorithm, imprint = der(fields[2].body)
    if imprint.body != _digest(algorithm, message):
        raise BadError("the timestamp is of something else than the signed tree head")
    at = _general_time(fields[4])
    # (2) It is signed by a certificate that came along.
    held = [x509.load_der_x509_certificate(item.whole) for item in der(parts[3].body)]
    (signer,) = der(parts[-1].body)
    signing = der(signer.body)
    if signing[2].whole not in [item.whole for item in der(parts[1].body)]:
        raise BadError("it does not name the hash that it was signed with")
    certificate = _check_signer(signing, held, info)
    # (3) The certificate is for timestamps, and leads to a root.
    usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    if not usage.critical or list(usage.value) != [ExtendedKeyUsageOID.TIME_STAMPING]:
        raise BadError("the certificate that signed it is not one for timestamps")
    check_chain(certificate, held, roots, at)
    return at


def _general_time(item: Item) -> datetime:
    text = item.body.decode("ascii", "replace")
    found = re.fullmatch(r"(\d{14})(?:\.(\d{1,6}))?Z", text)
    if item.tag != 0x18 or not found:
        raise BadError("it has no time that can be read")
    micro = int((found.group(2) or "").ljust(6, "0"))
    return datetime.strptime(found.group(1), "%Y%m%d%H%M%S").replace(microsecond=micro, tzinfo=timezone.utc)


def _check_signer(parts: list[Item], held: list[x509.Certificate], info: bytes) -> x509.Certificate:
    """The certificate whose key signed the timestamp (RFC 5652, 5.4 and RFC 5816)."""
    tags = [part.tag for part in parts[:6]]
    if tags != [2, 0x30, 0x30, 0xA0, 0x30, 4] or parts[0].body != b"\x01":
        raise BadError("it does not say by issuer and number which certificate signed it")
    issuer, serial = der(parts[1].body)
    number = int.from_bytes(serial.body, "big", signed=True)
    signers = [c for c in held if c.issuer.public_bytes() == issuer.whole and c.serial_number == number]
    if not signers:
        raise BadError("it does not hold the certificate that signed it")
    attributes = {_oid(der(item.body)[0]): der(der(item.body)[1].body) for item in der(parts[3].body)}
    if len(attributes) != len(der(parts[3].body)) or any(len(values) != 1 for values in attributes.values()):
        raise BadError("it says something twice")
    if _oid(attributes[_CONTENT_TYPE][0]) != _TST_INFO if _CONTENT_TYPE in attributes else True:
        raise BadError("what was signed is no timestamp")
    if _MESSAGE_DIGEST not in attributes or attributes[_MESSAGE_DIGEST][0].body != _digest(parts[2], info):
        raise BadError("its content is not what was signed")
    _check_named(attributes, signers[0])
    signed = b"\x31" + parts[3].whole[1:]
    algorithm, key = _oid(der(parts[4].body)[0]), signers[0].public_key()
    family, hashed = _ALGORITHMS.get(algorithm, ("", None))
    made = (hashed or _HASHES[_oid(der(parts[2].body)[0])])()
    try:
        if family == "rsa" and isinstance(key, rsa.RSAPublicKey):
            key.verify(parts[5].body, signed, padding.PKCS1v15(), made)
        elif family == "ec" and isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(parts[5].body, signed, ec.ECDSA(made))
        elif family == "ed25519" and isinstance(key, ed25519.Ed25519PublicKey):
            key.verify(parts[5].body, signed)
        else:
            raise BadError("it was signed in a way that is not accepted")
    except InvalidSignature:
        raise BadError("the authority's signature does not hold") from None
    return signers[0]


def _check_named(attributes: dict[str, list[Item]], signer: x509.Certificate) -> None:
    """The signature itself names the certificate, so that another with the same key cannot take its place."""
    if _SIGNING_CERTIFICATE_2 in attributes:
        named = der(der(der(attributes[_SIGNING_CERTIFICATE_2][0].body)[0].body)[0].body)
        algorithm = hashes.SHA256() if named[0].tag == 0x04 else _HASHES[_oid(der(named[0].body)[0])]()
        digest = named[0].body if named[0].tag == 0x04 else named[1].body
    elif _SIGNING_CERTIFICATE in attributes:
        digest = der(der(der(attributes[_SIGNING_CERTIFICATE][0].body)[0].body)[0].body)[0].body
        algorithm = hashes.SHA1()  # as RFC 3161 has it; it only names, it does not sign
    else:
        raise BadError("it does not name the certificate that signed it")
    if signer.fingerprint(algorithm) != digest:
        raise BadError("it names another certificate than the one that signed it")


def check_chain(
    leaf: x509.Certificate, held: list[x509.Certificate], roots: list[x509.Certificate], at: datetime
) -> None:
    """A chain leads from the certificate to a root, and all of it was valid at that time."""
    current, depth = leaf, 0
    while True:
        begins = getattr(current, "not_valid_before_utc", None) or current.not_valid_before.replace(tzinfo=timezone.utc)
        ends = getattr(current, "not_valid_after_utc", None) or current.not_valid_after.replace(tzinfo=timezone.utc)
        if not begins <= at <= ends:
            raise BadError("a certificate of the authority was not valid at that time")
        if any(current == root for root in roots):
            return
        above = next((c for c in (*roots, *held) if c != current and _issued(current, c, depth)), None)
        if above is None or depth >= 6:
            raise BadError("no chain of certificates leads from the authority to a root that is trusted")
        current, depth = above, depth + 1


def _issued(certificate: x509.Certificate, by: x509.Certificate, below: int) -> bool:
    try:
        certificate.verify_directly_issued_by(by)
        limits = by.extensions.get_extension_for_class(x509.BasicConstraints).value
        usage = [e.value for e in by.extensions if isinstance(e.value, x509.KeyUsage)]
    except (InvalidSignature, *_X509_TROUBLE):
        return False
    allowed = limits.path_length is None or limits.path_length >= below
    return limits.ca and allowed and all(use.key_cert_sign for use in usage)


# --- All of it ------------------------------------------------------------------------------------------------------

CANNOT = (
    "that what was collected is true, or complete: only that it is what was collected;",
    "that nothing was done outside of Clew, or before something was added to the case;",
    "that every entry of the case is in the package: those that are in it are in the signed ledger, in their order;",
    "who owns the key: compare its fingerprint with the one that the unit gives by another way, or use --key;",
    "that the computer's clock was right, but for times that an outside authority confirmed; and that this authority"
    " can be trusted: use --tsa-roots;",
    "names, texts and originals that were pseudonymised or withheld to protect people; data/package.json lists them.",
)


def verify(root: str, key: str | None = None, trusted: list[x509.Certificate] | None = None) -> Report:
    """Check a package.

    Args:
        root: its folder.
        key: fingerprint or hexadecimal digits of the key that must have signed.
        trusted: roots of time-stamping authorities; those in the package where None.
    """
    report = Report()
    if not Path(root).is_dir():
        report.fault(".", "there is no such folder")
        return report
    try:
        bag = Bag(root, report)
        seal = read_seal(bag)
        if not seal.signed:
            seal = manifest_seal(bag)
        check_files(bag, seal)
        check_tags(bag, seal)
        heads = check_heads(bag, seal)
        check_consistency(bag, heads)
        entries = check_entries(bag, heads)
        check_custody(bag, entries)
        check_stamps(bag, heads, trusted)
        about = check_about(bag, seal, heads, entries)
    except BadError as error:
        report.fault(".", f"could not be checked to its end: {error}")
        return report
    except OSError as error:
        report.fault(".", f"could not be read to its end: {error.strerror}")
        return report
    if seal.signed:
        _check_key(report, seal, key)
    _sum_up(report, bag, seal, heads, entries, about)
    return report


def _check_key(report: Report, seal: Seal, key: str | None) -> None:
    if key is None:
        return
    plain = re.sub(r"\s", "", key)
    if plain.lower() != seal.key and plain.upper() != fingerprint(seal.key).replace(" ", ""):
        report.fault(SIGNED, f"signed by another key than the one given: {fingerprint(seal.key)}")


def _sum_up(
    report: Report, bag: Bag, seal: Seal, heads: list[Head], entries: list[Entry], about: dict[str, Any]
) -> None:
    said = [f"{len(seal.payload):,} files of the payload and {len(TAGS)} about them, by SHA-256 and BLAKE2b."]
    if seal.signed:
        said.append(f"The signature of package {seal.about.get('package')}, by the key {fingerprint(seal.key)}.")
    if heads:
        said.append(f"Signed tree heads of the ledger ({len(heads):,}) and the proofs between them, up to entry "
                    f"{heads[-1].size:,} at {heads[-1].at}.")  # fmt: skip
    withheld = sum(entry.texts is None and bool(entry.leaf["private"]) for entry in entries)
    said.append(f"Entries of the ledger ({len(entries):,}) with their proofs, and the custody log against them.")
    if withheld:
        said.append(f"Entries without their private part ({withheld:,}): they are proved, the withheld words are not.")
    if about:
        exhibits = about["exhibits"]
        held = sum(bool(exhibit["withheld"]) for exhibit in exhibits)
        said.append(f"Exhibits ({len(exhibits):,}; withheld or in part: {held:,}) against the package's own list.")
    report.checked[:0] = said


def read_key(text: str) -> str:
    """A key as it was given: itself, or in a file."""
    try:
        with Path(text).open(encoding="utf-8") as stream:
            return stream.read(1000).strip()
    except OSError:
        return text


def main(arguments: list[str] | None = None) -> int:
    """Check the package that is named on the command line and print what was found."""
    parser = argparse.ArgumentParser(
        description=(__doc__ or "").partition("\n")[0], epilog="Exit code 0: whole. 1: not whole, one line a fault."
    )
    parser.add_argument("bag", metavar="BAG", help="folder of the package")
    parser.add_argument("--key", help="key that must have signed: fingerprint, hexadecimal digits, or a file with one")
    parser.add_argument("--tsa-roots", metavar="FILE", help="PEM file of roots of time-stamping authorities")
    given = parser.parse_args(arguments)
    try:
        key = read_key(given.key) if given.key else None
        trusted = None
        if given.tsa_roots:
            with Path(given.tsa_roots).open("rb") as stream:
                trusted = certificates(stream.read(MOST_TOKEN))
    except (OSError, BadError, UnicodeDecodeError) as error:
        print(f"verify.py: --key or --tsa-roots cannot be used: {error}")
        return 1
    if isinstance(sys.stdout, io.TextIOWrapper):  # names of files may have letters that a terminal lacks
        sys.stdout.reconfigure(errors="backslashreplace")
    report = verify(given.bag, key, trusted)
    for fault in report.faults:
        print(fault)
    count = len(report.faults)
    whole = "The package is whole." if report.whole else f"The package is NOT whole: {count:,} fault{'s'[: count > 1]}."
    print(f"\n{whole}")
    for title, lines in (("Checked", report.checked), ("To know", report.remarks), ("Cannot be shown", CANNOT)):
        print(f"{title}:" if lines else "", *(f"  - {safe(line)}" for line in lines), sep="\n")
    print(f"SHA-256 of this verifier: {hashlib.sha256(Path(__file__).read_bytes()).hexdigest()}")
    return 0 if report.whole else 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except BrokenPipeError:  # whoever reads the output has seen enough
        sys.stderr.close()
        sys.exit(1)
