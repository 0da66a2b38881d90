"""WACZ 1.1.1 (Web Archive Collection Zipped): every resource against its hash, every record against its digest."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from clew.evidence.intake.base import Kind, Notes, Part, plain, starts
from clew.evidence.intake.formats import warc
from clew.evidence.intake.limits import Budget, CutError
from clew.evidence.intake.registry import look_inside, texts_inside
from clew.evidence.intake.zipped import Member, check_names, is_folder, opened
from clew.ingest.streams import DamagedError

_PACKAGE, _DIGEST, _PAGES = "datapackage.json", "datapackage-digest.json", "pages/pages.jsonl"
_MOST_JSON = 16 << 20
_FEW = 5


def sniff(part: Part) -> tuple[float, str]:
    """A ZIP file with a datapackage.json and an archive folder."""
    if not starts(part, b"PK\x03\x04"):
        return 0.0, ""
    from clew.evidence.intake.limits import Limits

    try:
        with opened(part, Budget(Limits(), part.size)) as found:
            names = found.namelist()
    except (DamagedError, CutError):
        return 0.0, ""
    whole = _PACKAGE in names and any(name.startswith(("archive/", "pages/")) for name in names)
    return (1.0, "application/wacz") if whole else (0.0, "")


def examine(part: Part, notes: Notes, budget: Budget) -> None:
    """The package, its digest, its resources, its WARC files."""
    with opened(part, budget) as found:
        check_names(found, notes)
        members = {info.filename: info for info in found.infolist() if not is_folder(info)}
        raw = Member(found, members[_PACKAGE], budget).content(_MOST_JSON)
        package = _object(raw)
        if raw is None or package is None:
            notes.damaged(f"{_PACKAGE} is no JSON object of at most {_MOST_JSON >> 20} MiB.")
            package = {}
        for label, key in (("WACZ version", "wacz_version"), ("profile", "profile"), ("title", "title"),
                           ("software", "software"), ("created", "created"), ("main page", "mainPageUrl")):  # fmt: skip
            notes.fact(label, package.get(key))
        if not str(package.get("wacz_version", "")).startswith("1."):
            notes.fault(f"{_PACKAGE} does not name a version 1 of WACZ.")
        if package.get("profile") != "data-package":
            notes.fault(f'{_PACKAGE} does not have the profile "data-package".')
        _check_digest(found, members, raw or b"", notes, budget)
        _check_resources(found, members, package.get("resources"), notes, budget)
        _pages(found, members, notes, budget)
        _archives(found, members, notes, budget)


def _object(raw: bytes | None) -> dict[str, Any] | None:
    """A JSON object, or None."""
    try:
        value = orjson.loads(raw or b"")
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def _check_digest(
    found: zipfile.ZipFile, members: Mapping[str, zipfile.ZipInfo], package: bytes, notes: Notes, budget: Budget
) -> None:
    """Whether datapackage-digest.json is there, matches, and is signed."""
    if _DIGEST not in members:
        notes.fact(_DIGEST, "not there")
        return
    said = _object(Member(found, members[_DIGEST], budget).content(_MOST_JSON))
    if said is None:
        notes.damaged(f"{_DIGEST} is no JSON object.")
        return
    actual = f"sha256:{hashlib.sha256(package).hexdigest()}"
    right = said.get("path") == _PACKAGE and str(said.get("hash")).lower() == actual
    if not right:
        notes.fault(f"{_DIGEST} does not match {_PACKAGE}: one of them was changed.")
    signed = said.get("signedData")
    if isinstance(signed, dict):
        who = signed.get("domain") or ("an anonymous key" if signed.get("publicKey") else "nobody named")
        told = f"signed by {plain(who, 100)}, {plain(signed.get('created', 'undated'), 40)}; signature not checked"
        if str(signed.get("hash")).lower() != actual:
            notes.fault(f"The signed hash in {_DIGEST} is not that of {_PACKAGE}.")
    else:
        told = "not signed"
    notes.fact(_DIGEST, f"{'matches' if right else 'does not match'}, {told}")


def _check_resources(
    found: zipfile.ZipFile, members: Mapping[str, zipfile.ZipInfo], resources: object, notes: Notes, budget: Budget
) -> None:
    """Every resource that is listed against its hash and size; every file against the list."""
    listed = resources if isinstance(resources, list) else []
    known, right = {_PACKAGE, _DIGEST}, 0
    for number, resource in enumerate(listed, 1):
        budget.part()
        entry = resource if isinstance(resource, dict) else {}
        path = str(entry.get("path", ""))
        known.add(path)
        name = f'Resource "{plain(path, 120)}"' if path else f"Resource {number:,}"
        if path not in members:
            notes.fault(f"{name} is listed in {_PACKAGE} but is not there.")
            continue
        fault = _resource_fault(found, members[path], entry, budget)
        if fault:
            notes.fault(f"{name} {fault}.")
        else:
            right += 1
    notes.fact("resources", f"{len(listed):,} listed, {right:,} right, {len(listed) - right:,} wrong or missing")
    for path in members:
        if path not in known:
            notes.fault(f'"{plain(path, 120)}" is not listed in {_PACKAGE}.')


def _resource_fault(
    found: zipfile.ZipFile, info: zipfile.ZipInfo, entry: Mapping[str, Any], budget: Budget
) -> str | None:
    """What is wrong with a resource."""
    family, _, value = str(entry.get("hash", "")).partition(":")
    if family not in ("sha256", "md5", "sha512"):
        return "has no hash that is known"
    digest, size = hashlib.new(family, usedforsecurity=False), 0
    try:
        for block in Member(found, info, budget).blocks():
            digest.update(block)
            size += len(block)
    except DamagedError as error:
        return f"is damaged: {error}"
    if digest.hexdigest() != value.lower():
        return f"does not match its hash in {_PACKAGE}"
    claimed = entry.get("bytes")
    return f"has {size:,} bytes, not {plain(claimed, 20)}" if claimed is not None and claimed != size else None


def _pages(found: zipfile.ZipFile, members: Mapping[str, zipfile.ZipInfo], notes: Notes, budget: Budget) -> None:
    """The list of pages."""
    if _PAGES not in members:
        notes.fault(f"{_PAGES} is not there.")
        return
    content = Member(found, members[_PAGES], budget).content(budget.limits.inner)
    pages = [page for line in (content or b"").splitlines()[1:] if (page := _object(line)) is not None]
    notes.fact("pages", f"{len(pages):,}")
    for page in pages[:_FEW]:
        notes.fact("page", f"{page.get('url')} {page.get('ts', '')} {page.get('title', '')}")


def _archives(found: zipfile.ZipFile, members: Mapping[str, zipfile.ZipInfo], notes: Notes, budget: Budget) -> None:
    """The WARC files, record by record; other files are looked into."""
    if not any(name.startswith("indexes/") for name in members):
        notes.fault("There is no index in indexes/.")
    seen, archives = warc.Seen(), 0
    for name, info in members.items():
        member = Member(found, info, budget)
        try:
            if _is_warc(name):
                archives += 1
                if name.endswith(".gz") and info.compress_type != zipfile.ZIP_STORED:
                    notes.fault(f"{plain(name, 120)} is compressed again, which WACZ forbids.")
                warc.read_records(member.as_file(), seen, notes, budget, f"{plain(name, 120)}: ")
            elif not name.startswith("indexes/"):
                content = member.content(budget.limits.inner)
                if content is None:
                    notes.hidden += 1
                else:
                    look_inside(plain(name, 120), content, notes, budget)
        except DamagedError as error:
            notes.damaged(f"{plain(name, 120)}: {error}.")
    if not archives:
        notes.fault("There is no WARC file in archive/.")
    seen.tell(notes)


def _is_warc(name: str) -> bool:
    return name.startswith("archive/") and name.endswith((".warc", ".warc.gz"))


def texts(part: Part, budget: Budget) -> Iterator[str]:
    """The text of its WARC files, pages and other files."""
    with opened(part, budget) as found:
        for info in found.infolist():
            yield info.filename
            member = Member(found, info, budget)
            try:
                if _is_warc(info.filename):
                    yield from warc.record_texts(member.as_file(), budget)
                elif not is_folder(info) and (content := member.content(budget.limits.inner)):
                    yield from texts_inside(content, budget)
            except DamagedError:
                continue


PLUGIN = Kind("wacz", sniff, examine, texts)
