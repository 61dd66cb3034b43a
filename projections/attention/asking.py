"""Who asks for a look at a given time, and why: the rule of `Trouble.asks_at` for every query.

The rule to know: the grace is the shop's of the day, so a query is asked with it; nothing stored
depends on it. Only the two counts in `queries` say it once more, each index by itself.
"""

from datetime import datetime, timedelta

from domain.order.attention import AttentionKind

ASKS = """(
    {0}.asks_at_once_from <= %(now)s
    OR {0}.unfinished_since <= %(unfinished_before)s
)"""
"""To be formatted with the name of a row of `read_models.attention_v3`."""

ASKS_AT = "least({0}.asks_at_once_from, {0}.unfinished_since + %(grace)s)"
"""From when on: to be formatted likewise."""

PROBLEM_ASKS = """{0}.since <= CASE WHEN {0}.kind = ANY(%(with_grace)s)
    THEN %(unfinished_before)s
    ELSE %(now)s
END"""
"""To be formatted with the name of one problem of such a row."""

PROBLEM_ASKS_AT = """{0}.since + CASE WHEN {0}.kind = ANY(%(with_grace)s)
    THEN %(grace)s
    ELSE interval '0'
END"""
"""From when on: to be formatted likewise."""

WITH_GRACE = [kind.value for kind in AttentionKind if kind.has_grace]


def asking(now: datetime, grace: timedelta) -> dict[str, object]:
    """Give the values that the conditions name."""
    return {
        "now": now,
        "grace": grace,
        "unfinished_before": now - grace,
        "with_grace": WITH_GRACE,
    }
