"""Who does what in the chats, as their truth has it: so that money follows what is said."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq

_BY_PHONE = {"whatsapp", "sms", "signal"}
# What somebody writes makes them this in the conversation.
_ROLES = {
    "rules-fines": "enforcer", "threat-family": "enforcer", "threat-publish": "enforcer", "threat-harm": "enforcer",
    "location-demand": "enforcer", "documents-held": "enforcer", "earnings-demand": "collector",
    "job-pitch": "recruiter", "promise": "recruiter", "fee": "recruiter", "rapport": "groomer", "gift": "groomer",
    "isolation": "groomer", "image-request": "groomer",
}  # fmt: skip


@dataclass(frozen=True)
class Line:
    """Somebody's part in one conversation.

    Attributes:
        actor: the sender as an identifier, ``phone:+31...`` or ``handle:telegram:...``.
        role: of `ROLES`.
        messages: how many show it.
    """

    actor: str
    role: str
    messages: int


Spoken = dict[str, list[Line]]


def actor_node(platform: str, sender: str) -> str:
    """A sender as an identifier."""
    return f"phone:{sender}" if platform in _BY_PHONE else f"handle:{platform}:{sender}"


def read_spoken(part: Path) -> Spoken:
    """Parts in conversations by operation, in order of conversation; empty where there are no chats."""
    truth = part / "truth"
    if not (truth / "conversations.parquet").is_file():
        return {}
    found: Spoken = defaultdict(list)
    talks = {row["conversation"]: row for row in pq.read_table(truth / "conversations.parquet").to_pylist()}
    counts: dict[tuple[str, str, str], int] = {}
    for name, column in (("stages", "stage"), ("acts", "act")):
        for row in pq.read_table(truth / f"{name}.parquet").to_pylist():
            talk = talks[row["conversation"]]
            role = _ROLES.get(row[column])
            honest = talk["controlled"] == row["actor"] or not talk["exploitation"]
            if role and not honest:
                key = (row["conversation"], row["actor"], role)
                counts[key] = counts.get(key, 0) + len(row["native_ids"])
    for (conversation, actor, role), messages in counts.items():
        talk = talks[conversation]
        if talk["operation"]:
            found[talk["operation"]].append(Line(actor_node(talk["platform"], actor), role, messages))
    for talk in talks.values():
        if talk["operation"] and talk["controlled"]:
            node = actor_node(talk["platform"], talk["controlled"])
            found[talk["operation"]].append(Line(node, "exploited", int(talk["messages"]) // 2))
    return dict(found)


def spoken_in(spoken: Spoken, operation: str) -> list[Line]:
    """Parts in the conversations of an operation."""
    return spoken.get(operation, [])
