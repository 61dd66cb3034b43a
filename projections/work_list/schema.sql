-- What waits for a worker, one row per action and transfer in hand; a row goes when it is out of
-- hand. All columns but `available_at` are computed from the order. That one is also the lease:
-- whoever claims a row moves it into the future, and nothing is lost if it is computed anew.

CREATE TABLE IF NOT EXISTS read_models.work_list_v2 (
    shop text COLLATE "C" NOT NULL,
    order_id uuid NOT NULL,
    kind text COLLATE "C" NOT NULL,
    item_id text COLLATE "C" NOT NULL,
    destination text COLLATE "C" NOT NULL,
    run integer NOT NULL,
    attempt integer NOT NULL,
    due_at timestamptz NOT NULL,
    available_at timestamptz NOT NULL,
    version bigint NOT NULL,
    position bigint NOT NULL,
    CONSTRAINT work_list_v2_pkey PRIMARY KEY (shop, order_id, kind, item_id)
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05);
COMMENT ON TABLE read_models.work_list_v2 IS 'Which attempts of actions and transfers wait for a worker, and since when?';

CREATE INDEX IF NOT EXISTS work_list_v2_claim_index
ON read_models.work_list_v2 (destination, available_at);

CREATE OR REPLACE VIEW read_models.work_by_order_v2 AS
SELECT
    shop,
    order_id,
    version,
    position,
    jsonb_agg(
        jsonb_build_object(
            'kind', kind,
            'item_id', item_id,
            'destination', destination,
            'run', run,
            'attempt', attempt,
            'due_at', due_at
        )
        ORDER BY
            kind,
            item_id
    ) AS items
FROM read_models.work_list_v2
GROUP BY
    shop,
    order_id,
    version,
    position;
COMMENT ON VIEW read_models.work_by_order_v2 IS 'What waits for a worker, order by order, without the leases?';

-- Where the shape before this one stood, its follower begins anew and fills this one.
DO $$
BEGIN
    IF to_regclass('read_models.work_list_v1') IS NOT NULL THEN
        DROP VIEW IF EXISTS read_models.work_by_order_v1;
        DROP TABLE read_models.work_list_v1;
        DELETE FROM followers.set_aside WHERE follower = 'work_list';
        UPDATE followers.positions SET position = 0, moved_at = now() WHERE name = 'work_list';
    END IF;
END
$$;
