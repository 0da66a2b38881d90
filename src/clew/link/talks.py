"""What is special about evidence from talks: whose a number is, what is only said, and how rare a sentence is.

The messages of a talk of a few are one group from the start, but a talk is of several people. Their own numbers and
accounts are no sign of another operation, so what no other talk or record shows is not held against them. What is shown
elsewhere counts by role: a number is *own* in adverts, offers and pages, in talks where somebody writes from it who
acts there (pitches, grooms, controls; or whose number it is stands outside of talks), and where such a person names it.
All else, a victim's account in another chat or a number that somebody mentions, is *met*: it ties, but weakly.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from clew.engine.duckdb import Engine
from clew.link.groups import Evidence, Floats, Telling, chains, incidence
from clew.link.rows import RowIndex
from clew.link.ties import MOST_TALKING, Ties
from clew.link.weights import CLASS_OF, CONTACT, TYPES, Weights

_CONVERSATION = TYPES.index("conversation")
_CONTACTS = tuple(t for t, c in zip(TYPES, CLASS_OF, strict=True) if c == CONTACT and t != "conversation")
_PITCHES = ("job-pitch", "offer-abroad", "easy-money")

# Who shows an identifier in a talk: its writer's account or a text; and whether that person acts there.
_SHOWN = f"""
WITH few AS (
    SELECT rid, conversation_id, coalesce(handle, '') AS sender
    FROM conversation_members JOIN conversations USING (conversation_id) JOIN records USING (rid)
    WHERE len(participants) <= {MOST_TALKING}
), act AS (
    SELECT conversation_id, actor FROM stages UNION SELECT conversation_id, controller FROM control
    UNION SELECT conversation_id, sender FROM few JOIN mentions USING (rid)
    WHERE type::VARCHAR = 'wording' AND value IN {_PITCHES}
)
SELECT m.rid, m.type::VARCHAR AS type, m.value, bool_or(m.field::VARCHAR <> 'body') AS account,
       bool_or(a.actor IS NOT NULL) AS acts
FROM few f JOIN mentions m USING (rid)
LEFT JOIN act a ON (a.conversation_id, a.actor) = (f.conversation_id, f.sender)
WHERE m.type::VARCHAR IN {_CONTACTS} GROUP BY ALL
"""
# Of texts that are said in messages: letters that all who say them have in common; a Chinese character is worth three.
_OTHERS = r"[^\x{3040}-\x{30ff}\x{3400}-\x{9fff}\x{ac00}-\x{d7af}]"  # than letters of Chinese, Japanese and Korean
_SAID = rf"""
SELECT template_id AS value, length(words) + 2 * length(regexp_replace(words, '{_OTHERS}', '', 'g')) AS letters
FROM (SELECT template_id, trim(regexp_replace(text, '\{{[a-z_]+\}}', '', 'g')) AS words FROM templates
      WHERE template_id IN (SELECT template_id FROM template_members JOIN records USING (rid) WHERE kind = 'message'))
"""


def plain(evidence: Evidence, weights: Weights) -> Telling:
    """All evidence counts alike."""
    nobody = np.zeros(0, np.int64)
    return Telling(
        evidence.identifiers,
        evidence.kind,
        (nobody, nobody),
        np.zeros(len(evidence.item), np.int32),
        np.array(weights.bonus, np.float64)[evidence.kind],
        np.full(len(evidence.kind), np.inf),
    )


def telling(engine: Engine, index: RowIndex, ties: Ties, evidence: Evidence, weights: Weights) -> Telling:
    """What of the evidence is to be weighed, and how, given who says what in which talk.

    Args:
        engine: has the views that `clew.link.stage.link` reads.
        index: rows of the records.
        ties: as read.
        evidence: made of them.
        weights: parameters of the evidence model.
    """
    usual = plain(evidence, weights)
    of_talk = ties.kind[ties.identifier] == _CONVERSATION
    most = _most_said(engine, ties, weights)
    if not of_talk.any():
        return usual if most is None else _replaced(usual, most=most)
    talk = np.full(len(evidence.item), -1, np.int64)
    talk[ties.row[of_talk]] = ties.identifier[of_talk]
    account, acts = _roles(engine, index, ties)
    code, row = ties.identifier[~of_talk].astype(np.int64), ties.row[~of_talk]
    account, acts = account[~of_talk], acts[~of_talk]
    contact = np.array(CLASS_OF)[ties.kind[code]] == CONTACT
    here = (talk[row] >= 0) & contact
    seen = np.unique(np.stack([code[here], talk[row[here]]]), axis=1)
    talks = np.bincount(seen[0], minlength=len(ties.kind))
    public = np.bincount(code[~here], minlength=len(ties.kind)) > 0
    lone = here & (talks == 1)[code] & ~public[code]
    own = ~here | acts | (account & public[code])
    met = np.bincount(code[~own & ~lone], minlength=len(ties.kind)) > 0
    owned = np.bincount(code[own & ~lone], minlength=len(ties.kind)) > 0
    extra = np.flatnonzero(met & owned)  # held as *met* by all who show them, and as own by some
    bonus = usual.bonus.copy()
    bonus[met & ~owned] = weights.met
    writes = np.bincount(code[here & account], minlength=len(ties.kind)) > 0
    bonus[writes & public] = np.maximum(bonus[writes & public], weights.writes)
    place = np.full(len(ties.kind), -1, np.int64)
    place[extra] = len(ties.kind) + np.arange(len(extra))
    told = ~lone & (own | ~owned[code])
    also = ~lone & (place[code] >= 0)
    first = np.unique(np.stack([code[lone], talk[row[lone]]]), axis=1, return_index=True)[1]
    talking = np.flatnonzero(talk >= 0)
    return Telling(
        incidence(
            np.concatenate([row[told], row[also]]), np.concatenate([code[told], place[code[also]]]), len(evidence.item)
        ),
        np.append(ties.kind, ties.kind[extra]),
        chains(talking, talk[talking]),
        np.bincount(row[lone][first], minlength=len(evidence.item)).astype(np.int32),
        np.append(bonus, np.full(len(extra), weights.met)),
        np.append(usual.most if most is None else most, np.full(len(extra), np.inf)),
    )


def _replaced(usual: Telling, most: Floats) -> Telling:
    return Telling(usual.identifiers, usual.kind, usual.together, usual.others, usual.bonus, most)


def _roles(engine: Engine, index: RowIndex, ties: Ties) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """For each tie whether it is of a talk's writer by account, and whether who shows it acts in the talk."""
    shown = engine.sql(_SHOWN)
    code = ties.codes(shown.column("type").combine_chunks(), shown.column("value").combine_chunks())
    at = index.rows(shown.column("rid").to_numpy().astype(np.uint64))
    place = ties.places(code, at)
    out = []
    for name in ("account", "acts"):
        told = np.zeros(len(ties.row), np.bool_)
        told[place[shown.column(name).to_numpy()]] = True
        out.append(told)
    return out[0], out[1]


def _most_said(engine: Engine, ties: Ties, weights: Weights) -> Floats | None:
    """float64[identifiers], most that each is worth; None where no text is said in messages."""
    of = np.flatnonzero(ties.kind == TYPES.index("template"))
    if not len(of):
        return None
    said = engine.sql(_SAID)
    if not len(said):
        return None
    letters, values = said.column("letters").to_numpy(), said.column("value").combine_chunks()
    code = ties.codes(pa.array(["template"] * len(said)), values)
    most = np.full(len(ties.kind), np.inf)
    worth = np.minimum(weights.saying + letters / weights.letters, weights.said)
    most[code] = np.where(letters < weights.long, worth, np.inf)
    return most
