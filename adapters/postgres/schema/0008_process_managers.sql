-- Where each process manager starts: at what is recorded from now on. What is long past fires nothing.

INSERT INTO followers.positions (name, position, moved_at)
SELECT
    'fulfilment',
    coalesce(max(position), 0),
    now()
FROM journal.events;
