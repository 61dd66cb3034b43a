"""Two ledgers of money, the journal's and the providers', which must say the same in the end.

The rule to know: nothing is asked above what came in, no transfer is made twice, whatever happens
on the way; and once all is settled, what we say was paid back is what the providers paid back.
"""

from collections import Counter

from domain.identifiers import PaymentId
from domain.order.events import RefundRequested
from domain.order.money import NOTHING_RESERVED, by_payment, reserved_by_line
from domain.order.parts import ExternalRefund, Payment, TransferState
from domain.order.state import Order
from domain.order.values import TransferMethod
from scripts.simulation.histories import History, Moment, require
from scripts.simulation.providers import Bank
from scripts.simulation.transitions import STEPS, Step, steps
from scripts.simulation.world import World

ASKED_FOR = (TransferMethod.PROVIDER, TransferMethod.MANUAL)


def check_ledgers(world: World, every: list[History]) -> Counter[Step]:
    """Raise Broken where the ledgers differ; count which steps refunds and transfers went."""
    counted: Counter[Step] = Counter()
    for bank in world.banks.values():
        _check_once(bank)
    for one in every:
        for moment in one.moments:
            counted += _counted(one, moment)
            _check_asked(one, moment)
            _check_lines(one, moment.after)
        _check_settled(one)
        _check_same(world, one)
        _check_returnable(world, one)
    return counted


def _check_once(bank: Bank) -> None:
    """Require that no transfer was made twice."""
    made = Counter(one.meant_for for one in bank.refunds if one.meant_for)
    for transfer, times in made.items():
        require(times == 1, "I5", f"transfer {transfer} was made {times} times")


def _counted(one: History, moment: Moment) -> Counter[Step]:
    found = list(steps(moment.before, moment.after))
    for step in found:
        require(step in STEPS, "state", f"{step} by {moment.recorded.event} in {one.stream}")
    return Counter(found)


def _check_asked(one: History, moment: Moment) -> None:
    """I6: nothing is asked for above what is left of the payment."""
    fact = moment.recorded.event
    if isinstance(fact, RefundRequested):
        money = by_payment(moment.after)
        for transfer in fact.transfers:
            if transfer.method in ASKED_FOR and transfer.amount.amount:
                left = money[transfer.payment_id].left
                require(left >= 0, "I6", f"{fact} leaves {left} in {one.stream}")


def _check_lines(one: History, order: Order) -> None:
    """Require that no line is refunded beyond its price, and that parts sum to its VAT."""
    reserved = reserved_by_line(order)
    for line in order.lines:
        back = reserved.get(line.line_id, NOTHING_RESERVED)
        require(0 <= back.amount <= line.gross, "money", f"{back} of {line} in {one.stream}")
        is_whole = back.amount == line.gross
        is_right = back.vat == line.vat if is_whole else 0 <= back.vat <= line.vat
        require(is_right, "VAT", f"{back} of {line} in {one.stream}")


def _check_settled(one: History) -> None:
    """I7: nothing is left at a provider, and nothing is unresolved."""
    for _, transfer in one.order.transfers:
        require(not transfer.is_open, "I7", f"{transfer} of {one.stream} has no end")


def _check_same(world: World, one: History) -> None:
    for payment in one.order.payments:
        if payment.is_received:
            ours = _returned(world, one.order, payment.payment_id)
            theirs = _paid_back(world, payment) + _asked_about(one.order, payment.payment_id)
            what = f"{payment.payment_id} of {one.stream}: ours {ours}, the provider's {theirs}"
            require(ours == theirs, "ledgers", what)


def _returned(world: World, order: Order, payment_id: PaymentId) -> int:
    """Add up what the journal says a provider paid back of a payment."""
    transfers = [t for _, t in order.transfers if t.is_done]
    ours = sum(
        t.amount.amount
        for t in transfers
        if t.payment_id == payment_id and not _is_unknown_to_banks(world, t)
    )
    external = [e for e in order.external_refunds if e.is_returned and e.payment_id == payment_id]
    return ours + sum(e.amount.amount for e in external)


def _asked_about(order: Order, payment_id: PaymentId) -> int:
    """Add up what counts twice until a person says which payback it was: never in silence."""
    told = Counter(e.amount for e in order.external_refunds if _asks(e, payment_id))
    vouched = Counter(
        t.amount
        for _, t in order.transfers
        if t.is_vouched_for and t.confirmed_by and t.payment_id == payment_id
    )
    return sum(money.amount * count for money, count in (told & vouched).items())


def _asks(external: ExternalRefund, payment_id: PaymentId) -> bool:
    return external.is_unallocated and external.payment_id == payment_id


def _is_unknown_to_banks(world: World, transfer: TransferState) -> bool:
    """Say whether it was made where no bank of the simulator is, as the checkout told."""
    is_named = any(bank.get(transfer.reference) for bank in world.banks.values())
    return transfer.method is TransferMethod.ELSEWHERE and not is_named


def _paid_back(world: World, payment: Payment) -> int:
    return world.banks[payment.provider].returned(payment.transaction_id)


def _check_returnable(world: World, one: History) -> None:
    """Require that what can still be paid back is what is there, less what is owed."""
    order = one.order
    theirs = sum(
        _paid_back(world, payment) + _asked_about(order, payment.payment_id)
        for payment in order.payments
        if payment.is_received
    )
    elsewhere = [t for _, t in order.transfers if t.is_done and _is_unknown_to_banks(world, t)]
    owed = [t for refund in order.refunds for t in refund.owed]
    taken = theirs + sum(t.amount.amount for t in (*elsewhere, *owed))
    left = max(0, order.received_total - taken)
    what = f"{order.returnable_total} instead of {left} of {one.stream}"
    require(order.returnable_total == left, "returnable", what)
