-- An alert says since when a cause asks for a look, which may be long before anybody watched it.

ALTER TABLE attention.episodes ADD COLUMN since timestamptz;
UPDATE attention.episodes SET since = appeared_at;
ALTER TABLE attention.episodes ALTER COLUMN since SET NOT NULL;
COMMENT ON COLUMN attention.episodes.since IS 'From when on the cause asked for a look';
COMMENT ON COLUMN attention.episodes.appeared_at IS 'When it was first seen to ask';

UPDATE attention.alerts
SET notices = (
    SELECT jsonb_agg(n || jsonb_build_object('since', n -> 'appeared_at') ORDER BY place)
    FROM jsonb_array_elements(notices) WITH ORDINALITY AS e (n, place)
)
WHERE done_at IS NULL;
