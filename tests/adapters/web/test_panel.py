"""The panel: everything about one order, and what can be done with it."""

from urllib.parse import quote

import pytest
from msgspec.structs import replace

from adapters.auth.roles import Role
from domain.identifiers import ActionId, LineId
from domain.order.events import ActionAdded, NoteAdded
from domain.order.values import Discount, FreeText, LineKind
from tests.adapters.commands.given import publish
from tests.adapters.web.opened import ORDER, opened
from tests.adapters.web.seen import links_of, text_of
from tests.examples import (
    BUMP_LINE,
    COURSE_LINE,
    CUSTOMER,
    GRANT,
    GRANT_ACTION,
    HOOK,
    HOOK_ACTION,
    RECEIPT,
    RECEIPT_ACTION,
    SHOP,
    action_started,
    at,
    done,
    failed,
    paid,
    placed,
    removal_of,
    requested,
    started,
)
from tests.support import Database

PATH = f"/shops/{SHOP}{ORDER}"
URGED = 'class="btn primary" href='
FAILED = (
    *paid(GRANT_ACTION, HOOK_ACTION, RECEIPT_ACTION),
    *done(RECEIPT_ACTION),
    requested(HOOK_ACTION),
    action_started(HOOK),
    failed(HOOK),
)


async def test_general_shows_offer_source_and_what_was_bought(database: Database) -> None:
    async with opened(database, *paid(RECEIPT_ACTION)) as order:
        seen = text_of(await order.html(), "order-general")

    for words in (
        "Offer Spring course",
        "newsletter",
        "early",
        "Total 140,00 €",
        "Course 100,00 €",
    ):
        assert words in seen
    assert "Workbook Order bump 40,00 €" in seen


async def test_each_vat_rate_is_shown_from_its_stored_figures(database: Database) -> None:
    lines = (COURSE_LINE, replace(BUMP_LINE, vat_rate=1_000, vat=364))
    async with opened(database, started(), placed(lines=lines)) as order:
        seen = text_of(await order.html(), "order-general")

    assert "25,5 % 79,68 € 20,32 € 100,00 €" in seen
    assert "10 % 36,36 € 3,64 € 40,00 €" in seen


async def test_a_discount_an_upgrade_and_a_quantity_stand_at_their_line(
    database: Database,
) -> None:
    line = replace(
        COURSE_LINE,
        kind=LineKind.PRE_UPSELL,
        quantity=2,
        list_price=12_000,
        discount=2_000,
        replaces_product="Trial",
    )
    form = replace(placed(lines=(line,)), discounts=(Discount(code="SPRING", amount=2_000),))
    async with opened(database, started(), form) as order:
        seen = text_of(await order.html(), "order-general")

    assert "2 \N{MULTIPLICATION SIGN} Course Pre-upsell In place of Trial" in seen
    assert "List price 120,00 €, discount 20,00 €" in seen
    assert "SPRING (taken off above) \N{MINUS SIGN}20,00 €" in seen


async def test_forty_lines_are_all_shown(database: Database) -> None:
    lines = tuple(
        replace(COURSE_LINE, line_id=LineId(f"l{n}"), name=f"{n:02} {'Long name ' * 6}")
        for n in range(40)
    )
    async with opened(database, started(), placed(lines=lines)) as order:
        seen = text_of(await order.html(), "order-general")

    assert all(f"{n:02} Long name" in seen for n in range(40))


async def test_customer_shows_every_field_of_the_form(database: Database) -> None:
    form = replace(CUSTOMER, company="Virtanen Oy", business_id="1234567-8", phone="+358 40 1")
    async with opened(database, started(), replace(placed(), personal=form)) as order:
        html = await order.html()
        seen = text_of(html, "order-customer")

    for words in (
        "Name Aino Virtanen",
        "Email aino@example.com",
        "Phone +358 40 1",
        "Company Virtanen Oy",
        "Business ID 1234567-8",
        "Street Katu 1",
        "00100 Helsinki",
        "Country Finland",
        "Team Blue",
        "Consent given",
    ):
        assert words in seen
    assert f"/shops/{SHOP}/customers?email=aino%40example.com" in links_of(html, "order-customer")


async def test_an_open_checkout_says_what_is_not_known_yet(database: Database) -> None:
    async with opened(database, started()) as order:
        html = await order.html()

    seen = text_of(html)
    assert "Order without a number yet" in seen
    assert "Not known yet: the billing form is not filled in." in seen
    assert not [link for link in links_of(html) if "refund" in link or "complete" in link]


async def test_an_erased_customer_is_said_to_be_forgotten(database: Database) -> None:
    async with opened(database, started(), replace(placed(), personal=None)) as order:
        html = await order.html()

    seen = text_of(html, "order-customer")
    assert "Erased The customer was forgotten" in seen
    assert "Aino" not in html
    assert "All their orders" not in seen


async def test_actions_show_what_failed_and_what_can_be_done(database: Database) -> None:
    async with opened(database, *FAILED) as order:
        html = await order.html()

    seen = text_of(html, "order-actions")
    assert "1 of 3 done" in seen
    assert "Bookkeeping Failed" in seen
    assert "http_500" in seen
    assert "Address: https://hooks.example.com/a" in seen
    assert f"{PATH}/actions/hook/rerun" in links_of(html, "order-actions")


async def test_a_running_action_is_run_again_only_by_force(database: Database) -> None:
    async with opened(database, *FAILED[:-1]) as order:
        seen = text_of(await order.html(), "order-actions")

    assert "Force re-run Bookkeeping" in seen
    assert seen.count("Force re-run") == 1


async def test_newer_settings_are_pointed_out_at_a_failed_action(database: Database) -> None:
    async with opened(database, *FAILED) as order:
        await publish(order.site.parts)
        seen = text_of(await order.html(), "order-actions")

    assert seen.count("Newer settings are published (revision 2)") == 1


async def test_a_removal_that_failed_may_have_been_done_by_hand(database: Database) -> None:
    removal = removal_of(GRANT_ACTION)
    facts = (
        *paid(GRANT_ACTION),
        *done(GRANT_ACTION),
        ActionAdded(at=at(20), action=removal),
        requested(removal),
        action_started(removal.action_id),
        failed(removal.action_id),
    )
    async with opened(database, *facts) as order:
        links = links_of(await order.html(), "order-actions")

    by_hand = [link for link in links if link.endswith("/removed-by-hand")]
    assert by_hand == [f"{PATH}/actions/{quote(removal.action_id, safe='')}/removed-by-hand"]


async def test_an_id_is_escaped_whole_in_its_links(database: Database) -> None:
    action = replace(RECEIPT_ACTION, action_id=ActionId("a/b c?d"))
    async with opened(database, *paid(action)) as order:
        links = links_of(await order.html(), "order-actions")

    assert links == [f"{PATH}/actions/a%2Fb%20c%3Fd/rerun"]


async def test_the_notice_says_what_failed_and_what_the_customer_lacks(
    database: Database,
) -> None:
    broken = (requested(GRANT_ACTION), action_started(GRANT), failed(GRANT))
    async with opened(database, *FAILED, *broken) as order:
        settings = await order.site.parts.shop_settings.get(SHOP)
        await order.site.parts.shop_settings.put(SHOP, replace(settings, grace_seconds=0))
        seen = text_of(await order.html())

    assert "but 2 of 3 actions have failed." in seen
    assert "The customer may not have received course access." in seen


async def test_completing_is_urged_while_something_is_left(database: Database) -> None:
    async with opened(database, *FAILED) as order:
        assert URGED in await order.html()


async def test_completing_what_is_complete_is_offered_and_not_urged(database: Database) -> None:
    async with opened(database, *paid()) as order:
        html = await order.html()

    assert URGED not in html
    assert f"{PATH}/complete" in links_of(html)


async def test_the_links_keep_what_the_list_shows(database: Database) -> None:
    async with opened(database, *paid(RECEIPT_ACTION)) as order:
        html = await order.html(status="paid", transfer="t-1")

    links = links_of(html)
    assert f"/shops/{SHOP}/orders?status=paid" in links
    assert f"{PATH}/complete?status=paid" in links
    assert f"{PATH}/actions/{RECEIPT}/rerun?status=paid" in links


async def test_who_only_looks_finds_nothing_to_press(database: Database) -> None:
    async with opened(database, *FAILED, role=Role.VIEWER) as order:
        html = await order.html()

    wishes = ("/complete", "/refund", "/rerun", "/removed-by-hand", "/notes")
    assert not [link for link in links_of(html) if link.endswith(wishes)]
    assert "<form" not in html
    assert "Bookkeeping Failed" in text_of(html)


async def test_notes_and_the_history_are_told_in_words(database: Database) -> None:
    note = NoteAdded(at=at(9), command_id="n", by="Laura (p-1)", personal=FreeText(text="Called"))
    async with opened(database, *paid(RECEIPT_ACTION), note) as order:
        html = await order.html()

    assert "Laura" in text_of(html, "order-notes")
    assert "Called" in text_of(html, "order-notes")
    history = text_of(html, "order-history")
    assert "Checkout" in history
    assert "Payment status: Unpaid → becomes Paid" in history
    assert "Received: 0,00 € → becomes 140,00 €" in history


async def test_markup_in_an_orders_words_is_shown_as_it_is(database: Database) -> None:
    lines = (replace(COURSE_LINE, name="<script>alert(1)</script>"),)
    async with opened(database, started(), placed(lines=lines)) as order:
        html = await order.html()

    assert "<script>alert" not in html
    assert "&lt;script&gt;alert" in html


@pytest.mark.parametrize("role", [Role.VIEWER, Role.CUSTOMER_SERVICE])
async def test_the_head_has_a_second_row_only_where_something_can_be_done(
    database: Database, *, role: Role
) -> None:
    async with opened(database, *paid(), role=role) as order:
        html = await order.html()

    head = html.partition("</header>")[0]
    titles, _, deeds = head.partition('data-focus="close"')
    menu = 'popovertarget="order-menu"'
    assert html.count(menu) == 1
    assert (menu in titles, menu in deeds) == (role is Role.VIEWER, role is not Role.VIEWER)
