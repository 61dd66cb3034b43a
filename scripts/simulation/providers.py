"""Payment providers as they are inside: their own ledger of money, kept beside the journal's.

The rule to know: a bank does what its documents say and no more. Stripe's kind returns the first
answer to a key again for a day and then forgets it; Paytrail's kind knows no keys and pays what it
is asked. Both may hold a refund back, fail it days later, and tell of it twice, late, out of order.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from enum import StrEnum
from random import Random

from msgspec import Struct

from domain.identifiers import PaymentId, StreamName

NEWS_AGAIN = timedelta(seconds=30)
"""Then after twice as long each time."""
TELLINGS_MAX = 14
"""Of news that nobody acknowledges: for some three days."""
SHARES = (0.0, 0.3, 0.8)
OUTAGES_HOURS = (0.0, 0.0, 0.0, 0.2, 1.0, 5.0, 30.0)
"""How long a provider is away; the longest outlasts what its keys are known for."""
PENDING_HOURS = (0.01, 0.1, 3.0, 40.0)
FAILS_AFTER_HOURS = (0.01, 1.0, 100.0)
KEYS_KNOWN_FOR = timedelta(hours=24)
TOO_MUCH = "amount_too_large"


class Status(StrEnum):
    """Where a refund stands at its provider."""

    PENDING = "pending"
    DONE = "done"
    FAILED = "failed"


class Charge(Struct, frozen=True, kw_only=True):
    """A payment as its provider knows it."""

    stream: StreamName
    payment_id: PaymentId
    transaction_id: str
    amount: int


class BankRefund(Struct, kw_only=True, eq=False):
    """Money that goes back, and what will become of it."""

    reference: str
    key: str
    """Empty of what was refunded in the provider's own dashboard."""
    meant_for: str
    """The transfer, by which it is judged whether it was made twice; no provider knows that."""
    charge: Charge
    amount: int
    status: Status
    ends_at: datetime | None
    fails_at: datetime | None

    @property
    def is_final(self) -> bool:
        """Nothing more will become of it."""
        return self.ends_at is None and self.fails_at is None


class Telling(Struct, kw_only=True, eq=False):
    """What a provider tells of a refund, until it is acknowledged."""

    refund: BankRefund
    status: Status
    due_at: datetime
    tellings: int = 0


class Habits(Struct, frozen=True, kw_only=True):
    """How a provider is in one schedule."""

    pending: float
    """Of refunds: taken, and ended later."""
    fails: float
    """Of refunds: not done after all, also after they were said to be."""
    drops: float
    """Of answers: lost on the way after the money was paid back."""
    loses: float
    """Of news of what we asked for, where a provider tells once: never told."""
    is_away_from: datetime
    is_away_until: datetime
    is_silent: bool = False
    """It tells no news of what we asked for: nobody set its webhooks up."""


def drawn_habits(random: Random, began_at: datetime) -> Habits:
    """Make up how a provider is."""
    away = began_at + timedelta(minutes=random.random() * 30)
    hours = random.choice(OUTAGES_HOURS)
    return Habits(
        pending=random.choice(SHARES),
        fails=random.choice(SHARES),
        drops=random.choice(SHARES),
        loses=random.choice(SHARES),
        is_away_from=away,
        is_away_until=away + timedelta(hours=hours * random.random()),
    )


class Kind(Struct, frozen=True, kw_only=True):
    """What a provider's documents promise."""

    knows_keys: bool = False
    """The first answer to a key is given again, for a day."""
    tells_all: bool = False
    """Telling comes until it is acknowledged."""
    takes_back: bool = False
    """What was done can fail later."""


STRIPE = Kind(knows_keys=True, tells_all=True, takes_back=True)
PAYTRAIL = Kind()
INVOICE = Kind(tells_all=True, takes_back=True)
"""A bank that is asked for nothing; people pay back in its dashboard."""


class Bank:
    """One provider's ledger. It outlives every process of ours."""

    def __init__(self, random: Random, habits: Habits, kind: Kind) -> None:
        self.habits = habits
        self.refunds: list[BankRefund] = []
        self.asked = 0
        self._random = random
        self._kind = kind
        self._answers: dict[str, tuple[datetime, BankRefund | str]] = {}
        self._news: list[Telling] = []

    def ask(
        self, key: str, charge: Charge, amount: int, now: datetime, meant_for: str
    ) -> BankRefund | str:
        """Pay back, or refuse by a code; a key that is known gets its first answer again."""
        self.asked += 1
        known = self._answers.get(key) if self._kind.knows_keys else None
        if known is not None and now - known[0] < KEYS_KNOWN_FOR:
            return known[1]
        answer = self._refund(key, charge, amount, now, meant_for)
        self._answers[key] = (now, answer)
        return answer

    def refuse(self, key: str, code: str, now: datetime) -> BankRefund | str:
        """Refuse for a reason of its own; what was answered before stays answered."""
        self.asked += 1
        known = self._answers.get(key)
        if known is not None:
            return known[1]
        self._answers[key] = (now, code)
        return code

    def by_hand(
        self, charge: Charge, amount: int, now: datetime, *, is_certain: bool = False
    ) -> BankRefund | str:
        """Pay back in the provider's own dashboard, so that it is done at once or as ever."""
        answer = self._refund("", charge, amount, now)
        if is_certain and isinstance(answer, BankRefund):
            answer.status, answer.ends_at, answer.fails_at = Status.DONE, None, None
        return answer

    def find(self, key: str) -> BankRefund | None:
        """Find the refund of a key, in a list that is complete."""
        return next((one for one in self.refunds if one.key == key), None)

    def get(self, reference: str) -> BankRefund | None:
        """Find a refund by the provider's own id."""
        return next((one for one in self.refunds if one.reference == reference), None)

    def is_away(self, now: datetime) -> bool:
        """Say whether nobody answers."""
        return self.habits.is_away_from <= now < self.habits.is_away_until

    def drops_answer(self) -> bool:
        """Say whether an answer gets lost."""
        return self._random.random() < self.habits.drops

    def returned(self, charge_id: str) -> int:
        """Say how much of a payment is paid back."""
        done = (one for one in self.refunds if one.status is Status.DONE)
        return sum(one.amount for one in done if one.charge.transaction_id == charge_id)

    def settle(self, now: datetime) -> None:
        """Let time pass: what was held back ends, and what fails later fails."""
        for one in self.refunds:
            if one.ends_at is not None and one.ends_at <= now:
                one.ends_at, one.status = None, Status.DONE
                one.fails_at = one.fails_at if self._kind.takes_back else None
                self._tell(one, now)
            if one.fails_at is not None and one.fails_at <= now:
                one.ends_at = one.fails_at = None
                one.status = Status.FAILED
                self._tell(one, now)

    def news(self, now: datetime) -> list[Telling]:
        """Give what is to be told now, in any order; it comes again unless it is acknowledged."""
        due = [one for one in self._news if one.due_at <= now]
        self._random.shuffle(due)
        for one in due:
            one.due_at = now + NEWS_AGAIN * 2**one.tellings
            one.tellings += 1
            if one.tellings == TELLINGS_MAX:
                self.acknowledge(one)
        return due

    def has_news(self, now: datetime) -> bool:
        """Say whether anything is to be told."""
        self.settle(now)
        return any(one.due_at <= now for one in self._news)

    def acknowledge(self, news: Telling) -> None:
        """Tell it no more."""
        if news in self._news:
            self._news.remove(news)

    def next_due(self, now: datetime) -> datetime | None:
        """Say when something happens next."""
        return min((at for at in self._times() if at > now), default=None)

    def _times(self) -> Iterator[datetime]:
        yield from (one.due_at for one in self._news)
        for refund in self.refunds:
            yield from (at for at in (refund.ends_at, refund.fails_at) if at is not None)

    def _refund(
        self, key: str, charge: Charge, amount: int, now: datetime, meant_for: str = ""
    ) -> BankRefund | str:
        self.settle(now)
        held = (one for one in self.refunds if one.status is not Status.FAILED)
        taken = sum(one.amount for one in held if one.charge == charge)
        if taken + amount > charge.amount:
            return TOO_MUCH
        is_pending = self._random.random() < self.habits.pending
        refund = BankRefund(
            reference=f"re-{len(self.refunds) + 1}-{charge.transaction_id}",
            key=key,
            meant_for=meant_for,
            charge=charge,
            amount=amount,
            status=Status.PENDING if is_pending else Status.DONE,
            ends_at=self._later(now, PENDING_HOURS) if is_pending else None,
            fails_at=self._fails_at(now) if is_pending or self._kind.takes_back else None,
        )
        self.refunds.append(refund)
        self._tell(refund, now)
        return refund

    def _fails_at(self, now: datetime) -> datetime | None:
        is_failing = self._random.random() < self.habits.fails
        return self._later(now, FAILS_AFTER_HOURS) if is_failing else None

    def _later(self, now: datetime, hours: tuple[float, ...]) -> datetime:
        return now + timedelta(hours=self._random.choice(hours) * self._random.random())

    def _tell(self, refund: BankRefund, now: datetime) -> None:
        is_lost = not self._kind.tells_all and self._random.random() < self.habits.loses
        if refund.key and (is_lost or self.habits.is_silent):
            return
        for _ in range(self._random.choice((1, 1, 2))):
            due_at = self._later(now, (0.0, 0.0, 0.01, 0.3))
            self._news.append(Telling(refund=refund, status=refund.status, due_at=due_at))
