"""The page docs/indicators.md, made from the catalogue: ``python -m clew.assess.document docs/indicators.md``."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from clew.assess.catalogue import PHASES, STRENGTHS, Indicator, catalogue
from clew.assess.explain import ONE_FINDING

_INTRODUCTION = f"""# Indicators

Made from `src/clew/assess/catalogue/` by `python -m clew.assess.document docs/indicators.md`; do not edit.

{ONE_FINDING}

An indicator applies only to the kinds of record that it names. Its points are the most that it can add to a lead's
priority. What it adds is less the more common it is here (its base rate is shown beside it), the weaker it is observed,
the more other findings of the same kind of evidence there are, and the fewer other kinds of evidence confirm it;
`clew.assess.score` says how, and the parts of a lead always sum to its priority. Indicators that outcomes refuted are
shown as context and add nothing.

## How they are known to work
"""

_WORDS = {
    "outcome-tested": "held in a study of adverts whose case outcome was known",
    "research": "supported by published research on real data",
    "expert-list": "named by practitioners; not tested",
    "speculative": "plausible; not tested",
    "refuted": "outcomes contradict it; kept so that nobody adds it again",
}

_FIELDS = """## Fields of a catalogue file

`id`, `name`, `definition`, `phase`, `exploitation`, `record_kinds`, `measure`, `polarity` (raises, lowers,
neutral-context), `strength`, `caution`, `source` and `points` are needed. What is measured also has `subject` (record
or network), `family` (the kind of evidence), `reason`, and `when` (a condition on a mention) or `sql`; a record
indicator `reason_network`; a network indicator `begins` and `full` (the sizes from which it counts, and counts in full)
and `show` (the mention type that its examples point at). What is not measured says why in `not_measured`. The tables
that `sql` may read are listed in `clew.assess.facts`.
"""


def page(indicators: Sequence[Indicator]) -> str:
    """The page for some indicators."""
    parts = [_INTRODUCTION]
    parts += [f"* **{s}**: {_WORDS[s]} ({sum(i.strength == s for i in indicators)})." for s in STRENGTHS]
    parts += [
        "\n## Overview\n",
        "| indicator | phase | on | evidence | polarity | strength | points |",
        "|" + " --- |" * 7,
    ]
    ordered = sorted(indicators, key=lambda i: (PHASES.index(i.phase), i.id))
    for i in ordered:
        on = f"{i.subject} ({', '.join(i.record_kinds)})" if i.measured else "not measured"
        parts.append(
            f"| [{i.id}](#{i.id}) | {i.phase} | {on} | {i.family or '–'} | {i.polarity} | {i.strength} | {i.points:g} |"
        )
    parts += [_entry(i) for i in ordered]
    return "\n".join([*parts, "", _FIELDS])


def _entry(i: Indicator) -> str:
    lines = [
        f"\n## {i.id}\n",
        f"**{i.name}.** {i.definition}\n",
        f"* Measured: {i.measure}" if i.measured else f"* Not measured: {i.not_measured}",
        f"* Exploitation: {', '.join(i.exploitation)}. Records: {', '.join(i.record_kinds)}.",
        f"* Could also be: {i.caution}",
        f"* Strength: {i.strength}. Source: {i.source}.",
    ]
    if i.full > 1 or i.subject == "network":
        lines.append(f"* Counts from {i.begins:g}, in full from {i.full:g}.")
    return "\n".join(lines)


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(page(catalogue()), "utf-8")
