"""The history of an order: each fact, who caused it, and what it changed."""

import msgspec

from domain.money import Money
from projections.order_view.history import Change, history
from tests.stories import CHECKOUT, COURSE, SECRET, recorded


def test_each_fact_is_told_with_its_actor_and_both_its_times() -> None:
    entries = history(recorded(COURSE))
    placed = entries[1]

    assert [entry.version for entry in entries] == list(range(1, len(COURSE.facts) + 1))
    assert (placed.event, placed.says) == ("OrderPlaced", "Order 1001 placed for 300.00 EUR")
    assert placed.actor == CHECKOUT
    assert placed.at == COURSE.facts[1].at
    assert placed.recorded_at == recorded(COURSE)[1].recorded_at


def test_what_a_fact_changed_is_told_before_and_after() -> None:
    entries = history(recorded(COURSE))
    received, issued = entries[4], entries[13]

    assert received.changes == (
        Change(what="status", before="in_progress", after="paid"),
        Change(what="payment_status", before="failed", after="paid"),
        Change(what="received", before=Money(0, "EUR"), after=Money(30_000, "EUR")),
    )
    assert issued.event == "RefundIssued"
    assert (
        Change(what="total", before=Money(30_000, "EUR"), after=Money(27_500, "EUR"))
        in issued.changes
    )


def test_a_fact_that_changes_nothing_people_look_at_says_so_by_no_changes() -> None:
    assert history(recorded(COURSE))[-1].changes == ()


def test_a_sentence_names_the_action_and_quotes_the_receiver() -> None:
    entries = history(recorded(COURSE))

    assert entries[7].says == (
        "Course access: failed, http_500: Internal server error (left to a person)"
    )
    assert entries[11].says == (
        "Refund refund-1 of 25.00 EUR requested by laura (through Paytrail): One book came damaged"
    )


def test_the_fields_of_a_fact_are_told_without_secrets() -> None:
    entries = history(recorded(COURSE))

    assert entries[4].data["transaction_id"] == "tx-2"
    assert SECRET not in msgspec.json.encode(entries, enc_hook=str).decode()
