"""Tables of the reading index for conversations: each numbered, its messages in their order, and what shows in them.

A page of a conversation is a stretch of messages; here they lie together, with their texts, so that a chat of 100,000
messages opens as fast as one of ten. ``nth`` is a message's place in its conversation, from 0: the order of the stage
that read it (`clew.talk.read`).
"""

from __future__ import annotations

from clew.assess.mentions import SURE

TALKS = """
SELECT (row_number() OVER (ORDER BY c.conversation_id) - 1)::UINTEGER AS talk,
    'K' || left(sha256(c.conversation_id), 16) AS key, c.*,
    lower(array_to_string(c.participants, chr(10))) AS people,
    coalesce(k.pairs, 0)::INTEGER AS pairs, coalesce(k.confidence, 0)::FLOAT AS confidence
FROM src.conversations c LEFT JOIN (
    SELECT conversation_id, count(*) AS pairs, max(confidence) AS confidence FROM src.control GROUP BY ALL
) k USING (conversation_id)
ORDER BY talk
"""

SAID = """
WITH placed AS (
    SELECT m.rid, talk,
        (row_number() OVER (PARTITION BY talk ORDER BY posted_at NULLS LAST, file, line, m.rid) - 1)::UINTEGER AS nth
    FROM src.conversation_members m JOIN talks USING (conversation_id) JOIN records r ON r.rid = m.rid
), named AS (
    SELECT talk, native_id, min(nth) AS nth FROM placed JOIN records USING (rid)
    WHERE native_id IS NOT NULL GROUP BY ALL
)
SELECT p.talk, p.nth, r.rid, r.net, r.record_id, r.handle AS sender, r.recipient, r.posted_at AS moment,
    r.posted_offset AS zone, r.title, r.body, r.images, r.extra, n.nth AS answers
FROM placed p JOIN records r USING (rid) LEFT JOIN named n ON n.talk = p.talk
    AND contains(r.extra, '"reply_to"') AND n.native_id = json_extract_string(r.extra, '$.reply_to')
ORDER BY p.talk, p.nth
"""

# Every sense that was read in a message, where it stands; of hints those that something rests on. What is doubtful is
# faint where nothing is found in the talk, as it shows no indicator there (`clew.assess.mentions`).
SIGNS = f"""
WITH counts AS (SELECT unnest(rids) AS rid FROM src.stages UNION SELECT unnest(rids) FROM src.control)
SELECT talk, nth, m.field::VARCHAR AS field, m.start, m."end", m.value AS sense,
    m.type::VARCHAR = 'hint'
        OR (coalesce(m.odds < {SURE}, false) AND NOT (t.danger OR t.pairs > 0 OR len(t.stages) > 0)) AS faint
FROM src.mentions m JOIN (SELECT talk, nth, rid FROM said) s USING (rid) JOIN talks t USING (talk)
WHERE m.type::VARCHAR = 'wording' OR (m.type::VARCHAR = 'hint' AND rid IN (FROM counts))
ORDER BY talk, nth, field, m.start, m."end", sense
"""

_EVIDENCE = """
WITH numbered AS (SELECT row_number() OVER () AS row, * FROM src.{table}),
placed AS (
    SELECT row, list(nth ORDER BY nth) AS places
    FROM (SELECT row, unnest(rids) AS rid FROM numbered) JOIN (SELECT nth, rid FROM said) USING (rid) GROUP BY row
)
SELECT t.talk, {columns}, coalesce(p.places, []) AS places
FROM numbered s JOIN talks t USING (conversation_id) LEFT JOIN placed p USING (row) ORDER BY {order}
"""
TALK_STAGES = _EVIDENCE.format(
    table="stages",
    columns="s.stage, s.actor, s.first_at, s.last_at, s.weight",
    order="t.talk, places[1] NULLS LAST, s.stage, s.actor",
)
TALK_CONTROL = _EVIDENCE.format(
    table="control",
    columns="s.controller, s.controlled, s.confidence, s.reason",
    order="t.talk, s.confidence DESC, s.controller, s.controlled",
)

TALK_NETS = """
SELECT net, talk, count(*) AS messages FROM said WHERE net IS NOT NULL GROUP BY ALL ORDER BY net, talk
"""
