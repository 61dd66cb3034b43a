"""How much each benchmark does: a smoke size that only shows that it runs, and the full size."""

from msgspec import Struct


class Size(Struct, frozen=True, kw_only=True):
    """How much one round does."""

    rounds: int
    append_events: int
    commands: int
    library_commands: int
    follow_events: int
    library_follow_events: int
    seconds: int
    """Of sustained load, and again at half of it."""
    minute_orders_per_second: int
    """Offered in P6, no more and no less."""
    listed_orders: int
    """In two shops, two thirds in one: what P7 and P8 read."""
    questions: int
    """Of each kind in P7, each with other values."""
    waiting_actions: int
    """At all destinations, the hanging ones among them."""


SIZES = {
    "smoke": Size(
        rounds=1,
        append_events=9_000,
        commands=640,
        library_commands=128,
        follow_events=9_000,
        library_follow_events=450,
        seconds=2,
        minute_orders_per_second=40,
        listed_orders=1_500,
        questions=5,
        waiting_actions=500,
    ),
    "full": Size(
        rounds=3,
        append_events=1_000_000,
        commands=64_000,
        library_commands=3_200,
        follow_events=1_000_000,
        library_follow_events=18_000,
        seconds=60,
        minute_orders_per_second=741,
        listed_orders=1_500_000,
        questions=200,
        waiting_actions=50_000,
    ),
}
