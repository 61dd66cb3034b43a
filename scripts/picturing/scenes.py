"""What is pictured: a page, and what is done on it first.

The rule to know: names begin with their page, so that the album sorts and one asks for a group of
them by its beginning. `{failed}` and the like in a path stand for the orders of that name.
"""

from collections.abc import Awaitable, Callable, Sequence

from msgspec import Struct
from playwright.async_api import Page

from scripts.picturing.ledger import EMPTY
from scripts.picturing.orders import LONG_EMAIL
from scripts.picturing.telling import SHOP

Act = Callable[[Page], Awaitable[None]]
WIDE, PHONE, NARROW = 1440, 390, 320


class Scene(Struct, frozen=True, kw_only=True):
    """One state of one page."""

    name: str
    path: str
    act: Act | None = None
    widths: Sequence[int] = (WIDE, PHONE)
    is_signed_in: bool = True
    has_scripts: bool = True
    language: str = "en"


def _clicks(*selectors: str) -> Act:
    async def act(page: Page) -> None:
        for selector in selectors:
            await page.locator(selector).first.click()

    return act


def _fills(selector: str, text: str) -> Act:
    async def act(page: Page) -> None:
        await page.locator(selector).first.fill(text)
        await page.locator(selector).first.blur()

    return act


def _presses(key: str) -> Act:
    async def act(page: Page) -> None:
        await page.keyboard.press(key)

    return act


def _scrolls(selector: str) -> Act:
    async def act(page: Page) -> None:
        await page.locator(selector).first.evaluate("element => element.scrollIntoView()")

    return act


def _after(*acts: Act) -> Act:
    async def act(page: Page) -> None:
        for one in acts:
            await one(page)

    return act


def _shop(name: str, path: str, act: Act | None = None, **more: object) -> Scene:
    return Scene(name=name, path=f"/shops/{SHOP}{path}", act=act, **more)  # type: ignore[arg-type]


def _empty(name: str, path: str) -> Scene:
    return Scene(name=name, path=f"/shops/{EMPTY}{path}")


async def _offline(page: Page) -> None:
    await page.context.set_offline(True)
    await page.locator("tr[data-order] a").nth(1).click()


async def _past(page: Page) -> None:
    await page.locator("[data-past-go=older]").click()
    await page.locator("[data-past-go=older]").click()


EVERY = (WIDE, PHONE, NARROW)
DIALOG = "[data-preview-part]"
NOTE = "#order-notes textarea"
SCENES: Sequence[Scene] = (
    _shop("orders", "/orders", widths=EVERY),
    _shop("orders-filtered", "/orders?status=completed&status=paid&source=newsletter&tag=autumn"),
    _shop("orders-filters", "/orders", _clicks(".chip.add"), widths=EVERY),
    _shop("orders-export", "/orders", _clicks("[popovertarget=export-menu]")),
    _shop("orders-no-match", "/orders?q=nobody"),
    _shop("orders-next-page", "/orders?status=completed", _clicks("a[rel=next]")),
    _shop("orders-keys", "/orders", _presses("?")),
    _shop("orders-menu-of-person", "/orders", _clicks("[popovertarget=me]")),
    _shop("orders-shops", "/orders", _clicks(".shops summary")),
    _shop("orders-focus", "/orders", _after(_presses("Tab"), _presses("Tab"), _presses("Tab"))),
    _shop("orders-offline", "/orders/{failed}", _offline, widths=(WIDE,)),
    _shop("orders-not-found", "/orders/00000000-0000-0000-0000-0000000fffff"),
    _shop("orders-plain", "/orders/{failed}", has_scripts=False),
    _shop("orders-in-finnish", "/orders/{failed}", language="fi"),
    _empty("orders-empty", "/orders"),
    _shop("attention", "/orders?tab=attention", widths=EVERY),
    _shop("attention-panel", "/orders/{failed}?tab=attention"),
    _shop(
        "attention-ticked",
        "/orders?tab=attention",
        _clicks("tbody input[type=checkbox]"),
        widths=EVERY,
    ),
    _shop("attention-no-match", "/orders?tab=attention&q=nobody"),
    _shop("attention-rerun", "/orders?tab=attention", _clicks(".causes .does [data-dialog]")),
    _shop("attention-snooze", "/orders/{failed}?tab=attention", _clicks(".case [data-dialog]")),
    _empty("attention-empty", "/orders?tab=attention"),
    _shop("panel", "/orders/{failed}", widths=EVERY),
    *(
        _shop(f"panel-{part}", "/orders/{failed}", _scrolls(f"#order-{part}"))
        for part in ("customer", "payments", "actions", "notes", "history")
    ),
    _shop("panel-menu", "/orders/{failed}", _clicks("[popovertarget=order-menu]")),
    _shop("panel-past", "/orders/{failed}/at/19", widths=EVERY),
    _shop("panel-past-stepped", "/orders/{failed}/at/19", _past),
    _shop("panel-done", "/orders/{failed}", _after(_fills(NOTE, "Hi"), _clicks(".note-form .btn"))),
    *(
        _shop(f"panel-of-{kind}", f"/orders/{{{kind}}}")
        for kind in (
            "started",
            "in-progress",
            "declined",
            "processing",
            "paid",
            "completed",
            "marked",
            "partly-refunded",
            "refunded",
            "long",
            "many-lines",
            "refund-failed",
            "refund-unresolved",
            "refund-pending",
            "refund-owed",
            "external",
            "disputed",
            "overpaid",
            "yen",
            "dinar",
            "krona",
            "erased",
        )
    ),
    *(
        _shop(f"panel-refunds-{kind}", f"/orders/{{{kind}}}", _scrolls("#order-payments"))
        for kind in ("partly-refunded", "refund-failed", "refund-owed", "external", "overpaid")
    ),
    _shop("dialog-complete", "/orders/{failed}", _clicks("[data-focus=complete]"), widths=EVERY),
    _shop("dialog-complete-refunded", "/orders/{refunded}", _clicks("[data-focus=complete]")),
    _shop("dialog-rerun", "/orders/{failed}", _clicks("[data-focus='rerun access']")),
    _shop("dialog-rerun-latest", "/orders/{failed}", _clicks("[data-focus='rerun crm']")),
    _shop("dialog-rerun-again", "/orders/{failed}", _clicks("[data-focus='rerun receipt']")),
    _shop("dialog-rerun-forced", "/orders/{failed}", _clicks("[data-focus='rerun books']")),
    _shop("dialog-refund", "/orders/{completed}", _clicks("[data-focus=refund]"), widths=EVERY),
    _shop(
        "dialog-refund-all",
        "/orders/{completed}",
        _after(_clicks("[data-focus=refund]"), _fills(".rf input[type=text]", "300,00")),
        widths=EVERY,
    ),
    _shop(
        "dialog-refund-too-much",
        "/orders/{completed}",
        _after(_clicks("[data-focus=refund]"), _fills(".rf input[type=text]", "9999")),
    ),
    _shop(
        "dialog-refund-epassi",
        "/orders/{epassi}",
        _after(_clicks("[data-focus=refund]"), _fills(".rf input[type=text]", "10,00")),
    ),
    _shop(
        "dialog-refund-by-hand",
        "/orders/{refund-owed}",
        _after(_clicks("[data-focus=refund]"), _fills(".rf input[type=text]", "10,00")),
    ),
    _shop("dialog-refund-40-lines", "/orders/{many-lines}", _clicks("[data-focus=refund]")),
    _shop("dialog-refund-long", "/orders/{long}", _clicks("[data-focus=refund]"), widths=EVERY),
    _shop("dialog-refund-plain", "/orders/{completed}/refund", has_scripts=False),
    _shop("dialog-confirm", "/orders/{refund-owed}/refunds/refund-1/confirm?transfer=refund-1/1"),
    _shop("dialog-allocate", "/orders/{external}/external-refunds/re_external_1/allocate"),
    _shop("refunds", "/refunds", widths=EVERY),
    _empty("refunds-empty", "/refunds"),
    _shop("customers", "/customers?q=virtanen"),
    _shop("customers-one", "/customers?email=anna.virtanen6@example.fi", widths=EVERY),
    _shop("customers-long", f"/customers?email={LONG_EMAIL}"),
    _shop("customers-unknown", "/customers?q=nobody@example.com"),
    _shop("customers-empty", "/customers"),
    _shop("reports", "/reports", widths=EVERY),
    _empty("reports-empty", "/reports"),
    _shop("messages", "/messages", widths=EVERY),
    _shop("messages-one", "/messages/show?id=payment-9999"),
    _empty("messages-empty", "/messages"),
    _shop("system", "/system", widths=EVERY),
    _shop("people", "/people", widths=EVERY),
    _shop("people-new", "/people", _clicks("a[href$='/people/new']")),
    _shop("people-new-key", "/people", _clicks("a[href$='/keys/new']")),
    _shop("people-one", "/people", _clicks("table [data-dialog]")),
    Scene(name="account", path="/account"),
    Scene(name="account-password", path="/account/password"),
    Scene(name="sign-in", path="/sign-in", is_signed_in=False),
    Scene(name="sign-in-link-used", path="/sign-in/link/used", is_signed_in=False),
)
