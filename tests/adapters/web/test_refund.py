"""The refund dialog: what it offers when, what it says before the button, and what it then does."""

from collections.abc import Sequence

import pytest
from msgspec.structs import replace

from adapters.auth.roles import Role
from adapters.clock import utc_now
from adapters.postgres.secrets import EPASSI_REFUND_URL, EPASSI_SECRET, EPASSI_SITE, STRIPE_API_KEY
from adapters.web.regions import REGION_HEADER, Region
from domain.order.events import OrderFact, RefundRequested
from domain.order.values import TransferMethod
from tests.adapters.commands.given import stand
from tests.adapters.http_api.recorded import followed
from tests.adapters.web.opened import ORDER
from tests.adapters.web.refunding import (
    DIALOG,
    Person,
    boxes_of,
    button_of,
    chosen,
    fields_of,
    refunding,
    said_by,
    words_of,
)
from tests.examples import (
    CLUB_ACTION,
    COURSE,
    COURSE_BACK,
    GRANT_ACTION,
    ORDER_ID,
    PAYMENT,
    SECOND_PAYMENT,
    SHOP,
    done,
    paid,
    received,
    refunded,
)
from tests.support import Database

GRANTED = (*paid(GRANT_ACTION, CLUB_ACTION), *done(GRANT_ACTION), *done(CLUB_ACTION, minute=6))
COURSE_AMOUNT, BUMP_AMOUNT = "amount.course", "amount.bump"


async def by_stripe(person: Person) -> None:
    await person.parts.secrets.set(SHOP, STRIPE_API_KEY, "sk_test_1")


async def by_epassi(person: Person) -> None:
    for name in (EPASSI_SITE, EPASSI_SECRET):
        await person.parts.secrets.set(SHOP, name, "secret")
    await person.parts.secrets.set(SHOP, EPASSI_REFUND_URL, "https://epassi.example.com/refund")


async def requested(person: Person) -> RefundRequested | None:
    facts = await person.parts.order_reader.facts(SHOP, ORDER_ID)
    found = [fact.event for fact in facts if isinstance(fact.event, RefundRequested)]
    return found[-1] if found else None


async def test_the_form_shows_the_most_of_each_product_and_begins_with_nothing(
    database: Database,
) -> None:
    async with refunding(database, *paid()) as person:
        shown = await person.open()
    words = words_of(shown)
    assert "Course Refundable up to 100,00 €" in words
    assert "Workbook Order bump Refundable up to 40,00 €" in words
    assert fields_of(shown)[COURSE_AMOUNT] == "0,00"
    assert "Nothing is asked for yet" in words
    assert button_of(shown) == "Refund"
    assert {"refund_payments", "tell_customer"} <= fields_of(shown).keys()


@pytest.mark.parametrize(
    ("fill", "amounts"), [("all", ("100,00", "40,00")), ("none", ("0,00",) * 2)]
)
async def test_all_and_none_fill_the_amounts_in_without_scripts(
    database: Database, fill: str, amounts: tuple[str, str]
) -> None:
    async with refunding(database, *paid()) as person:
        form = fields_of(await person.open()) | {BUMP_AMOUNT: "1", "fill": fill}
        shown = await person.open(**form)
        posted = await person.send(**form)
        version = await person.version()
    assert (fields_of(shown)[COURSE_AMOUNT], fields_of(shown)[BUMP_AMOUNT]) == amounts
    assert (posted.status_code, fields_of(posted)[BUMP_AMOUNT]) == (200, amounts[1])
    assert version == len(paid())


@pytest.mark.parametrize("typed", ["25,50", "25.50", " 25,5 ", "25,50 €"])
async def test_what_is_typed_is_shown_as_it_goes_back_and_is_then_refunded(
    database: Database, typed: str
) -> None:
    async with refunding(database, *paid()) as person:
        await by_stripe(person)
        form = await person.filled(DIALOG, **{COURSE_AMOUNT: typed})
        shown = await person.open(**form)
        answer = await person.send(**form, reason="Came damaged")
        refund = await requested(person)
    words = words_of(shown)
    assert button_of(shown) == "Refund 25,50 €"
    assert "Goes back by itself, through Stripe." in words
    assert "VAT within 5,18 €" in words
    assert "The customer is sent a credit note by email once the refund counts." in words
    assert said_by(answer)
    assert refund
    assert [(line.line_id, line.amount) for line in refund.lines] == [(COURSE, 2_550)]
    assert refund.by.startswith("Laura")
    assert refund.personal
    assert refund.personal.text == "Came damaged"


@pytest.mark.parametrize("typed", ["1,234.50", "-5", "\uff11\uff12", "", "abc", "1e3", "0,001"])
async def test_what_is_no_amount_is_kept_and_refused_beside_its_field(
    database: Database, typed: str
) -> None:
    async with refunding(database, *paid()) as person:
        form = fields_of(await person.open()) | {COURSE_AMOUNT: typed, BUMP_AMOUNT: "1,00"}
        looked = await person.open(**form)
        answer = await person.send(**form)
        version = await person.version()
    says = "Write digits only" if typed else "Write an amount, such as"
    for shown in (looked, answer):
        assert says in words_of(shown)
        assert fields_of(shown)[COURSE_AMOUNT] == typed
        assert 'aria-invalid="true"' in shown.text
    assert (looked.status_code, answer.status_code) == (200, 422)
    assert version == len(paid())


async def test_more_than_is_left_is_refused_beside_its_field(database: Database) -> None:
    async with refunding(database, *paid()) as person:
        answer = await person.send(**await person.filled(DIALOG, **{COURSE_AMOUNT: "100,01"}))
        version = await person.version()
    assert answer.status_code == 422
    assert "At most 100,00 €." in words_of(answer)
    assert version == len(paid())


async def test_without_scripts_the_order_follows_with_the_sentence(database: Database) -> None:
    async with refunding(database, *paid()) as person, followed(person.parts):
        form = await person.filled(DIALOG, **{COURSE_AMOUNT: "10"})
        answer = await person.visitor.post(f"{ORDER}/refund", **form)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/shops/{SHOP}{ORDER}")
    assert "Recorded" in answer.cookies["said"]


async def test_nothing_is_refunded_by_an_empty_wish(database: Database) -> None:
    async with refunding(database, *paid()) as person:
        answer = await person.send(**await person.filled(DIALOG))
        version = await person.version()
    assert answer.status_code == 409
    assert "The refund gives nothing back and removes no access." in words_of(answer)
    assert version == len(paid())


async def test_the_access_of_a_product_can_go_only_with_its_whole_price(database: Database) -> None:
    async with refunding(database, *GRANTED) as person:
        part = await person.open(**await person.filled(DIALOG, **{COURSE_AMOUNT: "99,99"}))
        whole = await person.open(**await person.filled(DIALOG, **{COURSE_AMOUNT: "100"}))
        ticked = await person.open(
            **await person.filled(DIALOG, **{COURSE_AMOUNT: "100", "remove_access": COURSE})
        )
    assert "remove_access" not in boxes_of(part)
    assert "remove_access" in boxes_of(whole)
    assert "Course access: The customer keeps it." in words_of(whole)
    assert "Course access: It is taken back once the refund counts." in words_of(ticked)


async def test_a_tick_on_access_is_dropped_with_the_whole_price(database: Database) -> None:
    async with refunding(database, *GRANTED) as person:
        form = await person.filled(DIALOG, **{COURSE_AMOUNT: "100", "remove_access": COURSE})
        answer = await person.send(**form | {COURSE_AMOUNT: "50"})
        version = await person.version()
    assert answer.status_code == 409
    assert "What will happen now is not what was shown to you." in words_of(answer)
    assert "remove_access" not in boxes_of(answer)
    assert version == len(GRANTED)


async def test_access_is_removed_with_the_refund(database: Database) -> None:
    async with refunding(database, *GRANTED) as person:
        form = await person.filled(
            DIALOG, **{COURSE_AMOUNT: "100", "remove_access": COURSE, "remove_offer_access": "on"}
        )
        answer = await person.send(**form)
        refund = await requested(person)
    assert said_by(answer)
    assert refund
    assert refund.remove_access == (COURSE,)
    assert refund.remove_offer_access


@pytest.mark.parametrize(
    ("facts", "is_offered"),
    [(GRANTED, True), ((*paid(GRANT_ACTION), *done(GRANT_ACTION)), False)],
    ids=["with club", "without"],
)
async def test_offer_access_is_offered_only_where_the_order_has_it(
    database: Database, facts: Sequence[OrderFact], is_offered: bool
) -> None:
    async with refunding(database, *facts) as person:
        boxes = boxes_of(await person.open())
    assert ("remove_offer_access" in boxes) is is_offered


async def test_recorded_only_says_that_no_money_is_returned(database: Database) -> None:
    async with refunding(database, *paid()) as person:
        await by_stripe(person)
        unticked = {COURSE_AMOUNT: "30", "refund_payments": None}
        form = await person.filled(DIALOG, **unticked)
        shown = await person.open(**form)
        answer = await person.send(**form)
        refund = await requested(person)
    assert "no money is returned" in words_of(shown)
    assert button_of(shown) == "Record refund of 30,00 €"
    assert said_by(answer)
    assert refund
    assert [one.method for one in refund.transfers] == [TransferMethod.NONE]


async def test_a_part_of_an_epassi_payment_says_before_that_no_money_moves(
    database: Database,
) -> None:
    async with refunding(database, *paid(provider="epassi")) as person:
        await by_epassi(person)
        part = await person.open(**await person.filled(DIALOG, **{COURSE_AMOUNT: "20"}))
        form = await person.filled(DIALOG, **{COURSE_AMOUNT: "20"})
        answer = await person.send(**form)
    assert "Epassi returns whole payments only. Pay it back in Epassi's own service" in words_of(
        part
    )
    assert button_of(part) == "Record refund of 20,00 €"
    assert said_by(answer) == (
        "Recorded. 20,00 € must be paid back by hand. "
        "Pay it back in Epassi's own service, then confirm it."
    )
    assert answer.headers[REGION_HEADER] == Region.PANEL


async def test_a_whole_epassi_payment_goes_back_by_itself(database: Database) -> None:
    just_paid = replace(received(provider="epassi"), at=utc_now())
    async with refunding(database, *paid()[:2], just_paid) as person:
        await by_epassi(person)
        shown = await person.open(**fields_of(await person.open()) | {"fill": "all"})
    assert button_of(shown) == "Refund 140,00 €"
    assert "Goes back by itself, through Epassi." in words_of(shown)


async def test_a_method_without_direct_refunds_says_where_to_do_it(database: Database) -> None:
    async with refunding(database, *paid(provider="invoice")) as person:
        shown = await person.open(**await person.filled(DIALOG, **{COURSE_AMOUNT: "20"}))
    assert "the ledger has no way to ask Invoice" in words_of(shown)
    assert "Pay it back the way it was paid, then confirm it." in words_of(shown)


async def test_a_person_can_pay_back_what_a_provider_could(database: Database) -> None:
    async with refunding(database, *paid()) as person:
        await by_stripe(person)
        offered = await person.open(**await person.filled(DIALOG, **{COURSE_AMOUNT: "20"}))
        shown = await person.open(
            **await person.filled(DIALOG, **{COURSE_AMOUNT: "20", "by_hand": "on"})
        )
    assert "by_hand" in boxes_of(offered)
    assert "Stripe is not asked, as you wish" in words_of(shown)
    assert button_of(shown) == "Record refund of 20,00 €"


async def test_money_above_the_total_can_go_back_where_there_is_any(database: Database) -> None:
    twice = (*paid(), received(SECOND_PAYMENT, 1_000, minute=9))
    async with refunding(database, *twice) as person:
        await by_stripe(person)
        form = await person.filled(DIALOG, excess="10")
        shown = await person.open(**form)
        answer = await person.send(**form)
        refund = await requested(person)
    assert "Money above the order's total Refundable up to 10,00 €" in words_of(shown)
    assert said_by(answer)
    assert refund
    assert (refund.excess, refund.lines) == (1_000, ())


async def test_there_is_no_field_for_money_above_the_total_where_there_is_none(
    database: Database,
) -> None:
    async with refunding(database, *paid()) as person:
        assert "excess" not in fields_of(await person.open())


async def test_two_presses_of_the_button_refund_once(database: Database) -> None:
    async with refunding(database, *paid()) as person:
        form = await person.filled(DIALOG, **{COURSE_AMOUNT: "100"})
        first = await person.send(**form)
        version = await person.version()
        second = await person.send(**form)
        after = await person.version()
    assert said_by(first).startswith("Recorded.")
    assert said_by(second).startswith("This was done already")
    assert version == after > len(paid())


async def test_what_a_colleague_refunded_meanwhile_is_said_and_nothing_is_recorded(
    database: Database,
) -> None:
    async with refunding(database, *paid()) as person:
        form = await person.filled(DIALOG, **{COURSE_AMOUNT: "100"})
        meanwhile = refunded(replace(COURSE_BACK, amount=6_000, vat=1_219))
        await stand(person.parts, *meanwhile, after=len(paid()))
        answer = await person.send(**form)
        version = await person.version()
    assert (answer.status_code, answer.headers[REGION_HEADER]) == (409, Region.DIALOG)
    assert "This order changed meanwhile, and nothing was done." in words_of(answer)
    assert "Course Refundable up to 40,00 €" in words_of(answer)
    assert fields_of(answer)[COURSE_AMOUNT] == "100"
    assert version == len(paid()) + len(meanwhile)


async def test_a_stale_maximum_is_refused_also_if_the_wish_would_fit(database: Database) -> None:
    async with refunding(database, *paid()) as person:
        form = await person.filled(DIALOG, **{COURSE_AMOUNT: "10"})
        meanwhile = refunded(replace(COURSE_BACK, amount=6_000, vat=1_219))
        await stand(person.parts, *meanwhile, after=len(paid()))
        answer = await person.send(**form)
        version = await person.version()
    assert answer.status_code == 409
    assert version == len(paid()) + len(meanwhile)


async def test_news_of_another_product_does_not_disturb(database: Database) -> None:
    async with refunding(database, *paid()) as person:
        form = await person.filled(DIALOG, **{BUMP_AMOUNT: "10"})
        meanwhile = refunded(replace(COURSE_BACK, amount=6_000, vat=1_219))
        await stand(person.parts, *meanwhile, after=len(paid()))
        answer = await person.send(**form)
    assert said_by(answer)


async def test_what_was_typed_after_the_preview_is_shown_before_it_is_done(
    database: Database,
) -> None:
    async with refunding(database, *paid()) as person:
        form = await person.filled(DIALOG, **{COURSE_AMOUNT: "10"})
        answer = await person.send(**form | {COURSE_AMOUNT: "90"})
        again = await person.send(**fields_of(answer))
    assert answer.status_code == 409
    assert button_of(answer) == "Record refund of 90,00 €"
    assert said_by(again)


@pytest.mark.parametrize("role", [Role.VIEWER, Role.AUDITOR])
async def test_who_may_only_look_cannot_refund(database: Database, role: Role) -> None:
    async with refunding(database, *paid(), role=role) as person:
        opened = await person.open()
        sent = await person.send(key="k", **{COURSE_AMOUNT: "1"})
        version = await person.version()
    assert (opened.status_code, sent.status_code) == (403, 403)
    assert version == len(paid())


async def test_an_order_that_nobody_paid_for_can_only_be_recorded(database: Database) -> None:
    unpaid = paid()[:2]
    async with refunding(database, *unpaid) as person:
        shown = await person.open()
        form = chosen(fields_of(shown) | {"refund_payments": None, "fill": "all"})
        recorded = await person.open(**form)
    assert "Nothing is left that could be returned." in words_of(shown)
    assert fields_of(recorded)[COURSE_AMOUNT] == "100,00"


async def test_the_words_come_in_the_language_of_the_visitor_with_its_amounts(
    database: Database,
) -> None:
    async with refunding(database, *paid()) as person:
        person.visitor.client.cookies.set("language", "fi")
        shown = await person.open(**await person.filled(DIALOG, **{COURSE_AMOUNT: "12,5"}))
    assert "12,50 €" in words_of(shown)
    assert PAYMENT not in words_of(shown)
