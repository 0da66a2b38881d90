"""The page docs/lexicons.md: which languages have phrases, how many, and who has reviewed them.

Made by ``python -m clew.extract.lexicons docs/lexicons.md``.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from clew.extract._meaning_lexicon import ANY, Lexicon, kinds, lexicons
from clew.extract._meaning_rules import Rule, rules
from clew.extract.wording import Entry as Phrase
from clew.extract.wording import lexicon

NAMES = {
    "any": "every language", "ar": "Arabic", "bg": "Bulgarian", "cs": "Czech", "da": "Danish", "de": "German",
    "el": "Greek", "en": "English", "es": "Spanish", "fr": "French", "hr": "Croatian", "hu": "Hungarian",
    "it": "Italian", "lt": "Lithuanian", "nl": "Dutch", "pl": "Polish", "pt": "Portuguese", "ro": "Romanian",
    "ru": "Russian", "sk": "Slovak", "sq": "Albanian", "sr": "Serbian", "sv": "Swedish", "tr": "Turkish",
    "uk": "Ukrainian", "vi": "Vietnamese", "zh": "Chinese",
}  # fmt: skip

_NOT_YET = "not yet"
_INTRODUCTION = """# Lexicons

Made from `src/clew/extract/data/` by `python -m clew.extract.lexicons docs/lexicons.md`; do not edit.

What texts say is found with words and phrases in data files, so that somebody who speaks the language can review and
mend them without reading code. A file names its language, and who reviewed it when. "Not yet" means what it says: the
phrases were written by the authors of Clew, partly with the help of machines, and no native speaker has confirmed them.
A finding in such a language asks for a reader of it before anything rests on it.

To review a file: read `data/meaning/classes.toml`, which says what belongs in each class and sense; strike what is
wrong, add what people write, give a doubtful word a weight below 1 and a note; then put your name and the date in
`reviewed_by` and `reviewed_on`.
"""

_MEANING = """## Offers, pages and messages (`data/meaning`)

Words are sorted into {classes} classes; {rules} rules, the same for all languages, say which classes within a few words
make one of {senses} senses. Phrases that say a sense by themselves are listed too.

| language | file | words | phrases | classes filled | reviewed by | on |
| --- | --- | --- | --- | --- | --- | --- |"""

_WORDING = """
## Adverts (`data/wording`)

| language | file | phrases | senses | reviewed by |
| --- | --- | --- | --- | --- |"""

_SENSES = """
## Senses of offers, pages and messages

| sense | says that | rules |
| --- | --- | --- |"""


def _meaning_row(lexicon: Lexicon) -> str:
    words = [e for e in lexicon.entries if not e.sense]
    phrases = len(lexicon.entries) - len(words)
    held = len({e.kind for e in words} - kinds().shared)
    code = lexicon.language
    wanted = "–" if code == ANY else f"{held} of {len(kinds().words) - len(kinds().made) - len(kinds().shared)}"
    by, on = lexicon.reviewed_by or _NOT_YET, lexicon.reviewed_on or "–"
    return f"| {NAMES.get(code, code)} | `{code}.toml` | {len(words)} | {phrases} | {wanted} | {by} | {on} |"


def page(files: Sequence[Lexicon], phrases: Sequence[Phrase], said: Sequence[Rule]) -> str:
    """The page for some lexicons and rules."""
    counts = {"classes": len(kinds().words), "rules": len(said), "senses": len(kinds().senses)}
    lines = [_INTRODUCTION, _MEANING.format(**counts)]
    lines += [_meaning_row(f) for f in files]
    lines.append(_WORDING)
    for code in sorted({p.language for p in phrases}):
        own = [p for p in phrases if p.language == code]
        senses = len({p.sense for p in own})
        lines.append(f"| {NAMES.get(code, code)} | `{code}.toml` | {len(own)} | {senses} | {_NOT_YET} |")
    lines.append(_SENSES)
    used = Counter(r.sense for r in said)
    lines += [f"| {sense} | {text} | {used[sense]} |" for sense, text in kinds().senses.items()]
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(page(lexicons(), lexicon(), rules()), "utf-8")
