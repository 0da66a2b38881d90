"""What was done to a ledger whose rows and hashes do not fit together: changed, removed, added, moved."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from clew.ledger import merkle
from clew.ledger.entry import Entry, ranges, seal

_CLOSELY = 300  # so many entries are each compared with every place; of more, only with the places nearby
_NEAR = (-2, -1, 1, 2)


class Tree:
    """The tree as it is computed from the rows, and where the one that was kept differs.

    Args:
        leaves: hashes computed from the rows.
        kept: of the leaves, where another hash was kept; None where none was.
        frontier: the kept hashes of the complete subtrees that make up the tree.

    Attributes:
        levels: hashes of complete subtrees, per level.
        differing: (level, nth) to the kept hash, where it is another.
    """

    def __init__(self, leaves: list[bytes], kept: dict[int, bytes | None], frontier: list[bytes | None]) -> None:
        self.levels = _levels(leaves)
        self.differing: dict[tuple[int, int], bytes | None] = {(0, nth): digest for nth, digest in kept.items()}
        self.peaks = list(merkle.peaks(len(leaves)))
        self.frontier = frontier

    def made(self, level: int, nth: int) -> bytes:
        """The hash as it is computed."""
        return self.levels[level][nth]

    def kept(self, level: int, nth: int) -> bytes | None:
        """The hash as it was kept."""
        return self.differing.get((level, nth), self.levels[level][nth])

    def borne(self, level: int, nth: int, digest: bytes | None) -> bool:
        """Does what was kept above speak for a hash?"""
        if digest is None:
            return False
        if (level, nth) in self.peaks:
            place = self.peaks.index((level, nth))
            return place < len(self.frontier) and self.frontier[place] == digest
        sibling, above = self.kept(level, nth ^ 1), self.kept(level + 1, nth >> 1)
        if sibling is None or above is None:
            return False
        return above == (merkle.node_hash(sibling, digest) if nth & 1 else merkle.node_hash(digest, sibling))

    def settled(self, level: int, nth: int) -> bytes:
        """The hash as it was when it was kept, as far as that can be told."""
        kept = self.kept(level, nth)
        if (level, nth) not in self.differing or (kept is not None and level == 0 and not self.spoilt(nth)):
            return kept or self.made(level, nth)
        if kept is not None and level and self.borne(level, nth, kept):
            return kept
        if level == 0:
            return self.made(level, nth)
        return merkle.node_hash(self.settled(level - 1, 2 * nth), self.settled(level - 1, 2 * nth + 1))

    def spoilt(self, nth: int) -> bool:
        """Is it the kept hash of a leaf that is wrong, and the entry right?"""
        return self.borne(0, nth, self.made(0, nth)) and not self.borne(0, nth, self.kept(0, nth))


def explain_entries(
    tree: Tree, missing: Sequence[int], behind: Sequence[int], row: Callable[[int], Entry]
) -> Iterator[str]:
    """Sentences about rows.

    Args:
        tree: see there.
        missing: places without a row.
        behind: rows whose place is outside of the ledger.
        row: gives the row at a place.
    """
    gone = set(missing)
    differing = sorted(nth for level, nth in tree.differing if not level and nth not in gone)
    changed = [nth for nth in differing if not tree.spoilt(nth)]
    # Whose entry is not where it should be.
    wanted = {digest: nth for nth in (*changed, *missing) if (digest := tree.kept(0, nth)) is not None}
    origin = dict(_moves([*changed, *behind], wanted, row))  # row to the place where it belongs
    found = set(origin.values())
    yield from _moved(origin)
    strange = [nth for nth in changed if nth not in origin]
    added = [nth for nth in strange if nth in found] + [nth for nth in behind if nth not in origin]
    if added:
        yield f"What stands as {places(sorted(added))} was added."
    for nth in strange:
        if nth not in found:
            yield _changed(tree, row(nth))
    removed = sorted(({*origin} - {*behind} | gone) - found)
    if removed:
        yield f"{_capital(places(removed))} {'was' if len(removed) == 1 else 'were'} removed."
    spoilt = [nth for nth in differing if tree.spoilt(nth)]
    for what, some in (
        ("was changed", [nth for nth in spoilt if tree.kept(0, nth) is not None]),
        ("is missing", [nth for nth in spoilt if tree.kept(0, nth) is None]),
    ):
        if some:
            yield f"The hash in the tree of {places(some)} {what}."


def explain_nodes(tree: Tree) -> Iterator[str]:
    """Sentences about hashes above the leaves that do not follow from those below them, and about the frontier."""
    for level, nth in sorted(tree.differing):
        if not level:
            continue
        kept = tree.kept(level, nth)
        left, right = tree.kept(level - 1, 2 * nth), tree.kept(level - 1, 2 * nth + 1)
        borne = tree.borne(level, nth, kept)
        if kept is not None and left is not None and right is not None:
            if kept == merkle.node_hash(left, right):
                continue  # follows from what is below, where the fault was found
        elif borne:
            continue  # what is below is missing, which was said
        below = f"entries {nth << level} to {((nth + 1) << level) - 1}"
        if kept is None:
            yield f"The hash in the tree of {below} is missing."
        elif borne:
            yield f"Some of {below} were changed together with their own hashes."
        else:
            yield f"The hash in the tree of {below} was changed."
    if len(tree.frontier) != len(tree.peaks) or any(
        found is None or found not in (tree.kept(*peak), tree.made(*peak))
        for found, peak in zip(tree.frontier, tree.peaks, strict=True)
        if tree.kept(*peak) is not None
    ):
        yield "The frontier of the tree was changed."


def places(seqs: Iterable[int]) -> str:
    """Places of entries, in words."""
    parts = ranges(seqs).split()
    word = "entry" if len(parts) == 1 and "-" not in parts[0] else "entries"
    named = [part.replace("-", " to ") for part in parts[:20]]
    return f"{word} {', '.join(named)}{' and more' if len(parts) > 20 else ''}"


def _changed(tree: Tree, entry: Entry) -> str:
    """What of a row was changed, as far as its hash can tell."""
    kept = tree.kept(0, entry.seq)
    if entry.salt is not None and entry.private is not None:
        try:
            mended = replace(entry, sealed=seal(entry.salt, entry.private))
            if merkle.leaf_hash(mended.leaf()) == kept:
                return f"The digest of the private part of entry {entry.seq} was changed."
        except (ValueError, TypeError, AttributeError):
            pass
    return f"Entry {entry.seq} was changed."


def _moves(rows: Sequence[int], wanted: dict[bytes, int], row: Callable[[int], Entry]) -> Iterator[tuple[int, int]]:
    """Rows that are the entry of another place."""
    places_ = sorted(wanted.values())
    for at in rows:
        entry = row(at)
        tried = places_ if len(rows) <= _CLOSELY and len(places_) <= _CLOSELY else [at + step for step in _NEAR]
        for place in tried:
            try:
                if wanted.get(merkle.leaf_hash(replace(entry, seq=place).leaf())) == place:
                    yield at, place
                    break
            except TypeError:
                break


def _moved(origin: dict[int, int]) -> Iterator[str]:
    """Moves, those by the same distance together."""
    steps: dict[int, list[int]] = {}
    for at, place in sorted(origin.items()):
        if origin.get(place) == at:
            if at < place:
                yield f"Entries {at} and {place} were exchanged."
        else:
            steps.setdefault(at - place, []).append(place)
    for step, moved in sorted(steps.items()):
        where = f"{abs(step)} {'place' if abs(step) == 1 else 'places'} {'after' if step > 0 else 'before'} its own"
        yield f"{_capital(places(moved))} {'stands' if len(moved) == 1 else 'each stand'} {where}."


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]


def _levels(leaves: list[bytes]) -> list[list[bytes]]:
    """The complete subtrees over some leaves."""
    levels = [leaves]
    while len(below := levels[-1]) > 1:
        levels.append([merkle.node_hash(below[at], below[at + 1]) for at in range(0, len(below) - 1, 2)])
    return levels
