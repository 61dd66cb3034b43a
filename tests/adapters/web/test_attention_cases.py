"""Who is on an order that needs attention, and which wait: over HTTP, by two people at once."""

import asyncio
from datetime import UTC, datetime, timedelta
from urllib.parse import unquote
from zoneinfo import ZoneInfo

import pytest

from adapters.cases.case import CaseTaken, Snooze
from adapters.cases.store import Desk
from adapters.clock import utc_now
from adapters.http_api.freshness import catch_up
from adapters.web.answers import SAID_HEADER
from adapters.web.regions import REGION_HEADER, Region
from domain.identifiers import ShopId
from tests.adapters.http_api.recorded import followed, order_id_of
from tests.adapters.http_api.served import KAUPPA, TOINEN
from tests.adapters.web.seen import words_of
from tests.adapters.web.site import Site, Visitor, site
from tests.adapters.web.troubled import failed, field, impatient, rows, stand
from tests.support import Database

ORDER = order_id_of(1)
CASE = f"/orders/{ORDER}/case"
FROM_LIST = f"{CASE}?tab=attention&from=list"
MINUTES = timedelta(minutes=1)


async def one_in_trouble(ledger: Site) -> None:
    """Let one order need attention."""
    await impatient(ledger.parts)
    await catch_up(ledger.parts, await stand(ledger.parts, 1, failed()))


async def row_of(visitor: Visitor) -> str:
    """Read the one row there is."""
    [row] = rows((await visitor.get("/orders", tab="attention")).text)
    return row


async def desk_for(ledger: Site, name: str, shop: ShopId = KAUPPA) -> Desk:
    """Sit somebody down."""
    async with ledger.visitor(email=f"{name}@example.com", shop=shop) as visitor:
        found = await ledger.parts.sessions.find(visitor.client.cookies["session"])
    assert found is not None
    return Desk(pool=ledger.parts.pool, shop=shop, person_id=found.person_id, now=utc_now())


def later(desk: Desk, minutes: int) -> Desk:
    """Let time pass at a desk."""
    now = desk.now + minutes * MINUTES
    return Desk(pool=desk.pool, shop=desk.shop, person_id=desk.person_id, now=now)


async def test_a_case_is_taken_shown_to_all_and_released(database: Database) -> None:
    async with site(database) as ledger, followed(ledger.parts):
        await one_in_trouble(ledger)
        async with (
            ledger.visitor() as laura,
            ledger.visitor(email="otto@example.com") as otto,
        ):
            free = await row_of(laura)
            taken = await laura.post(FROM_LIST, Region.DIALOG, do="take")
            own, others = await row_of(laura), await row_of(otto)
            released = await laura.post(FROM_LIST, do="release")
            after = await row_of(otto)

    assert "Take" in free
    assert taken.headers[REGION_HEADER] == "results"
    assert unquote(taken.headers[SAID_HEADER]).startswith("You are on this order until")
    assert "You until" in own
    assert "Laura until" in others
    assert "Take over…" in others
    assert released.headers["location"] == "/shops/kauppa/orders?tab=attention"
    assert "until" not in after


async def test_who_comes_second_is_told_who_and_may_take_it_over(database: Database) -> None:
    async with site(database) as ledger, followed(ledger.parts):
        await one_in_trouble(ledger)
        async with (
            ledger.visitor() as laura,
            ledger.visitor(email="otto@example.com") as otto,
        ):
            await laura.post(FROM_LIST, do="take")
            told = await otto.post(FROM_LIST, Region.DIALOG, do="take")
            snoozed = await otto.post(FROM_LIST, Region.DIALOG, do="snooze", **{"for": "hour"})
            over = await otto.post(FROM_LIST, do="take", over=field(told.text, "over"))
            row = await row_of(otto)
            back = await laura.post(CASE, Region.DIALOG, do="release")
            still = await row_of(otto)

    assert (told.status_code, snoozed.status_code) == (409, 409)
    assert "Laura is on this order." in words_of(told.text)
    assert "Take this order over?" in words_of(told.text)
    assert over.status_code == 303
    assert "You until" in row
    assert back.headers[REGION_HEADER] == "panel"
    assert "You until" in still, "nobody releases another's case"


async def test_a_snoozed_order_stands_last_and_still_counts(database: Database) -> None:
    async with site(database) as ledger, followed(ledger.parts), ledger.visitor() as laura:
        await one_in_trouble(ledger)
        await catch_up(ledger.parts, await stand(ledger.parts, 2, failed()))
        asked = await laura.get(FROM_LIST + "&ask=snooze", Region.DIALOG)
        await laura.post(FROM_LIST, None, do="snooze", **{"for": "tomorrow"})
        page = await laura.get("/orders", tab="attention")
        await laura.post(FROM_LIST, do="wake")
        woken = await laura.get("/orders", tab="attention")

    assert "Until tomorrow morning" in asked.text
    first, second = rows(page.text)
    assert "#2026-2" in first
    assert "#2026-1" in second
    assert "You snoozed until" in second
    assert "Snoozed: 1 order" in page.text
    assert "(2) Requires attention" in page.text, "it counts all the same"
    assert "#2026-1" in rows(woken.text)[0]


async def test_what_needs_no_attention_is_not_taken(database: Database) -> None:
    async with site(database) as ledger, ledger.visitor() as laura:
        unknown = await laura.post(CASE, Region.DIALOG, do="take")
        senseless = await laura.post(CASE, Region.DIALOG, do="dance")

    assert unknown.status_code == 409
    assert "needs no attention any more" in unknown.text
    assert senseless.status_code == 409


async def test_of_two_takers_at_once_one_wins_and_the_other_hears_who(database: Database) -> None:
    async with site(database) as ledger:
        desks = [await desk_for(ledger, name) for name in ("laura", "otto")]
        ends_at = desks[0].now + 30 * MINUTES
        answers = await asyncio.gather(
            *(desk.take(ORDER, ends_at) for desk in desks), return_exceptions=True
        )
        case = await desks[0].case_of(ORDER)

    [lost] = [answer for answer in answers if answer is not None]
    assert isinstance(lost, CaseTaken)
    assert case is not None
    assert lost.case.person_id == case.person_id


async def test_a_case_is_free_again_by_itself(database: Database) -> None:
    async with site(database) as ledger:
        laura, otto = [await desk_for(ledger, name) for name in ("laura", "otto")]
        await laura.take(ORDER, laura.now + 30 * MINUTES)
        with pytest.raises(CaseTaken):
            await later(otto, 29).take(ORDER, otto.now + 59 * MINUTES)
        free = await later(otto, 31).case_of(ORDER)
        await later(otto, 31).take(ORDER, otto.now + 61 * MINUTES)
        case = await later(laura, 32).case_of(ORDER)

    assert free is None
    assert case is not None
    assert case.person_id == otto.person_id


async def test_taking_over_counts_only_from_whom_it_was_seen(database: Database) -> None:
    async with site(database) as ledger:
        laura, otto, aino = [await desk_for(ledger, name) for name in ("laura", "otto", "aino")]
        ends_at = laura.now + 30 * MINUTES
        await laura.take(ORDER, ends_at)
        await otto.take(ORDER, ends_at, over=laura.person_id)
        with pytest.raises(CaseTaken):
            await aino.take(ORDER, ends_at, over=laura.person_id)


async def test_a_case_of_one_shop_is_none_of_anothers(database: Database) -> None:
    async with site(database) as ledger:
        here, there = await desk_for(ledger, "laura"), await desk_for(ledger, "otto", TOINEN)
        await here.snooze(ORDER, here.now + 30 * MINUTES)
        await there.wake(ORDER)
        found, others = await here.snoozed(), await there.snoozed()

    assert [case.order_id for case in found] == [ORDER]
    assert others == []


def test_tomorrow_begins_at_nine_in_the_shops_zone_also_when_the_clock_changes() -> None:
    helsinki = ZoneInfo("Europe/Helsinki")
    evening = datetime(2026, 10, 24, 21, 30, tzinfo=UTC)  # 00.30 on the 25th in Helsinki
    before = datetime(2026, 10, 24, 12, tzinfo=UTC)

    assert Snooze.TOMORROW.ends_at(evening, helsinki).isoformat() == "2026-10-26T09:00:00+02:00"
    assert Snooze.TOMORROW.ends_at(before, helsinki).isoformat() == "2026-10-25T09:00:00+02:00"
    assert Snooze.HOUR.ends_at(before, helsinki) == before + 60 * MINUTES
    assert Snooze.THREE_DAYS.ends_at(before, helsinki) == before + timedelta(days=3)


async def test_the_panel_says_who_is_on_it_and_leads_back_to_itself(database: Database) -> None:
    async with site(database) as ledger, followed(ledger.parts), ledger.visitor() as laura:
        await one_in_trouble(ledger)
        before = await laura.get(f"/orders/{ORDER}", Region.PANEL)
        taken = await laura.post(f"{CASE}?tab=attention", do="take")
        after = await laura.client.get(taken.headers["location"])

    assert "Nobody is on this" in before.text
    assert taken.headers["location"] == f"/shops/kauppa/orders/{ORDER}?tab=attention"
    assert "You are on this until" in words_of(after.text)
