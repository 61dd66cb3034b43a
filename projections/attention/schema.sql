-- Orders that ask for a look, now or once their grace has passed; a row goes when its order cannot.
-- What the shop calls its grace is not in here: a question brings it along.

CREATE TABLE IF NOT EXISTS read_models.attention_v3 (
    shop text COLLATE "C" NOT NULL,
    order_id uuid NOT NULL,
    unfinished_since timestamptz,
    asks_at_once_from timestamptz,
    problems jsonb NOT NULL,
    version bigint NOT NULL,
    position bigint NOT NULL,
    CONSTRAINT attention_v3_pkey PRIMARY KEY (shop, order_id),
    CONSTRAINT attention_v3_asks CHECK (num_nonnulls(unfinished_since, asks_at_once_from) > 0)
);
COMMENT ON TABLE read_models.attention_v3 IS 'Which orders ask for a look at a given time, and why?';
COMMENT ON COLUMN read_models.attention_v3.unfinished_since
IS 'Of the first unfinished action; it asks a grace period later';
COMMENT ON COLUMN read_models.attention_v3.asks_at_once_from
IS 'Of the first problem that has no grace';

CREATE INDEX IF NOT EXISTS attention_v3_unfinished_index
ON read_models.attention_v3 (shop, unfinished_since, asks_at_once_from)
WHERE unfinished_since IS NOT NULL;
CREATE INDEX IF NOT EXISTS attention_v3_asks_index
ON read_models.attention_v3 (shop, asks_at_once_from)
WHERE asks_at_once_from IS NOT NULL;

-- Where a shape before this one stood, its follower begins anew and fills this one.
DO $$
BEGIN
    IF num_nonnulls(
        to_regclass('read_models.attention_v1'),
        to_regclass('read_models.attention_v2')
    ) > 0 THEN
        DROP TABLE IF EXISTS read_models.attention_v1, read_models.attention_v2;
        DELETE FROM followers.set_aside WHERE follower = 'attention';
        UPDATE followers.positions SET position = 0, moved_at = now() WHERE name = 'attention';
    END IF;
END
$$;
