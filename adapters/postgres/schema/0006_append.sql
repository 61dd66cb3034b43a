-- The one way to append: one statement, one lock, an answer for each request.

CREATE TYPE journal.appended AS (
    is_fenced boolean,
    statuses text[],
    positions bigint[]
);
COMMENT ON TYPE journal.appended IS 'What became of each request, and the position of its last event';

-- Says of each request, in order: fits, conflict, known or contradicted.
CREATE FUNCTION journal.judge(
    streams text[],
    expected_versions bigint[],
    inbox_requests integer[],
    inbox_shops text[],
    inbox_message_ids text[],
    inbox_digests bytea[]
) RETURNS text[]
LANGUAGE sql
STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    WITH known AS (
        SELECT n.request, bool_and(i.digest = n.digest) AS is_same
        FROM unnest(inbox_requests, inbox_shops, inbox_message_ids, inbox_digests)
            AS n (request, shop, message_id, digest)
        JOIN journal.inbox AS i ON i.shop = n.shop AND i.message_id = n.message_id
        GROUP BY n.request
    )
    SELECT coalesce(array_agg(
        CASE
            WHEN known.is_same THEN 'known'
            WHEN NOT known.is_same THEN 'contradicted'
            -- An empty stream may begin at version 1, or at 0 as the library's own cases do.
            WHEN coalesce(head.version, least(r.expected_version, 0)) = r.expected_version THEN 'fits'
            ELSE 'conflict'
        END
        ORDER BY r.request
    ), '{}')
    FROM unnest(streams, expected_versions) WITH ORDINALITY
        AS r (stream, expected_version, request)
    LEFT JOIN LATERAL (
        SELECT e.version FROM journal.events AS e
        WHERE e.stream = r.stream ORDER BY e.version DESC LIMIT 1
    ) AS head ON true
    LEFT JOIN known ON known.request = r.request
$$;

-- The position of the last event of each request whose very events stand already, else NULL.
CREATE FUNCTION journal.find_resent(
    streams text[],
    expected_versions bigint[],
    counts integer[],
    event_ids uuid[]
) RETURNS bigint[]
LANGUAGE sql
STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    WITH requests AS (
        SELECT r.*, sum(r.size) OVER (ORDER BY r.request) - r.size AS events_before
        FROM unnest(streams, expected_versions, counts) WITH ORDINALITY
            AS r (stream, expected_version, size, request)
    )
    SELECT array_agg(
        CASE WHEN r.size > 0 AND standing.size = r.size THEN standing.position END
        ORDER BY r.request
    )
    FROM requests AS r
    CROSS JOIN LATERAL (
        SELECT count(*) AS size, max(e.position) AS position
        FROM generate_series(1, r.size) AS n
        JOIN journal.events AS e
            ON e.stream = r.stream
            AND e.version = r.expected_version + n
            AND e.event_id = event_ids[r.events_before + n]
    ) AS standing
$$;

-- The statuses, with 'resent' for each known request of no events whose inbox entries all stand.
-- A follower's batch is its own, so what it knows already it has sent before.
CREATE FUNCTION journal.find_noted(
    statuses text[],
    streams text[],
    counts integer[],
    inbox_requests integer[],
    inbox_shops text[],
    inbox_message_ids text[]
) RETURNS text[]
LANGUAGE sql
STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT array_agg(
        CASE WHEN r.status = 'known' AND r.size = 0 AND NOT EXISTS (
            SELECT FROM unnest(inbox_requests, inbox_shops, inbox_message_ids)
                AS n (request, shop, message_id)
            LEFT JOIN journal.inbox AS i
                ON i.shop = n.shop AND i.message_id = n.message_id AND i.stream = r.stream
            WHERE n.request = r.request AND i.message_id IS NULL
        ) THEN 'resent' ELSE r.status END
        ORDER BY r.request
    )
    FROM unnest(statuses, streams, counts) WITH ORDINALITY AS r (status, stream, size, request)
$$;

-- One row per event, in order: where it goes.
CREATE FUNCTION journal.expand(
    streams text[],
    expected_versions bigint[],
    counts integer[],
    positions bigint[],
    statuses text[]
) RETURNS TABLE (ordinal bigint, status text, stream text, version bigint, event_position bigint)
LANGUAGE sql
IMMUTABLE
AS $$
    SELECT
        row_number() OVER (ORDER BY r.request, n),
        r.status,
        r.stream,
        r.expected_version + n,
        r.position - r.size + n
    FROM unnest(streams, expected_versions, counts, positions, statuses) WITH ORDINALITY
        AS r (stream, expected_version, size, position, status, request)
    CROSS JOIN generate_series(1, r.size) AS n
$$;

CREATE FUNCTION journal.append(
    streams text[],
    expected_versions bigint[],
    counts integer[],
    event_ids uuid[],
    event_names text[],
    event_data bytea[],
    inbox_requests integer[],
    inbox_shops text[],
    inbox_message_ids text[],
    inbox_digests bytea[],
    follower text,
    from_position bigint,
    to_position bigint,
    is_atomic boolean
) RETURNS journal.appended
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET lock_timeout = '5s'
AS $$
DECLARE
    head bigint;
    now_monotone timestamptz;
    statuses text[];
    resent_positions bigint[];
    positions bigint[];
    followed bigint;
    is_moved boolean := false;
BEGIN
    -- NULLs anywhere make this NULL, and so are refused.
    IF (
        cardinality(expected_versions) = cardinality(streams)
        AND cardinality(counts) = cardinality(streams)
        AND -1 <= ALL (expected_versions)
        AND 0 <= ALL (counts)
        AND cardinality(event_ids) = (SELECT coalesce(sum(c.size), 0) FROM unnest(counts) AS c (size))
        AND cardinality(event_ids) <= 1000
        AND 1 <= ALL (inbox_requests)
        AND cardinality(streams) >= ALL (inbox_requests)
    ) IS NOT TRUE THEN
        RAISE EXCEPTION 'the numbers of this append contradict each other or a limit';
    END IF;

    -- Before all else: nothing may be read or touched outside this lock. Every statement below takes
    -- a new snapshot, so it sees all that was committed before the lock was ours.
    PERFORM pg_advisory_xact_lock(hashtextextended('journal', 0));

    SELECT e.position, greatest(e.recorded_at, clock_timestamp()) INTO head, now_monotone
    FROM journal.events AS e ORDER BY e.position DESC LIMIT 1;
    head := coalesce(head, 0);
    now_monotone := coalesce(now_monotone, clock_timestamp());

    statuses := journal.judge(
        streams, expected_versions, inbox_requests, inbox_shops, inbox_message_ids, inbox_digests
    );
    IF NOT 'fits' = ALL (statuses) THEN
        resent_positions := journal.find_resent(streams, expected_versions, counts, event_ids);
        statuses := ARRAY(
            SELECT CASE WHEN s.resent_position IS NULL THEN s.status ELSE 'resent' END
            FROM unnest(statuses, resent_positions) WITH ORDINALITY
                AS s (status, resent_position, request)
            ORDER BY s.request
        );
        IF follower IS NOT NULL THEN
            statuses := journal.find_noted(
                statuses, streams, counts, inbox_requests, inbox_shops, inbox_message_ids
            );
        END IF;
        IF is_atomic THEN
            statuses := array_replace(statuses, 'fits', 'conflict');
        END IF;
    END IF;

    IF follower IS NOT NULL THEN
        SELECT p.position INTO followed FROM followers.positions AS p WHERE p.name = follower;
        is_moved := cardinality(streams) > 0 AND 'resent' = ALL (statuses)
            AND followed IS NOT DISTINCT FROM to_position;
        -- Without from_position the fence is the library's own: forwards only.
        IF NOT is_moved AND (coalesce(followed, 0) <> from_position OR followed >= to_position) THEN
            RETURN (true, NULL, NULL)::journal.appended;
        END IF;
    END IF;

    positions := ARRAY(
        SELECT CASE r.status
            WHEN 'fits' THEN
                head + sum(r.size) FILTER (WHERE r.status = 'fits') OVER (ORDER BY r.request)
            WHEN 'resent' THEN coalesce(resent_positions[r.request], head)
            ELSE head
        END
        FROM unnest(statuses, counts) WITH ORDINALITY AS r (status, size, request)
        ORDER BY r.request
    );

    INSERT INTO journal.events (position, stream, version, name, event_id, recorded_at, data)
    SELECT r.event_position, r.stream, r.version, n.name, n.event_id, now_monotone, n.data
    FROM unnest(event_ids, event_names, event_data) WITH ORDINALITY
        AS n (event_id, name, data, ordinal)
    JOIN journal.expand(streams, expected_versions, counts, positions, statuses) AS r
        ON r.ordinal = n.ordinal
    WHERE r.status = 'fits';

    INSERT INTO journal.inbox (shop, message_id, digest, stream, recorded_at)
    SELECT n.shop, n.message_id, n.digest, streams[n.request], now_monotone
    FROM unnest(inbox_requests, inbox_shops, inbox_message_ids, inbox_digests)
        AS n (request, shop, message_id, digest)
    WHERE statuses[n.request] = 'fits';

    IF follower IS NOT NULL AND NOT is_moved AND statuses <@ ARRAY['fits', 'resent'] THEN
        INSERT INTO followers.positions AS p (name, position, moved_at)
        VALUES (follower, to_position, now_monotone)
        ON CONFLICT (name) DO UPDATE SET position = excluded.position, moved_at = excluded.moved_at;
    END IF;

    statuses := array_replace(array_replace(statuses, 'fits', 'appended'), 'resent', 'appended');
    RETURN (false, statuses, positions)::journal.appended;
END
$$;
COMMENT ON FUNCTION journal.append IS 'Append all that fits, or with is_atomic all or nothing';

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA journal FROM PUBLIC;
GRANT EXECUTE ON FUNCTION journal.append TO order_ledger_app;
