"""The tables that stages read and write: the contract between stages, exports and tests.

Inside the workspace a record is named by ``rid``, the first 64 bits of its digest, so that joins are on
integers; outside (exports, screens) by ``record_id``, 128 bits in hex, of which ``rid`` is the first half.
Every time is in UTC; the zone that the source wrote is kept beside it, in minutes east of UTC (null: none written).
"""

from __future__ import annotations

import pyarrow as pa

from clew.model.traced import MONEY, TRACED

KINDS = ("ad", "job_ad", "page", "message", "payment", "image")

# Mention types that can tie records (identifiers), and those that only describe one (attributes).
IDENTIFIER_TYPES = (
    "phone", "email", "domain", "url", "handle", "wallet", "account", "widget", "company", "image", "template",
    "conversation",
)  # fmt: skip
# Of them those that extractors read in texts; the others come from comparing records, or from where a message stands.
READ_TYPES = tuple(kind for kind in IDENTIFIER_TYPES if kind not in ("image", "template", "conversation"))
ATTRIBUTE_TYPES = ("price", "age", "place", "language", "name", "wording", "hint", "claim", "exif_place", "device")

_TIME = pa.timestamp("us", tz="UTC")
_WORD = pa.dictionary(pa.int32(), pa.string())

RECORDS = pa.schema(
    [
        pa.field("rid", pa.uint64(), nullable=False),
        pa.field("record_id", pa.string(), nullable=False),
        pa.field("item_id", pa.string(), nullable=False),  # same platform and native id: same item
        pa.field("version", pa.int32(), nullable=False),  # 1 for the first state of the item
        pa.field("kind", pa.string(), nullable=False),
        pa.field("source", pa.string(), nullable=False),
        pa.field("platform", pa.string(), nullable=False),
        pa.field("native_id", pa.string()),
        pa.field("url", pa.string()),
        pa.field("title", pa.string()),
        pa.field("body", pa.string()),
        pa.field("contact", pa.string()),  # phone, mail or site columns of the source, as written
        pa.field("place", pa.string()),
        pa.field("price", pa.string()),
        pa.field("handle", pa.string()),  # the author's account name on the platform; the sender of a message
        pa.field("conversation", pa.string()),  # of messages: the source's id of it
        pa.field("recipient", pa.string()),  # of messages to one person
        pa.field("payer", pa.string()),  # of payments: the account as written; the name where no account is given
        pa.field("payee", pa.string()),
        pa.field("amount", MONEY),  # of payments: positive, exact
        pa.field("currency", pa.string()),  # ISO 4217, or the coin
        pa.field("posted_at", _TIME),
        pa.field("posted_offset", pa.int16()),
        pa.field("captured_at", _TIME),
        pa.field("captured_offset", pa.int16()),
        pa.field("images", pa.list_(pa.string())),  # paths, or PDQ hashes as 64 hex digits
        pa.field("extra", pa.string()),  # JSON object of every column that fits no field above
        pa.field("file", pa.string(), nullable=False),
        pa.field("line", pa.int64(), nullable=False),  # 1-based; the ordinal of the row where a format has no lines
    ]
)

CHANGES = pa.schema(  # what differs between two versions of an item, one row a field
    [
        pa.field("item_id", pa.string(), nullable=False),
        pa.field("rid_from", pa.uint64(), nullable=False),
        pa.field("rid_to", pa.uint64(), nullable=False),
        pa.field("field", pa.string(), nullable=False),
        pa.field("old", pa.string()),
        pa.field("new", pa.string()),
    ]
)

QUARANTINE = pa.schema(
    [
        pa.field("file", pa.string(), nullable=False),
        pa.field("line", pa.int64(), nullable=False),
        pa.field("reason", pa.string(), nullable=False),
        pa.field("raw", pa.string()),  # at most the first 2,000 characters, undecodable bytes escaped
    ]
)

MENTIONS = pa.schema(
    [
        pa.field("rid", pa.uint64(), nullable=False),
        pa.field("type", _WORD, nullable=False),
        pa.field("value", pa.string(), nullable=False),
        pa.field("raw", pa.string(), nullable=False),
        pa.field("field", _WORD, nullable=False),  # the column of RECORDS that `start` and `end` count in
        pa.field("start", pa.int32(), nullable=False),  # characters (code points), end exclusive
        pa.field("end", pa.int32(), nullable=False),
        pa.field("obscured", pa.bool_(), nullable=False),
        pa.field("extractor", _WORD, nullable=False),
        pa.field("version", _WORD, nullable=False),
        # Of a sense of a message: natural log-odds that it is meant, from where it is read on; null: not graded.
        pa.field("odds", pa.float32()),
    ]
)

SIGNATURES = pa.schema(  # what template matching needs of one text; see clew.match.signature
    [
        pa.field("rid", pa.uint64(), nullable=False),
        pa.field("bands", pa.binary(64), nullable=False),  # 16 band keys of 32 bits
        pa.field("bitmap", pa.binary(128), nullable=False),  # 1,024-bit sketch of the text's shingles
        pa.field("level", pa.uint8(), nullable=False),  # the sketch holds one of 2^level shingles
        pa.field("shingles", pa.int32(), nullable=False),  # distinct shingles in the text, estimated
    ]
)

TEMPLATES = pa.schema(
    [
        pa.field("template_id", pa.string(), nullable=False),
        pa.field("text", pa.string(), nullable=False),  # constant words and {slot} marks
        pa.field("slots", pa.string(), nullable=False),  # JSON list: name, distinct values, examples
        pa.field("members", pa.int64(), nullable=False),
        pa.field("medoid", pa.uint64(), nullable=False),
    ]
)

TEMPLATE_MEMBERS = pa.schema(
    [pa.field("rid", pa.uint64(), nullable=False), pa.field("template_id", pa.string(), nullable=False)]
)

IMAGE_MEMBERS = pa.schema(  # records that show (nearly) the same picture; image_id is the PDQ hash of its leader
    [pa.field("rid", pa.uint64(), nullable=False), pa.field("image_id", pa.string(), nullable=False)]
)

CONVERSATIONS = pa.schema(
    [
        pa.field("conversation_id", pa.string(), nullable=False),  # as the source names it; see clew.talk
        pa.field("platform", pa.string(), nullable=False),
        pa.field("source", pa.string(), nullable=False),
        pa.field("participants", pa.list_(pa.string()), nullable=False),  # who sent or received, sorted
        pa.field("messages", pa.int64(), nullable=False),
        pa.field("first_at", _TIME),
        pa.field("last_at", _TIME),
        pa.field("stages", pa.list_(pa.string()), nullable=False),  # in the order in which they first appear
        pa.field("danger", pa.bool_(), nullable=False),  # signs of present danger: for a person to look at, at once
        pa.field("danger_reason", pa.string(), nullable=False),  # one sentence; empty without danger
    ]
)

CONVERSATION_MEMBERS = pa.schema(
    [pa.field("rid", pa.uint64(), nullable=False), pa.field("conversation_id", pa.string(), nullable=False)]
)

STAGES = pa.schema(  # what somebody does in a conversation: rapport, debt, threats …
    [
        pa.field("conversation_id", pa.string(), nullable=False),
        pa.field("stage", pa.string(), nullable=False),
        pa.field("actor", pa.string(), nullable=False),
        pa.field("first_at", _TIME),
        pa.field("last_at", _TIME),
        pa.field("weight", pa.float32(), nullable=False),
        pa.field("rids", pa.list_(pa.uint64()), nullable=False),  # the messages that show it, in time order
    ]
)

CONTROL = pa.schema(  # who controls whom, where the messages say so
    [
        pa.field("conversation_id", pa.string(), nullable=False),
        pa.field("controller", pa.string(), nullable=False),
        pa.field("controlled", pa.string(), nullable=False),
        pa.field("confidence", pa.float32(), nullable=False),  # between 0 and 1
        pa.field("reason", pa.string(), nullable=False),  # one sentence
        pa.field("rids", pa.list_(pa.uint64()), nullable=False),  # the messages that show it, in time order
    ]
)

TIES = pa.schema(  # every identifier of every record, once, sorted by type and value: the records of an identifier
    [
        pa.field("type", pa.string(), nullable=False),
        pa.field("value", pa.string(), nullable=False),
        pa.field("rid", pa.uint64(), nullable=False),
    ]
)

IDENTIFIERS = pa.schema(  # of TIES, numbered in their order
    [
        pa.field("identifier", pa.int32(), nullable=False),
        pa.field("type", pa.string(), nullable=False),
        pa.field("value", pa.string(), nullable=False),
        pa.field("records", pa.int32(), nullable=False),
    ]
)

RECORD_IDENTIFIERS = pa.schema(  # TIES in the order of records: the identifiers of a record
    [pa.field("rid", pa.uint64(), nullable=False), pa.field("identifier", pa.int32(), nullable=False)]
)

LINKS = pa.schema(
    [
        pa.field("rid_a", pa.uint64(), nullable=False),
        pa.field("rid_b", pa.uint64(), nullable=False),
        pa.field("weight", pa.float32(), nullable=False),  # bits of evidence for "same operation"
        pa.field("evidence", pa.string(), nullable=False),  # JSON list of {type, value, bits}
        pa.field("state", pa.string(), nullable=False),  # none, accepted, rejected
    ]
)

NETWORKS = pa.schema(
    [
        pa.field("network_id", pa.string(), nullable=False),
        pa.field("records", pa.int64(), nullable=False),
        pa.field("first_seen", _TIME),
        pa.field("last_seen", _TIME),
        pa.field("phones", pa.int64(), nullable=False),
        pa.field("templates", pa.int64(), nullable=False),
        pa.field("places", pa.int64(), nullable=False),
        pa.field("platforms", pa.int64(), nullable=False),
    ]
)

NETWORK_MEMBERS = pa.schema(
    [pa.field("rid", pa.uint64(), nullable=False), pa.field("network_id", pa.string(), nullable=False)]
)

ANCHORS = pa.schema(  # a network's id stays with the network that holds this record
    [
        pa.field("network_id", pa.string(), nullable=False),
        pa.field("rid", pa.uint64(), nullable=False),
        pa.field("records", pa.int64(), nullable=False),
        pa.field("merged_into", pa.string()),  # null while the network lives
    ]
)

DECISIONS = pa.schema(  # what analysts said of links; the newest row about a pair holds
    [
        pa.field("record_a", pa.string(), nullable=False),
        pa.field("record_b", pa.string(), nullable=False),
        pa.field("state", pa.string(), nullable=False),  # accepted, rejected, none
        pa.field("why", pa.string(), nullable=False),
        pa.field("who", pa.string(), nullable=False),
        pa.field("at", _TIME, nullable=False),
    ]
)

LABELS = pa.schema(  # whose accounts are, by lists that people gave; of a source the newest row about an account holds
    [
        pa.field("value", pa.string(), nullable=False),  # the account, named as in payments: ``type:value``
        pa.field("written", pa.string(), nullable=False),  # as the list has it
        pa.field("label", pa.string(), nullable=False),
        pa.field("category", pa.string(), nullable=False),  # mixer, exchange, gambling, advert, shop, own, other …
        pa.field("note", pa.string(), nullable=False),
        pa.field("source", pa.string(), nullable=False),  # which list
        pa.field("state", pa.string(), nullable=False),  # given, removed
        pa.field("who", pa.string(), nullable=False),
        pa.field("at", _TIME, nullable=False),
    ]
)

PRICES = pa.schema(  # what platforms ask for, by lists that people gave; of a source the newest list holds
    [
        pa.field("platform", pa.string(), nullable=False),  # as the list has it
        pa.field("what", pa.string(), nullable=False),  # posting, renewal, top place …; "" where the list says nothing
        pa.field("amount", MONEY, nullable=False),
        pa.field("currency", pa.string(), nullable=False),
        pa.field("valid_from", pa.date32()),  # first and last day
        pa.field("valid_until", pa.date32()),
        pa.field("source", pa.string(), nullable=False),  # which list
        pa.field("state", pa.string(), nullable=False),  # given, removed
        pa.field("who", pa.string(), nullable=False),
        pa.field("at", _TIME, nullable=False),  # of all rows of a list the same
    ]
)

NETWORK_EVENTS = pa.schema(
    [
        pa.field("event", pa.string(), nullable=False),  # merged (network_id went into other_id), split (from other_id)
        pa.field("network_id", pa.string(), nullable=False),
        pa.field("other_id", pa.string()),
    ]
)

FINDINGS = pa.schema(
    [
        pa.field("finding_id", pa.string(), nullable=False),
        pa.field("indicator", pa.string(), nullable=False),
        pa.field("subject_kind", pa.string(), nullable=False),  # record or network
        pa.field("subject", pa.string(), nullable=False),  # record_id or network_id
        pa.field("points", pa.float32(), nullable=False),  # its part of the priority; 0 for context
        pa.field("evidence", pa.string(), nullable=False),  # JSON list of {record_id, field, start, end, raw} or counts
        pa.field("reason", pa.string(), nullable=False),  # one sentence
    ]
)

LEADS = pa.schema(
    [
        pa.field("network_id", pa.string(), nullable=False),
        pa.field("rank", pa.int64(), nullable=False),
        pa.field("priority", pa.float64(), nullable=False),
        pa.field("reasons", pa.string(), nullable=False),  # JSON list: indicator, points, sentence, base_rate, caution
    ]
)

RECORD_SCORES = pa.schema(
    [pa.field("rid", pa.uint64(), nullable=False), pa.field("priority", pa.float64(), nullable=False)]
)

# Every table of a workspace, by the name it has in SQL.
TABLES = {
    "records": RECORDS,
    "changes": CHANGES,
    "quarantine": QUARANTINE,
    "mentions": MENTIONS,
    "signatures": SIGNATURES,
    "templates": TEMPLATES,
    "template_members": TEMPLATE_MEMBERS,
    "image_members": IMAGE_MEMBERS,
    "conversations": CONVERSATIONS,
    "conversation_members": CONVERSATION_MEMBERS,
    "stages": STAGES,
    "control": CONTROL,
    "ties": TIES,
    "identifiers": IDENTIFIERS,
    "record_identifiers": RECORD_IDENTIFIERS,
    "links": LINKS,
    "networks": NETWORKS,
    "network_members": NETWORK_MEMBERS,
    "anchors": ANCHORS,
    "decisions": DECISIONS,
    "labels": LABELS,
    "prices": PRICES,
    "network_events": NETWORK_EVENTS,
    **TRACED,
    "findings": FINDINGS,
    "leads": LEADS,
    "record_scores": RECORD_SCORES,
}
