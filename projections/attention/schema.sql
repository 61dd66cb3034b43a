-- Orders that ask for a look, now or once `due_at` comes; a row goes when its order cannot.

CREATE TABLE IF NOT EXISTS read_models.attention_v1 (
    shop text COLLATE "C" NOT NULL,
    order_id uuid NOT NULL,
    due_at timestamptz NOT NULL,
    problems jsonb NOT NULL,
    version bigint NOT NULL,
    position bigint NOT NULL,
    CONSTRAINT attention_v1_pkey PRIMARY KEY (shop, order_id)
);
COMMENT ON TABLE read_models.attention_v1 IS 'Which orders ask for a look at a given time, and why?';

CREATE INDEX IF NOT EXISTS attention_v1_due_index
ON read_models.attention_v1 (shop, due_at, order_id);
