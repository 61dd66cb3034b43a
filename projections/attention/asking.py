"""Who asks for a look at a given time: the one condition, for every query that needs it.

The rule to know: the grace is the shop's of the day, so a query is asked with it; nothing stored
depends on it.
"""

from datetime import datetime, timedelta

ASKS = """(
    {0}.asks_from <= %(now)s
    OR {0}.unfinished_since <= %(unfinished_before)s
)"""
"""To be formatted with the name of a row of `read_models.attention_v2`."""


def asking(now: datetime, grace: timedelta) -> dict[str, object]:
    """Give the values that the condition names."""
    return {"now": now, "unfinished_before": now - grace}
