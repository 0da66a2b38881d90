"""What is said in a conversation, in which order and by whom: sections of the bank, not yet sentences.

Person 0 is the one who controls or recruits, or who has most to ask; person 1 the other. In groups there are more.
"""

from __future__ import annotations

from random import Random

from clew.simulate.recruitment.knobs import Recruiting

# One thing said: who, and the section of the bank. Who is -1 for a break of hours or days.
Step = tuple[int, str]
BREAK: Step = (-1, "")
# Before a section: the sentence is pasted, the same to all.
PASTED = "pasted-"

# Ways from the first word to control, by how they begin; the order is that of accounts of grooming (UNODC; OSCE 2022).
ROUTES: dict[str, tuple[str, ...]] = {
    "love": (
        "rapport",
        "gift",
        "isolation",
        "move-private",
        "image-request",
        "debt",
        "location-demand",
        "rules-fines",
        "earnings-demand",
        "documents-held",
        "threat-publish",
        "threat-family",
    ),
    "work": (
        "job-pitch",
        "promise",
        "move-private",
        "documents-held",
        "debt",
        "rules-fines",
        "location-demand",
        "earnings-demand",
        "isolation",
        "threat-family",
    ),
    "pressure": (
        "rapport",
        "move-private",
        "image-request",
        "threat-publish",
        "earnings-demand",
        "location-demand",
        "threat-family",
    ),
}
# Which way leads to which form (assumed).
_WAYS = {
    "sexual": ("love", "love", "work", "pressure"),
    "marriage": ("love", "work"),
    "criminality": ("work", "pressure", "love"),
}
# What the first pitch is about where a form has words of its own.
PITCH = {
    "criminality": ("errand", "lending", "job-pitch"),
    "begging": ("quota", "job-pitch"),
    "organ": ("organ",),
    "adoption": ("adoption", "surrogacy"),
    "marriage": ("marriage", "job-pitch"),
}
# How the other answers, by what was said.
_ANSWERS = {
    "rapport": ("small", "small", "answer", "reply"),
    "gift": ("reply", "small"),
    "isolation": ("answer", "reply", "small"),
    "job-pitch": ("job-seek", "reply", "answer"),
    "promise": ("reply", "answer"),
    "move-private": ("reply", "answer"),
    "image-request": ("answer", "plea", "reply"),
    "debt": ("answer", "plea", "earnings-report"),
    "location-demand": ("check-in", "check-in", "answer"),
    "rules-fines": ("answer", "plea", "answer"),
    "earnings-demand": ("earnings-report", "earnings-report", "plea", "answer"),
    "documents-held": ("plea", "answer"),
    "threat-publish": ("plea", "quote", "answer"),
    "threat-family": ("plea", "quote", "answer"),
    "threat-harm": ("plea", "quote"),
    "confinement": ("plea", "answer"),
}
# A day under control: what is demanded, and how often (assumed).
_DAILY = (
    ("location-demand", 0.9),
    ("rules-fines", 0.7),
    ("earnings-demand", 0.95),
    ("documents-held", 0.4),
    ("debt", 0.5),
    ("isolation", 0.35),
    ("threat-family", 0.35),
    ("threat-publish", 0.2),
    ("threat-harm", 0.25),
    ("confinement", 0.25),
)
# Both sides of these say the same kind of thing; of the others person 1 only answers.
_EVEN = {"family", "couple", "friends", "school", "sport"}
GROUPS = {"school", "sport"}


def plan(kind: str, form: str, knobs: Recruiting, draw: Random) -> list[Step]:
    """The steps of a conversation.

    Args:
        kind: of `Recruiting.kinds`.
        form: of exploitation; "" in ordinary conversations.
        knobs: parameters.
        draw: of this conversation.
    """
    if kind == "grooming":
        return _grooming(form, knobs, draw)
    if kind == "control":
        return _control(draw)
    if kind == "passive":
        return _passive(form, draw)
    if kind == "recruiter":
        return _recruiter(draw)
    return _ordinary(kind, draw)


def _pick(options: tuple[str, ...], draw: Random) -> str:
    return options[int(draw.random() * len(options))]


def _grooming(form: str, knobs: Recruiting, draw: Random) -> list[Step]:
    chance = draw.random
    way = _pick(_WAYS.get(form, ("work",)), draw)
    stages = [stage for stage in ROUTES[way] if chance() < knobs.keeps_stage]
    for at in range(len(stages) - 1):
        if chance() < knobs.swaps_stage:
            stages[at], stages[at + 1] = stages[at + 1], stages[at]
    # A conversation is seen as far as it went when the phone was taken.
    stages = stages[: max(2, round(len(stages) * (0.35 + 0.65 * chance())))]
    steps = _opening(draw)
    for stage in stages:
        section = _pick(PITCH[form], draw) if stage == "job-pitch" and form in PITCH else stage
        steps += _stage(section, draw)
        if chance() < 0.4:
            steps += _chatter(1 + int(chance() * 3), draw)
        if chance() < 0.5:
            steps.append(BREAK)
    if "threat-family" in stages and chance() < 0.4:
        steps += _stage(_pick(("threat-harm", "confinement"), draw), draw)
    return steps


def _opening(draw: Random) -> list[Step]:
    """Either of the two may write first."""
    first = int(draw.random() < 0.4)
    return [(first, "small"), (1 - first, "reply"), *_chatter(int(draw.random() * 3), draw)]


def _stage(stage: str, draw: Random) -> list[Step]:
    """One stage: said one to three times, with answers between."""
    chance = draw.random
    steps: list[Step] = []
    for _ in range(1 + int(chance() ** 1.5 * 3)):
        steps.append((0, stage))
        if chance() < 0.75:
            steps.append((1, _pick(_ANSWERS.get(stage, ("reply", "answer")), draw)))
        if chance() < 0.2:
            steps.append((0, _pick(("small", "reply"), draw)))
    return steps


def _control(draw: Random) -> list[Step]:
    """Days under control: demands, reports, now and then a plea; the controlled person often writes first."""
    chance = draw.random
    usual = [stage for stage, rate in _DAILY if chance() < rate] or ["earnings-demand"]
    steps: list[Step] = []
    for _ in range(2 + int(chance() * 5)):
        if chance() < 0.5:
            steps.append((1, _pick(("check-in", "earnings-report", "small", "answer"), draw)))
        for stage in usual:
            if chance() < 0.5:
                steps += _stage(stage, draw)[: 2 if chance() < 0.7 else 4]
        if chance() < 0.3:
            steps += _chatter(1 + int(chance() * 2), draw)
        steps.append(BREAK)
    if all(who != 0 for who, _ in steps):
        steps += _stage(usual[0], draw)
    return steps


def _passive(form: str, draw: Random) -> list[Step]:
    """Somebody looks for work or help; an account that answers many pastes its pitch."""
    chance = draw.random
    pitch = _pick(PITCH.get(form, ("job-pitch",)), draw)
    steps: list[Step] = [(1, "job-seek")] if chance() < 0.6 else []
    steps.append((0, PASTED + pitch))
    steps.append((1, _pick(("reply", "job-seek", "small"), draw)))
    for section, rate in (
        ("promise", 0.9),
        ("fee", 0.65),
        ("move-private", 0.7),
        ("documents-held", 0.2),
        ("debt", 0.2),
    ):
        if chance() < rate:
            steps += [(0, section), (1, _pick(("reply", "answer"), draw))]
        if chance() < 0.15:
            steps.append(BREAK)
    if chance() < 0.3:
        steps.append((0, "promise"))
    return steps


def _recruiter(draw: Random) -> list[Step]:
    """A lawful recruiter: also answers many, also with one text."""
    chance = draw.random
    steps: list[Step] = [(1, "job-seek")] if chance() < 0.5 else []
    steps.append((0, PASTED + "recruiter"))
    for _ in range(2 + int(chance() * 5)):
        steps.append((1, _pick(("reply", "small", "job-seek"), draw)))
        steps.append((0, "recruiter" if chance() < 0.8 else "small"))
        if chance() < 0.2:
            steps.append(BREAK)
    return steps


def _chatter(count: int, draw: Random) -> list[Step]:
    """Everyday words between two."""
    return [(int(draw.random() * 2), _pick(("small", "small", "reply"), draw)) for _ in range(count)]


def _ordinary(kind: str, draw: Random) -> list[Step]:
    """A conversation in which nobody is exploited, however it may sound."""
    chance = draw.random
    members = 3 + int(chance() * 6) if kind in GROUPS or (kind == "work" and chance() < 0.3) else 2
    steps: list[Step] = []
    for _ in range(1 + int(chance() * 5)):
        for _ in range(2 + int(chance() * 5)):
            who = int(chance() * members) if kind in _EVEN else int(chance() < 0.35)
            topic = kind if (who == 0 or kind in _EVEN) and chance() < 0.6 else "small"
            steps.append((who, topic))
            if chance() < 0.7:
                other = (who + 1 + int(chance() * (members - 1))) % members
                steps.append((other, _pick(("reply", "reply", "small"), draw)))
        steps.append(BREAK)
    return steps
