"""The SQL of `messages.held`, where messages wait or are stuck.

The rule to know: bodies go in and come out sealed; no statement here looks into one.
"""

HOLD = """
INSERT INTO messages.held AS h (
    shop,
    message_id,
    digest,
    outcome,
    code,
    reason,
    type,
    subject,
    stream,
    body,
    body_bytes,
    received_at,
    last_seen_at,
    times_seen
)
SELECT
    n.shop,
    n.message_id,
    n.digest,
    n.outcome,
    n.code,
    n.reason,
    n.type,
    n.subject,
    n.stream,
    n.body,
    n.body_bytes,
    %b,
    %b,
    1
FROM unnest(
    %b::text[],
    %b::text[],
    %b::bytea[],
    %b::text[],
    %b::text[],
    %b::text[],
    %b::text[],
    %b::text[],
    %b::text[],
    %b::bytea[],
    %b::integer[]
) AS n (
    shop,
    message_id,
    digest,
    outcome,
    code,
    reason,
    type,
    subject,
    stream,
    body,
    body_bytes
)
ON CONFLICT ON CONSTRAINT held_message_key DO UPDATE SET
    outcome = excluded.outcome,
    code = excluded.code,
    reason = excluded.reason,
    last_seen_at = excluded.last_seen_at,
    times_seen = h.times_seen + 1
"""

JUDGE_AGAIN = """
UPDATE messages.held AS h SET
    outcome = n.outcome,
    code = n.code,
    reason = n.reason
FROM unnest(%b::bigint[], %b::text[], %b::text[], %b::text[])
    AS n (held_id, outcome, code, reason)
WHERE h.held_id = n.held_id
AND (h.outcome, h.code, h.reason) IS DISTINCT FROM (n.outcome, n.code, n.reason)
"""

RELEASE = """
DELETE FROM messages.held
WHERE held_id = ANY (%b::bigint[])
"""

OF_STREAMS = """
(
    SELECT
        held_id,
        shop,
        message_id,
        digest,
        subject,
        body,
        outcome
    FROM messages.held
    WHERE stream = ANY (%b::text[])
    AND outcome = 'parked'
    ORDER BY held_id
    LIMIT %b
)
UNION ALL
(
    SELECT
        held_id,
        shop,
        message_id,
        digest,
        '',
        '',
        outcome
    FROM messages.held
    WHERE stream = ANY (%b::text[])
    AND outcome = 'quarantined'
    ORDER BY held_id
    LIMIT %b
)
"""

PARKED_AFTER = """
SELECT
    held_id,
    shop,
    message_id,
    subject,
    body
FROM messages.held
WHERE outcome = 'parked'
AND held_id > %b
ORDER BY held_id
LIMIT %b
"""

BY_ID = """
SELECT
    held_id,
    shop,
    message_id,
    subject,
    body
FROM messages.held
WHERE held_id = ANY (%b::bigint[])
AND body_bytes <= %b
ORDER BY held_id
"""

BODY = """
SELECT
    shop,
    message_id,
    body
FROM messages.held
WHERE held_id = %b
"""
