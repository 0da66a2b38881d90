"""What each sense of a message speaks for, and how strongly: the weights of the talk stage, set by reason.

None of these numbers was fitted to data; each follows from how ordinary it is to write such a thing. They are explained
in docs/methods-conversations.md.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

# How strongly one message shows that more than ordinary talk goes on; a stage counts from `COUNTS` on.
_MILD = 0.5  # written in ordinary life, too: a compliment, a fine for being late, "where are you now, at once!"
_STRONG = 0.65  # seldom, and then with a plain reason
_GRAVE = 1.0  # a threat
COUNTS = 1.0
BESIDE_STRONG = 0.55  # share of what another strong or grave sign of the same person adds: two strong ones count
BESIDE_MILD = 0.5  # of one message of a mild one: three sorts count, two do not, however often
BESIDE_ORDINARY = 0.15  # of a mild one that goes with a job or with care: a manager gives several such orders
RECIPROCAL = 0.75  # of what each other person does likewise is not counted: a couple asks each other for pictures
_ACCIDENT = 0.5  # messages of a long talk that may say what is usual before any is taken off

ORDER, FORCE, ANSWER, NEAR = range(4)


@dataclass(frozen=True)
class Sense:
    """A sense of the extractor ``meaning`` that is looked at here.

    Attributes:
        name: the value of the mention.
        role: `ORDER` (something is demanded), `FORCE` (somebody is held or threatened), `ANSWER` (of one who obeys or
            pleads), `NEAR` (somebody is drawn in: closeness, an offer).
        strength: of one message, for stages.
        usual: share of the messages of ordinary talk that say it; so many are not counted.
        odds: natural log-odds that one message adds to "controls" or, of an answer, to "is controlled by": half the
            logarithm of how many times more often we think it stands in such talk than in ordinary talk; half, because
            signs come together also where nobody is controlled.
        ordinary: whether people who control nobody (managers, parents, carers) give and answer such orders too.
        stage: whether it is a stage of its own.
    """

    name: str
    role: int
    strength: float
    usual: float
    odds: float
    ordinary: bool = False
    stage: bool = True


SENSES = (  # a threat of violence is mostly a joke: "I'll kill you if you are late"
    Sense("rapport", NEAR, _MILD, 0.05, 0.4),
    Sense("gift", NEAR, _MILD, 0.005, 0.4),
    Sense("move-private", NEAR, _MILD, 0.005, 0.8),
    Sense("image-request", ORDER, _MILD, 0.005, 0.8),
    Sense("location-demand", ORDER, _MILD, 0.01, 1.2, ordinary=True),
    Sense("rules-fines", ORDER, _MILD, 0.002, 1.5, ordinary=True),
    Sense("earnings-demand", ORDER, _MILD, 0.002, 1.4, ordinary=True),
    Sense("debt", ORDER, _MILD, 0.005, 1.3),
    Sense("isolation", FORCE, _STRONG, 0.001, 1.4),
    Sense("documents-held", FORCE, _STRONG, 0.001, 2.5),
    Sense("threat-publish", FORCE, _GRAVE, 0.0, 2.5),
    Sense("threat-family", FORCE, _GRAVE, 0.0, 2.5),
    Sense("threat-harm", FORCE, _MILD, 0.0, 1.8, stage=False),
    Sense("confinement", FORCE, _STRONG, 0.0, 2.0, stage=False),
    Sense("begging-quota", ORDER, _STRONG, 0.001, 1.5, stage=False),
    Sense("drug-errand", ORDER, _MILD, 0.002, 1.0, stage=False),
    Sense("account-lending", ORDER, _MILD, 0.002, 0.7, stage=False),
    Sense("job-pitch", NEAR, _MILD, 0.02, 0.6, stage=False),
    Sense("promise", NEAR, _MILD, 0.01, 0.6, stage=False),
    Sense("fee-upfront", NEAR, _MILD, 0.002, 0.0, stage=False),
    Sense("documents-handover", NEAR, _MILD, 0.002, 0.0, stage=False),
    Sense("employer-vague", NEAR, _MILD, 0.002, 0.0, stage=False),
    Sense("targets-young-women", NEAR, _MILD, 0.002, 0.0, stage=False),
    Sense("plea", ANSWER, _STRONG, 0.002, 1.4, stage=False),
    Sense("earnings-report", ANSWER, _MILD, 0.005, 1.0, ordinary=True, stage=False),
    Sense("check-in", ANSWER, _MILD, 0.01, 0.7, ordinary=True, stage=False),
)
NAMES = tuple(sense.name for sense in SENSES)

# Control: the log-odds before anything is read (one pair of talkers in ninety), and what is added or held back.
PRIOR = -4.5
ORDINARY_MOST = 3.0  # all that is ordinary between a manager and staff, or a parent and child, together
ORDINARY_BOTH = 4.0  # the same where money and place are both demanded, as managers and parents seldom do
DRAWN_MOST = 2.0  # all that draws somebody in: it says nothing of control without an order or a threat
OBEYED = 0.5  # a demand of one sort that is also answered: location and check-in, earnings and report
PROMPT = 0.5  # the one answers at once, the other when it suits
ELSEWHERE = 2.0  # the same account surely controls somebody in another talk: few people do, and seldom one alone
LEAST = 0.5  # confidence of a row
MOST = 0.99  # nothing that rests on words alone is sure
TOLD = 0.2  # what a quoted or retold message counts for

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


def codes(*names: str) -> Ints:
    """The positions of senses in `SENSES`."""
    return np.array([NAMES.index(name) for name in names], np.int64)


def column(attribute: str) -> Floats:
    """One attribute of all senses, as numbers."""
    return np.array([float(getattr(sense, attribute)) for sense in SENSES])


def having(role: int) -> Flags:
    """Which senses have a role."""
    return np.array([sense.role == role for sense in SENSES])


# Praise and presents: they are no likelier beside orders and threats than elsewhere.
CLOSE = np.isin(NAMES, ("rapport", "gift"))


def hard() -> Flags:
    """Orders and threats that somebody who helps would not utter; "where are you?" a helper asks first."""
    demands: Flags = (having(ORDER) | having(FORCE)) & (np.array(NAMES) != "location-demand")
    return demands


def unusual(said: Floats, sent: Floats | Ints, usual: Floats) -> Floats:
    """How many of the messages that say something are more than usual in a talk of that length."""
    return said - np.maximum(usual * sent - _ACCIDENT, 0.0)


def repeated(messages: Floats) -> Floats:
    """What several messages of one sense are worth, in messages: the second adds a third, all together a half.

    Repetition shows that it was meant; a hundred times is not a hundred reasons, for one habit or one misreading of a
    phrase makes them all.
    """
    worth: Floats = 1.5 * (1.0 - 3.0 ** -np.maximum(messages, 0.0))
    return worth
