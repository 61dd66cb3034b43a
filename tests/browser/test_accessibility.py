"""Every page in every state: nothing for axe to find and nothing too wide, small or large, dark or
light.
"""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import NamedTuple
from uuid import UUID

import pytest
from playwright.async_api import Page, expect

from tests.browser.axe import troubles_of
from tests.browser.gallery import COURSES, EMPTY, LOOKING_ONLY, Visits, visits
from tests.examples import CUSTOMER, ORDER_ID
from tests.support import Database

Act = Callable[[Page], Awaitable[object]]
ORDER = f"{COURSES}/orders/{ORDER_ID}"
FAILED = f"{COURSES}/orders/{UUID(int=1)}"
QUESTION = "dialog[open]"


class State(NamedTuple):
    """A page, and what was done on it."""

    address: str
    acts: tuple[Act, ...] = ()
    is_signed_in: bool = True


def click(selector: str) -> Act:
    """Press the first of these."""
    return lambda page: page.locator(selector).first.click()


def shown(selector: str) -> Act:
    """Wait until it is to be seen."""
    return lambda page: expect(page.locator(selector).first).to_be_visible()


def fill(selector: str, words: str) -> Act:
    """Type into a field and leave it."""

    async def act(page: Page) -> None:
        await page.locator(selector).first.fill(words)
        await page.locator(selector).first.blur()

    return act


def asked(ending: str, address: str = ORDER) -> State:
    """Open a question over its page."""
    link = f'a[data-dialog][href*="{ending}"]:visible'
    return State(address, (click(link), shown(f"{QUESTION} #dialog-title")))


def then(state: State, *acts: Act) -> State:
    """Do more."""
    return state._replace(acts=(*state.acts, *acts))


async def forget_what_was_seen(page: Page) -> None:
    """Let the order look changed meanwhile."""
    await page.evaluate("document.querySelector('dialog [name=expected]').value = '1'")
    await page.evaluate("document.querySelector('dialog [name=seen]').value = ''")


async def break_the_line(page: Page) -> None:
    await page.route("**/orders/*", lambda route: route.abort())


STATES: Mapping[str, State] = {
    "orders": State(f"{COURSES}/orders"),
    "orders, filtered": State(f"{COURSES}/orders?q=example&status=paid&source=newsletter"),
    "orders, filters": State(
        f"{COURSES}/orders", (click("[popovertarget=order-filters]"), shown("#order-filters"))
    ),
    "orders, export": State(
        f"{COURSES}/orders", (click("[popovertarget=export-menu]"), shown("#export-menu"))
    ),
    "orders, no match": State(f"{COURSES}/orders?q=nobody"),
    "orders, not understood": State(f"{COURSES}/orders?status=lost"),
    "orders, none yet": State(f"{EMPTY}/orders"),
    "keys": State(f"{COURSES}/orders", (click("[data-keys]"), shown(QUESTION))),
    "own menu": State(f"{COURSES}/orders", (click(".me"), shown("#me"))),
    "order": State(ORDER),
    "order that failed": State(FAILED),
    "order without a number": State(f"{COURSES}/orders/{UUID(int=4)}"),
    "order, to look at": State(f"{LOOKING_ONLY}/orders"),
    "order, past": State(f"{ORDER}/at/5"),
    "order that cannot be loaded": State(
        f"{COURSES}/orders", (break_the_line, click("tr[data-order] a"), shown("[role=alert]"))
    ),
    "complete": asked("/complete"),
    "complete, failed": asked("/complete", FAILED),
    "complete, changed meanwhile": then(
        asked("/complete"),
        forget_what_was_seen,
        click(f"{QUESTION} [data-doing]"),
        shown(f"{QUESTION} [role=alert]"),
    ),
    "complete, alone": State(f"{ORDER}/complete"),
    "rerun": asked("/rerun", FAILED),
    "rerun, again": asked("/actions/grant/rerun"),
    "removed by hand": asked("/removed-by-hand"),
    "refund": asked("/refund"),
    "refund, wrong amount": then(
        asked("/refund"),
        fill(f"{QUESTION} input[name^='amount.']", "ten"),
        shown(f"{QUESTION} [aria-invalid=true]"),
    ),
    "refund, alone": State(f"{ORDER}/refund"),
    "confirm": asked("/confirm"),
    "allocate": asked("/allocate"),
    "attention": State(f"{COURSES}/orders?tab=attention"),
    "attention, order": State(f"{FAILED}?tab=attention"),
    "attention, selected": State(
        f"{COURSES}/orders?tab=attention", (click("[data-select-all]"), shown(".selbar"))
    ),
    "attention, no match": State(f"{COURSES}/orders?tab=attention&q=nobody"),
    "attention, nothing": State(f"{EMPTY}/orders?tab=attention"),
    "attention, rerun all": asked("/attention/rerun?cause", f"{COURSES}/orders?tab=attention"),
    "attention, snooze": asked("ask=snooze", f"{COURSES}/orders?tab=attention"),
    "open refunds": State(f"{COURSES}/refunds"),
    "open refunds, none": State(f"{EMPTY}/refunds"),
    "customers": State(f"{COURSES}/customers"),
    "customer": State(f"{COURSES}/customers?email={CUSTOMER.email}"),
    "customers, several": State(f"{COURSES}/customers?email=example"),
    "customer, unknown": State(f"{COURSES}/customers?email=nobody"),
    "reports": State(f"{COURSES}/reports?from=2026-03-01&to=2026-03-31"),
    "reports, wrong days": State(f"{COURSES}/reports?from=2026-03-31&to=2026-03-01"),
    "reports, nothing": State(f"{EMPTY}/reports"),
    "messages": State(f"{COURSES}/messages"),
    "message": State(f"{COURSES}/messages", (click("main tbody a"), shown("main pre"))),
    "messages, none": State(f"{EMPTY}/messages"),
    "system": State(f"{COURSES}/system"),
    "people": State(f"{COURSES}/people"),
    "people, new": asked("/people/new", f"{COURSES}/people"),
    "people, known already": then(
        asked("/people/new", f"{COURSES}/people"),
        fill("[name=email]", "mika@example.com"),
        fill("[name=name]", "Mika"),
        click(f"{QUESTION} .primary"),
        shown(f"{QUESTION} [role=alert]"),
    ),
    "people, change": asked("/people/", f"{COURSES}/people"),
    "people, new key": asked("/people/keys/new", f"{COURSES}/people"),
    "people, revoke a key": asked("/revoke", f"{COURSES}/people"),
    "account": State("/account"),
    "account, password": State("/account/password"),
    "sign in": State("/sign-in", is_signed_in=False),
    "sign in, refused": State(
        "/sign-in",
        (
            fill("[name=email]", "x@example.com"),
            fill("[name=password]", "x"),
            click("main .primary"),
            shown("[role=alert]"),
        ),
        is_signed_in=False,
    ),
    "sign in, used link": State("/sign-in/link/used", is_signed_in=False),
    "not found": State(f"{COURSES}/orders/{UUID(int=99)}"),
    "not allowed": State(f"{LOOKING_ONLY}/people"),
    "not understood": State(f"{COURSES}/refunds?state=lost"),
}


@pytest.fixture(scope="module")
def gallery(module_database: Database, chromium: str) -> Iterator[Visits]:
    """The pages to look at."""
    with visits(module_database, chromium) as opened:
        yield opened


@pytest.mark.parametrize("name", STATES)
def test_axe_finds_nothing_and_nothing_is_too_wide(gallery: Visits, name: str) -> None:
    assert gallery.run(_troubles(gallery, STATES[name])) == []


async def _troubles(visits: Visits, state: State) -> list[str]:
    opening = visits.gallery.page(state.address, is_signed_in=state.is_signed_in)
    async with opening as page:
        for act in state.acts:
            await act(page)
        return await troubles_of(page)
