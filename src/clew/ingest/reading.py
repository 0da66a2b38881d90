"""From files to batches ready to be normalised: detection, grouping of small files, the order of day and month."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import chain, islice
from pathlib import Path

import pyarrow as pa

from clew.ingest.base import Batch, Chunk, Format, Reject, rejected
from clew.ingest.columns import ColumnMap
from clew.ingest.registry import detect
from clew.ingest.streams import DamagedError, FileSource
from clew.ingest.times import parse_times
from clew.model.errors import InputError

_SMALL = 1 << 18  # bytes; smaller files are read whole, a group of them at a time
_GROUP = 256
_LOOKED_AT = 16  # batches read to see whether dates are month first
_TIMES = ("posted_at", "captured_at")
WHOLE_FILE = 0  # the line of a reject that is about the file, not about a row


@dataclass(frozen=True)
class Part:
    """Rows of one file (or of several alike) on their way to records.

    Attributes:
        batch: the rows; its rejects are complete.
        files: string array, the file of each row.
        format: None where no format was recognised; then there are only rejects.
        month_first: time columns in which 03/04/2025 is in March.
    """

    batch: Batch
    files: pa.Array
    format: Format | None
    month_first: frozenset[str] = frozenset()


Job = Callable[[], Iterable[Part]]


def list_files(given: Sequence[Path]) -> list[Path]:
    """The files themselves, as absolute paths; a folder stands for all files below it, sorted, hidden ones left out.

    The folder of a file is followed to where it really is, its own name stays: what a record refers to (pictures) is
    looked for beside its file.

    Raises:
        InputError: one is missing, there is none, or a link in a folder leads out of it.
    """
    found = list[Path]()
    for path in given:
        if path.is_dir():
            below = sorted(path.rglob("*"))
            files = [file for file in below if file.is_file() and not _hidden(file.relative_to(path))]
            _stay_below(path, files)
            found += [_absolute(file) for file in files]
        elif path.is_file():
            found.append(_absolute(path))
        else:
            raise InputError(f"{path} is no file or folder.", "Check the path.")
    if not found:
        raise InputError("There is no file to read.", "Name files or folders.")
    return found


def _stay_below(folder: Path, files: Iterable[Path]) -> None:
    """See that no link in a folder, which others may have filled, leads to files that nobody meant to give.

    Raises:
        InputError: one does.
    """
    home = folder.resolve()
    for file in files:
        if file.is_symlink() and not file.resolve().is_relative_to(home):
            raise InputError(f"{file} is a link out of {folder}.", "Remove it, or name the files one by one.")


def _absolute(path: Path) -> Path:
    return path.parent.resolve() / path.name


def _hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)


@dataclass(frozen=True)
class Reader:
    """Turns files into jobs, each of which gives parts on any thread."""

    columns: ColumnMap
    spool: Path
    on_bytes: Callable[[int], None] = field(default=lambda count: None)

    def jobs(self, paths: Iterable[Path]) -> Iterator[Job]:
        """Jobs in file order; small files are grouped, big ones cut."""
        group = list[Path]()
        for path in paths:
            small = path.stat().st_size <= _SMALL
            if group and (not small or len(group) == _GROUP):
                yield partial(self._small, tuple(group))
                group = []
            if small:
                group.append(path)
            else:
                yield from self._big(path)
        if group:
            yield partial(self._small, tuple(group))

    def _big(self, path: Path) -> Iterator[Job]:
        source = FileSource(path, self.spool, self.on_bytes)
        plugin = detect(source.head(), source.name)
        if plugin is None:
            yield partial(iter, (_unknown(path),))
            return
        try:
            month_first = self._month_first(path, plugin)
            for chunk in plugin.read(source, self.columns.is_field):
                yield partial(_parts, chunk, str(path), plugin, month_first)
        except DamagedError as damage:
            yield partial(iter, (_damaged(path, damage, plugin),))

    def _month_first(self, path: Path, plugin: Format) -> frozenset[str]:
        """The time columns that are month first, from a reading of their own."""
        if plugin.certain_dates:
            return frozenset()
        chunks = plugin.read(FileSource(path, self.spool), self.columns.is_field)
        return month_first_columns(chain.from_iterable(chunk() for chunk in chunks), self.columns)

    def _small(self, paths: Sequence[Path]) -> Iterator[Part]:
        """Whole small files, those with the same format and columns put together."""
        alike: dict[Hashable, list[Part]] = {}
        for path in paths:
            for part in self._whole(path):
                names = frozenset(part.batch.columns)
                alike.setdefault((part.format and part.format.name, part.month_first, names), []).append(part)
        for parts in alike.values():
            yield _merged(parts)

    def _whole(self, path: Path) -> Iterator[Part]:
        source = FileSource(path, self.spool, self.on_bytes)
        plugin = detect(source.head(), source.name)
        if plugin is None:
            yield _unknown(path)
            return
        batches = list[Batch]()
        damage: DamagedError | None = None
        try:
            for chunk in plugin.read(source, self.columns.is_field):
                batches += chunk()
        except DamagedError as error:
            damage = error
        month_first = frozenset[str]() if plugin.certain_dates else month_first_columns(batches, self.columns)
        for batch in batches:
            yield _part(batch, str(path), plugin, month_first)
        if damage is not None:
            yield _damaged(path, damage, plugin)


def _part(batch: Batch, file: str, plugin: Format, month_first: frozenset[str]) -> Part:
    rejects = tuple(replace(reject, file=file) for reject in batch.rejects)
    files = pa.repeat(pa.scalar(file, pa.string()), len(batch.lines))
    return Part(replace(batch, rejects=rejects), files, plugin, month_first)


def _parts(chunk: Chunk, file: str, plugin: Format, month_first: frozenset[str]) -> Iterator[Part]:
    for batch in chunk():
        yield _part(batch, file, plugin, month_first)


def _only(reject: Reject, plugin: Format | None) -> Part:
    (batch,) = rejected(reject)
    return Part(batch, pa.array([], pa.string()), plugin)


def _unknown(path: Path) -> Part:
    reason = "no format that Clew reads" if path.stat().st_size else "the file is empty"
    return _only(Reject(WHOLE_FILE, reason, None, str(path)), None)


def _damaged(path: Path, damage: DamagedError, plugin: Format) -> Part:
    return _only(Reject(WHOLE_FILE, str(damage), None, str(path)), plugin)


def _merged(parts: Sequence[Part]) -> Part:
    """Parts with the same columns as one; columns that fill no field may differ."""
    if len(parts) == 1:
        return parts[0]
    batches = [part.batch for part in parts]
    encoded = sorted({name for batch in batches for name in batch.encoded})
    joined = Batch(
        {name: pa.concat_arrays([batch.columns[name] for batch in batches]) for name in batches[0].columns},
        pa.concat_arrays([batch.lines for batch in batches]),
        {
            name: pa.concat_arrays(
                [batch.encoded.get(name, pa.nulls(len(batch.lines), pa.string())) for batch in batches]
            )
            for name in encoded
        },
        tuple(reject for batch in batches for reject in batch.rejects),
        _merged_kinds(batches),
    )
    return Part(joined, pa.concat_arrays([part.files for part in parts]), parts[0].format, parts[0].month_first)


def _merged_kinds(batches: Sequence[Batch]) -> pa.Array | None:
    if all(batch.kinds is None for batch in batches):
        return None
    return pa.concat_arrays(
        [pa.nulls(len(batch.lines), pa.string()) if batch.kinds is None else batch.kinds for batch in batches]
    )


def month_first_columns(batches: Iterable[Batch], columns: ColumnMap) -> frozenset[str]:
    """The time columns of a file that are month first: some value proves it, and none proves the opposite.

    Reads on only while that is open: it stops when no column holds numeric dates in the first batch, when each that
    does was proved day first, and after 16 batches (some 100 MB).
    """
    day_first, month_first = set[str](), set[str]()
    open_columns: set[str] | None = None
    for batch in islice(batches, _LOOKED_AT):
        assigned = columns.assign(batch.columns)
        times = {assigned[name][0] for name in _TIMES if name in assigned}
        numeric = set[str]()
        for name in times - day_first:
            day, month, either = parse_times(batch.columns[name], month_first=False).evidence
            if day:
                day_first.add(name)
            if month:
                month_first.add(name)
            if day or month or either:
                numeric.add(name)
        open_columns = (numeric if open_columns is None else open_columns) - day_first
        if not open_columns:
            break
    return frozenset(month_first - day_first)
