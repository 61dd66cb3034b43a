-- Orders that give a customer access to courses, now or soon; a row goes when its order gives none.
-- The customer is the id of the key that seals that person's data: nothing here tells who it is.

CREATE TABLE IF NOT EXISTS read_models.grants_v1 (
    shop text COLLATE "C" NOT NULL,
    order_id uuid NOT NULL,
    customer uuid NOT NULL,
    number text NOT NULL,
    grants jsonb NOT NULL,
    version bigint NOT NULL,
    position bigint NOT NULL,
    CONSTRAINT grants_v1_pkey PRIMARY KEY (shop, order_id)
);
COMMENT ON TABLE read_models.grants_v1 IS 'Which courses does a customer have access to, and by which orders?';

CREATE INDEX IF NOT EXISTS grants_v1_customer_index
ON read_models.grants_v1 (shop, customer);
