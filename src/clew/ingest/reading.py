"""From files to batches ready to be normalised: detection, grouping of small files, how dates are written."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import chain
from pathlib import Path

import pyarrow as pa

from clew.ingest.base import Batch, Chunk, Format, Reject, rejected
from clew.ingest.binaries import PICTURE, known_binary
from clew.ingest.columns import ColumnMap
from clew.ingest.habits import USUAL, Habits, habits_of
from clew.ingest.registry import detect
from clew.ingest.streams import DamagedError, FileSource, noting
from clew.model.errors import InputError

_SMALL = 1 << 18  # bytes; smaller files are read whole, a group of them at a time
_GROUP = 256
WHOLE_FILE = 0  # the line of a reject that is about the file, not about a row


@dataclass(frozen=True)
class Part:
    """Rows of one file (or of several alike) on their way to records.

    Attributes:
        batch: the rows; its rejects are complete.
        files: string array, the file of each row.
        format: None where no format was recognised; then there are only rejects.
        habits: how the file writes dates and amounts.
    """

    batch: Batch
    files: pa.Array
    format: Format | None
    habits: Habits = USUAL


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
    """Turns files into jobs, each of which gives parts on any thread; pictures only where that is the ``kind``."""

    columns: ColumnMap
    spool: Path
    on_bytes: Callable[[int], None] = field(default=lambda count: None)
    kind: str | None = None

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
        plugin = self._format(source)
        if plugin is None:
            yield partial(iter, (_unknown(source),))
            return
        habits = self._habits(path, plugin)
        try:
            for chunk in plugin.read(source, self.columns.is_field):
                yield partial(_parts, chunk, str(path), plugin, habits)
        except DamagedError as damage:
            yield partial(iter, (_damaged(path, damage, plugin),))

    def _format(self, source: FileSource) -> Format | None:
        plugin = detect(source.head(), source.name)
        return None if plugin is not None and plugin.kind == "image" != self.kind else plugin

    def _habits(self, path: Path, plugin: Format) -> Habits:
        """How a file writes dates and amounts, from a reading of its own, of a damaged file as far as that goes."""
        if plugin.certain_dates:
            return USUAL
        chunks = noting(plugin.read(FileSource(path, self.spool), self.columns.is_field))
        sound = (chunk for chunk in chunks if not isinstance(chunk, DamagedError))
        return habits_of(chain.from_iterable(chunk() for chunk in sound), self.columns)

    def _small(self, paths: Sequence[Path]) -> Iterator[Part]:
        """Whole small files, those with the same format and columns put together."""
        alike: dict[Hashable, list[Part]] = {}
        for path in paths:
            for part in self._whole(path):
                names = frozenset(part.batch.columns)
                alike.setdefault((part.format and part.format.name, part.habits, names), []).append(part)
        for parts in alike.values():
            yield _merged(parts)

    def _whole(self, path: Path) -> Iterator[Part]:
        source = FileSource(path, self.spool, self.on_bytes)
        plugin = self._format(source)
        if plugin is None:
            yield _unknown(source)
            return
        batches = list[Batch]()
        damage: DamagedError | None = None
        try:
            for chunk in plugin.read(source, self.columns.is_field):
                batches += chunk()
        except DamagedError as error:
            damage = error
        habits = USUAL if plugin.certain_dates else habits_of(batches, self.columns)
        for batch in batches:
            yield _part(batch, str(path), plugin, habits)
        if damage is not None:
            yield _damaged(path, damage, plugin)


def _part(batch: Batch, file: str, plugin: Format, habits: Habits) -> Part:
    rejects = tuple(replace(reject, file=file) for reject in batch.rejects)
    files = pa.repeat(pa.scalar(file, pa.string()), len(batch.lines))
    return Part(replace(batch, rejects=rejects), files, plugin, habits)


def _parts(chunk: Chunk, file: str, plugin: Format, habits: Habits) -> Iterator[Part]:
    for batch in chunk():
        yield _part(batch, file, plugin, habits)


def _only(reject: Reject, plugin: Format | None) -> Part:
    (batch,) = rejected(reject)
    return Part(batch, pa.array([], pa.string()), plugin)


def _unknown(source: FileSource) -> Part:
    if source.damage is not None:
        return _damaged(source.path, source.damage, None)
    what = known_binary(source.head())
    if what is None:
        reason = "no format that Clew reads" if source.path.stat().st_size else "the file is empty"
    else:
        reason = f"{what}, passed over" + "; --kind image reads it" * (what == PICTURE)
    return _only(Reject(WHOLE_FILE, reason, None, str(source.path)), None)


def _damaged(path: Path, damage: DamagedError, plugin: Format | None) -> Part:
    return _only(Reject(damage.line, str(damage), None, str(path)), plugin)


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
    return Part(joined, pa.concat_arrays([part.files for part in parts]), parts[0].format, parts[0].habits)


def _merged_kinds(batches: Sequence[Batch]) -> pa.Array | None:
    if all(batch.kinds is None for batch in batches):
        return None
    return pa.concat_arrays(
        [pa.nulls(len(batch.lines), pa.string()) if batch.kinds is None else batch.kinds for batch in batches]
    )
