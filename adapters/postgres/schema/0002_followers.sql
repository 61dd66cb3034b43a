-- How far each follower of the journal has come, and the home of the read models.

CREATE SCHEMA followers;
COMMENT ON SCHEMA followers IS 'How far the followers of the journal have come, and how they are';

CREATE TABLE followers.positions (
    name text COLLATE "C" NOT NULL,
    position bigint NOT NULL,
    moved_at timestamptz NOT NULL,
    CONSTRAINT positions_pkey PRIMARY KEY (name)
) WITH (fillfactor = 50);
COMMENT ON TABLE followers.positions IS 'Up to which position has a follower handled the journal?';

CREATE TABLE followers.heartbeats (
    name text COLLATE "C" NOT NULL,
    runner text NOT NULL,
    position bigint NOT NULL,
    seen_at timestamptz NOT NULL,
    CONSTRAINT heartbeats_pkey PRIMARY KEY (name, runner)
) WITH (fillfactor = 50);
COMMENT ON TABLE followers.heartbeats IS 'When was each runner of a follower last alive?';

CREATE TABLE followers.set_aside (
    follower text COLLATE "C" NOT NULL,
    position bigint NOT NULL,
    stream text COLLATE "C" NOT NULL,
    reason text NOT NULL,
    set_aside_at timestamptz NOT NULL,
    CONSTRAINT set_aside_pkey PRIMARY KEY (follower, position)
);
COMMENT ON TABLE followers.set_aside IS 'Which events could a follower not handle, and why?';
CREATE INDEX set_aside_stream_index ON followers.set_aside (follower, stream);

GRANT USAGE ON SCHEMA followers TO order_ledger_app;
GRANT SELECT, INSERT, UPDATE, DELETE
ON followers.positions, followers.heartbeats, followers.set_aside TO order_ledger_app;

CREATE SCHEMA read_models;
COMMENT ON SCHEMA read_models IS 'What anybody sees, computed from the journal; each can be rebuilt';
GRANT USAGE ON SCHEMA read_models TO order_ledger_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA read_models
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON TABLES TO order_ledger_app;
