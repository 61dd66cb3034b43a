-- An append looks each of its entries and streams up by its own key, whatever is known of the
-- tables. Without statistics, or with those of a small table, the planner joined the whole inbox
-- or a whole shop's part of it, kept that plan, and each append read more than the one before.

ALTER FUNCTION journal.judge SET enable_seqscan = off;
ALTER FUNCTION journal.judge SET enable_hashjoin = off;
ALTER FUNCTION journal.judge SET enable_mergejoin = off;

ALTER FUNCTION journal.find_resent SET enable_seqscan = off;
ALTER FUNCTION journal.find_resent SET enable_hashjoin = off;
ALTER FUNCTION journal.find_resent SET enable_mergejoin = off;

ALTER FUNCTION journal.find_noted SET enable_seqscan = off;
ALTER FUNCTION journal.find_noted SET enable_hashjoin = off;
ALTER FUNCTION journal.find_noted SET enable_mergejoin = off;

-- The newest of a shop's messages, and of use to no other question.
DROP INDEX journal.inbox_recorded_index;
CREATE INDEX inbox_newest_index ON journal.inbox (shop, recorded_at) WHERE message_id >= ' ';
