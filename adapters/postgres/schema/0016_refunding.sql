-- Where the process manager of refunds starts: at what is recorded from now on. Who was refunded
-- before was told in other ways.

INSERT INTO followers.positions (name, position, moved_at)
SELECT
    'refunding',
    coalesce(max(position), 0),
    now()
FROM journal.events;
