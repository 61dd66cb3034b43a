"""Operating errors of the journal, translated from the driver's at this edge."""

from psycopg import OperationalError
from psycopg.errors import IdleInTransactionSessionTimeout, ReadOnlySqlTransaction
from psycopg_pool import PoolTimeout

SERVER_AWAY = (OperationalError, ReadOnlySqlTransaction, IdleInTransactionSessionTimeout)
"""The driver's words for a server that is away, or is none to write to: it passes by itself."""


class JournalError(Exception):
    """Base of the journal's operating errors."""


class JournalUnavailable(JournalError):
    """Nothing was recorded: PostgreSQL could not be reached, or undid it. Try again later."""


class OutcomeUnknown(JournalError):
    """The append may or may not stand; it was sent again as often as allowed."""


class Fenced(JournalError):
    """The follower's position was not where its batch was read from: read again."""


class StillConflicting(JournalError):
    """A stream moved on each time before the append: try again later."""


class NotStorable(JournalError):
    """PostgreSQL cannot hold a value of the append (a NUL or half a surrogate pair in a text); nothing was recorded."""


UNAVAILABLE = (*SERVER_AWAY, PoolTimeout, JournalError)
"""What a lasting job waits out: nothing is wrong with what it was about to do."""
