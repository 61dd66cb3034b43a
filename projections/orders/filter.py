"""Which orders of one shop are asked for. A condition that is not set leaves nothing out.

Names are found by their beginning, emails by any part, both in any case; all else as a whole.
"""

from datetime import datetime

from msgspec import Struct
from msgspec.structs import asdict

from domain.identifiers import ShopId
from domain.order.stages import OrderStatus, PaymentStatus
from projections.attention.asking import ASKS

PART_LENGTH_MIN = 3
"""Fewer letters are looked for at the beginning only: the index knows words by three letters."""


class OrderFilter(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The filters of the orders table, all of which an order must meet."""

    shop: ShopId
    number: str | None = None
    email: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    status: tuple[OrderStatus, ...] = ()
    """Any of these; so is the payment status."""
    payment_status: tuple[PaymentStatus, ...] = ()
    source: str | None = None
    tag: str | None = None
    discount_code: str | None = None
    created_from: datetime | None = None
    created_to: datetime | None = None
    """Not included."""
    attention: bool | None = None
    q: str | None = None
    """A whole number, a part of an email, or the beginning of a first or last name."""


NEEDS_ATTENTION = f"""EXISTS (
    SELECT
    FROM read_models.attention_v3 AS a
    WHERE a.shop = o.shop
    AND a.order_id = o.order_id
    AND {ASKS.format("a")}
)"""  # noqa: S608 - made of our own names only

IS_NUMBER = "lower(o.number) = lower(%({0})s::text COLLATE pg_c_utf8)"
IS_LIKE = "lower(o.{0}) LIKE lower(%({1})s::text COLLATE pg_c_utf8)"

# As an array, so that a page starts from these few and not from the newest of all orders.
ATTENTION_ONLY = f"""o.order_id = ANY(ARRAY(
    SELECT a.order_id
    FROM read_models.attention_v3 AS a
    WHERE a.shop = %(shop)s
    AND {ASKS.format("a")}
))"""  # noqa: S608 - made of our own names only

# What many emails share, their providers' names, is no help to the index and costs much to look up.
HAS_IN_EMAIL = (
    IS_LIKE.format("email", "{0}_part")
    + " AND strpos(lower(o.email), lower(%({0})s::text COLLATE pg_c_utf8)) > 0"
)

IS_ONE = "o.{0} = %({0})s"
"""Of one value the index gives the newest first; of several it cannot."""
IS_ANY = "o.{0} = ANY(%({0})s)"
CHOICES = ("status", "payment_status")

CONDITIONS = {
    "shop": "o.shop = %(shop)s",
    "number": IS_NUMBER.format("number"),
    "email": HAS_IN_EMAIL.format("email"),
    "first_name": IS_LIKE.format("first_name", "first_name"),
    "last_name": IS_LIKE.format("last_name", "last_name"),
    "source": "o.source = %(source)s",
    "tag": "o.tags @> ARRAY[%(tag)s::text]",
    "discount_code": "o.discount_codes @> ARRAY[%(discount_code)s::text]",
    "created_from": "o.created_at >= %(created_from)s",
    "created_to": "o.created_at < %(created_to)s",
    "q": "({})".format(
        " OR ".join(
            (
                IS_NUMBER.format("q"),
                f"({HAS_IN_EMAIL.format('q')})",
                IS_LIKE.format("first_name", "q_start"),
                IS_LIKE.format("last_name", "q_start"),
            )
        )
    ),
}


def condition(wanted: OrderFilter) -> str:
    """State the filter over orders named `o`, with `parameters` and `asking`."""
    texts = [text for name, text in CONDITIONS.items() if getattr(wanted, name) is not None]
    for name in CHOICES:
        chosen = getattr(wanted, name)
        if chosen:
            texts.append((IS_ONE if len(chosen) == 1 else IS_ANY).format(name))
    if wanted.attention is not None:
        texts.append(ATTENTION_ONLY if wanted.attention else f"NOT {NEEDS_ATTENTION}")
    return "\nAND ".join(texts)


def parameters(wanted: OrderFilter) -> dict[str, object]:
    """Give the values that `condition` names."""
    values = {name: value for name, value in asdict(wanted).items() if value is not None}
    return values | _chosen(wanted) | _patterns(wanted)


def _chosen(wanted: OrderFilter) -> dict[str, object]:
    chosen = {name: [one.value for one in getattr(wanted, name)] for name in CHOICES}
    return {
        name: values if len(values) > 1 else values[0] for name, values in chosen.items() if values
    }


def _patterns(wanted: OrderFilter) -> dict[str, object]:
    patterns = {
        "email_part": _part(wanted.email),
        "first_name": _start(wanted.first_name),
        "last_name": _start(wanted.last_name),
        "q_part": _part(wanted.q),
        "q_start": _start(wanted.q),
    }
    return {name: pattern for name, pattern in patterns.items() if pattern is not None}


def _part(text: str | None) -> str | None:
    """Look anywhere for what stands before a provider's name, if that is long enough."""
    rare, at, _ = (text or "").partition("@")
    start = _start(rare + at if at and len(rare) >= PART_LENGTH_MIN else text)
    return f"%{start}" if text and start and len(text) >= PART_LENGTH_MIN else start


def _start(text: str | None) -> str | None:
    if text is None:
        return None
    escaped = text.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
    return f"{escaped}%"
