"""The twelve tasks of `docs/walkthrough.md`, done in a browser on one whole demo ledger.

The rule to know: each test is named by its task and asserts what the document says that one sees.
They share the ledger, yet none needs another one's work.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.walking import WAIT_MILLISECONDS, Walk, demo_ledger, walk_through

DOCUMENT = Path(__file__).parents[2] / "docs" / "walkthrough.md"
COLUMNS = [
    "Status",
    "Created",
    "Customer",
    "Total",
    "Products",
    "Payment method",
    "Source",
    "Country",
]
SECTIONS = ["General", "Customer", "Payments", "Post-purchase actions", "Notes", "History"]
OUTDATED = ("HTTP 500", "newer settings")
COUNTED_MAX = 500


@pytest.fixture(scope="module")
def _walk(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walk]:
    expect.set_options(timeout=WAIT_MILLISECONDS)
    with (
        demo_ledger(tmp_path_factory.mktemp("walk") / "data") as printed,
        walk_through(chromium, printed) as walk,
    ):
        yield walk
    expect.set_options(timeout=5_000)


@pytest.fixture
def walk(_walk: Walk) -> Iterator[Walk]:
    """The person, at the list of orders; nothing may complain."""
    _walk.page.goto(f"{_walk.base}/orders")
    yield _walk
    assert not _walk.complaints, _walk.complaints


def test_the_document_has_these_tasks() -> None:
    headings = re.findall(r"^## (\d+)\. (.+)$", DOCUMENT.read_text(encoding="utf-8"), re.MULTILINE)
    assert [int(number) for number, _ in headings] == list(range(1, 13))
    slugs = {re.sub(r"[^a-z]+", "_", words.lower()).strip("_") for _, words in headings}
    assert slugs == {name[5:] for name in globals() if name.startswith("test_")} - {
        "the_document_has_these_tasks"
    }


def test_sign_in_and_read_the_table(walk: Walk) -> None:
    walk.page.goto(walk.printed.link)
    expect(walk.page).to_have_url(f"{walk.base}/orders")
    expect(walk.page.locator("table.orders thead th")).to_have_text(COLUMNS)
    exact = walk.rows.first.locator("time").get_attribute("title")
    assert exact
    assert "(Helsinki)" in exact
    walk.page.get_by_role("link", name="Older", exact=True).click()
    expect(walk.page.get_by_role("link", name="Newer", exact=True)).to_be_visible()
    walk.page.get_by_role("link", name="Newer", exact=True).click()
    walk.page.wait_for_url(re.compile("before="))


def test_find_orders_by_each_filter(walk: Walk) -> None:
    walk.open_first("newsletter", "Completed")
    number = walk.title.inner_text().removeprefix("Order #")
    customer = walk.page.locator("#order-customer dd")
    first, last = customer.nth(0).inner_text().split(maxsplit=1)
    email = customer.nth(1).inner_text().strip()
    for label, value in {
        "Order number": number,
        "Email": email,
        "First name": first,
        "Last name": last,
        "Source": "newsletter",
        "Tag": "spring-launch",
    }.items():
        walk.page.goto(f"{walk.base}/orders")
        walk.filter(**{label.replace(" ", "_"): value})
        if label in {"Order number", "Email"}:
            expect(walk.rows.filter(has_text=number)).to_have_count(1)
    walk.page.goto(f"{walk.base}/orders")
    walk.filter(Discount_code="SPRING20")
    walk.open_row(walk.rows.first)
    expect(walk.page.locator("#order-general")).to_contain_text("SPRING20")
    walk.page.goto(f"{walk.base}/orders")
    walk.tick_filter("Status", "Completed")
    expect(walk.rows.first.locator(".c-st")).to_contain_text("Completed")
    walk.page.get_by_role("link", name="Clear", exact=True).click()
    walk.search(number)


def test_read_an_order_and_its_past(walk: Walk) -> None:
    walk.open_first("Completed", "Stripe")
    expect(walk.panel.get_by_role("heading", level=3)).to_have_text(SECTIONS)
    for words in ("Offer", "Source", "Total", "VAT included"):
        expect(walk.page.locator("#order-general")).to_contain_text(words)
    expect(walk.page.locator("#order-customer")).to_contain_text(re.compile("Consent (not )?given"))
    expect(walk.page.locator("#order-payments")).to_contain_text("Received")
    expect(walk.action("Receipt")).to_contain_text("Succeeded")
    walk.page.locator("#order-history").get_by_role("link", name="Step through its past").click()
    slider = walk.page.get_by_role("slider", name="Moment of the order's history")
    expect(slider).to_be_visible()
    slider.focus()
    slider.press("Home")
    expect(walk.panel).to_contain_text("Checkout opened")
    expect(walk.panel).to_contain_text("after fact 1 of")
    walk.page.get_by_role("link", name="Now", exact=True).click()
    walk.page.get_by_label("New note").fill("Rang, all is well.")
    walk.page.get_by_role("button", name="Add note").click()
    expect(walk.page.locator("#order-notes li")).to_contain_text("Rang, all is well.")


def test_see_trouble_from_another_page(walk: Walk) -> None:
    walk.choose("Reports")
    counter = walk.page.locator("nav .count[data-attention]")
    expect(counter).to_be_visible()
    before = int(re.findall(r"\d+", counter.inner_text())[0])
    more = "|".join(str(before + number) for number in range(1, COUNTED_MAX))
    expect(counter).to_have_text(re.compile(rf"^\s*({more})\b"), timeout=2 * WAIT_MILLISECONDS)
    expect(walk.page).to_have_title(re.compile(r"^\(\d+\) Reports"))


def test_investigate_a_failed_action_and_run_it_again(walk: Walk) -> None:
    walk.choose_cause(*OUTDATED)
    walk.open_row(walk.rows.first)
    expect(walk.panel).to_contain_text("Newer settings are published (revision 2)")
    books = walk.action("Bookkeeping")
    expect(books).to_contain_text("answered 500")
    books.get_by_role("link", name="Re-run").click()
    walk.dialog.get_by_label("Use latest configuration").check()
    expect(walk.dialog).to_contain_text("With the latest configuration (revision 2), for good")
    expect(walk.dialog).to_contain_text("orders-v2")
    walk.do("Re-run Bookkeeping")
    expect(books).to_contain_text("Succeeded")
    expect(books).to_contain_text("Run 2")


def test_repeat_an_action_and_force_one_that_is_stuck(walk: Walk) -> None:
    walk.open_first("Completed", "Stripe")
    email = walk.page.locator("#order-customer dd").nth(1).inner_text().strip()
    receipt = walk.action("Receipt")
    walk.receivers("mail", trouble="never answers", part=email)
    receipt.get_by_role("link", name="Re-run").click()
    expect(walk.dialog).to_contain_text("This action has succeeded already.")
    expect(walk.dialog).to_contain_text(f"The email will be sent to {email} again.")
    walk.dialog.get_by_label("Yes, do it again").check()
    walk.do("Re-run Receipt")
    expect(receipt.locator(".badge")).to_have_text("Running")
    walk.receivers(f"mail/{email}")
    receipt.get_by_role("link", name="Force re-run").click()
    expect(walk.dialog).to_contain_text("This action is running now.")
    expect(walk.dialog).to_contain_text("what it does may happen twice")
    walk.dialog.get_by_label("I am confident that the previous run").check()
    walk.do("Force re-run")
    expect(receipt.locator(".badge")).to_have_text("Succeeded")
    expect(receipt).to_contain_text("Run 3")


def test_take_a_case_and_run_a_whole_cause_again(walk: Walk) -> None:
    cause = walk.choose_cause("HTTP 500", "Kajabi")
    first, second = walk.rows.nth(0), walk.rows.nth(1)
    number = first.locator("a.id").inner_text().partition("#")[2]
    first.get_by_role("button", name="Take").click()
    expect(first.locator(".who-on")).to_contain_text("You")
    second.get_by_role("link", name="Snooze").click()
    walk.dialog.get_by_label("Until tomorrow morning").check()
    walk.do("Snooze")
    expect(walk.page.locator("details.snoozed")).to_contain_text("Snoozed: 1 order")
    walk.receivers("kajabi/watercolour")
    cause.get_by_role("link", name="Re-run all").click()
    expect(walk.dialog).to_contain_text("actions will run again")
    walk.do(re.compile("^Re-run \\d+ actions?$"))
    walk.search(number)
    expect(walk.action("Access to Watercolour")).to_contain_text("Succeeded")


def test_refund_a_part_through_stripe(walk: Walk) -> None:
    walk.tick_filter("Payment status", "Paid")
    walk.open_first("Completed", "Stripe", "€")
    walk.ask("Refund…")
    expect(walk.dialog).to_contain_text("Refundable up to")
    expect(walk.dialog.get_by_label("Refund payments")).to_be_checked()
    amounts(walk).first.fill("5,00")
    expect(walk.dialog).to_contain_text("Goes back by itself, through Stripe.")
    expect(walk.dialog.get_by_label("Remove access")).to_have_count(0)
    walk.do("Refund 5,00 €")
    expect(walk.badge("Partially refunded")).to_be_visible()
    expect(walk.page.locator("#order-payments")).to_contain_text("The money is back.")
    expect(walk.page.locator("#order-payments")).to_contain_text("(PDF)")
    expect(walk.action("Refund confirmation")).to_contain_text("Succeeded")


def test_refund_everything_and_remove_access(walk: Walk) -> None:
    walk.tick_filter("Payment status", "Paid")
    walk.open_first("Completed", "Paytrail", "€")
    walk.ask("Refund…")
    walk.dialog.get_by_role("button", name="All", exact=True).click()
    remove = walk.dialog.get_by_label("Remove access").first
    remove.check()
    expect(walk.dialog).to_contain_text("It is taken back once the refund counts.")
    walk.do(re.compile("^Refund [0-9]"))
    expect(walk.badge("Refunded")).to_be_visible()
    expect(walk.page.locator("#order-payments")).to_contain_text("access removed")
    expect(walk.action("Remove access: .*").first).to_contain_text("Succeeded")


def test_refund_a_part_of_an_epassi_payment(walk: Walk) -> None:
    walk.tick_filter("Payment status", "Paid")
    walk.open_first("Epassi", "€")
    number = walk.title.inner_text().removeprefix("Order ")
    walk.ask("Refund…")
    amounts(walk).first.fill("5,00")
    expect(walk.dialog).to_contain_text("No money moves by itself")
    walk.do("Record refund of 5,00 €")
    expect(walk.page.locator("#order-payments")).to_contain_text("Owed: pay it back by hand")
    walk.choose("Open refunds")
    owed = walk.page.locator(".open-order").filter(has_text=number)
    owed.get_by_role("link", name="Confirm…").click()
    walk.dialog.get_by_label("Reference").fill("EP-1")
    walk.do("It was paid back")
    expect(owed).to_have_count(0)


def test_record_a_refund_only_then_complete_the_order(walk: Walk) -> None:
    walk.choose_cause(*OUTDATED)
    walk.open_row(walk.rows.first)
    walk.ask("Refund…")
    amounts(walk).first.fill("5,00")
    walk.dialog.get_by_label("Refund payments").uncheck()
    walk.do(re.compile("^Record refund of 5,00"))
    expect(walk.page.locator("#order-payments")).to_contain_text("Recorded only")
    expect(walk.badge("Partially refunded")).to_be_visible()
    walk.ask("Complete order…")
    expect(walk.dialog.get_by_label("Run post-purchase actions")).to_be_checked()
    walk.dialog.get_by_label("Use latest configuration").check()
    expect(walk.dialog).to_contain_text("This is permanent and cannot be undone.")
    walk.dialog.get_by_label("Also restore refunded data").check()
    expect(walk.dialog).to_contain_text("orders-v2")
    expect(walk.dialog).to_contain_text("restored")
    walk.do(re.compile("^Complete order and run"))
    expect(walk.badge("Marked as completed")).to_be_visible()
    expect(walk.page.locator("#order-payments")).to_contain_text("Restored")
    expect(walk.action("Bookkeeping")).to_contain_text("Succeeded")


def test_look_up_a_customer_a_report_and_a_message(walk: Walk) -> None:
    walk.open_first("Completed", "Stripe")
    walk.page.get_by_role("link", name="All their orders").click()
    for words in ("Access now", "Orders", "Payments", "Refunds"):
        expect(walk.page.get_by_role("heading", name=words, exact=True)).to_be_visible()
    walk.choose("Reports")
    walk.page.get_by_role("navigation", name="Divided by").get_by_role("link").nth(1).click()
    with walk.page.expect_download() as report:
        walk.page.get_by_role("link", name="CSV", exact=True).click()
    assert "gross" in report.value.path().read_text(encoding="utf-8")
    walk.choose("Messages")
    walk.page.get_by_role("link", name="Quarantined").click()
    expect(walk.page.locator("a", has_text="demo/stray/")).to_have_count(1)
    walk.page.get_by_role("link", name="Parked").click()
    expect(walk.page.get_by_role("link", name="Parked")).to_have_attribute("aria-current", "true")
    walk.page.locator("a", has_text="demo/stray/").click()
    walk.page.get_by_role("button", name="Replay").click()
    expect(walk.page.locator("#said")).to_contain_text("still waits")
    walk.page.get_by_role("button", name="Demo Admin: account and display").click()
    walk.page.get_by_role("button", name="Dark").click()
    expect(walk.page.locator("html")).to_have_attribute("data-theme", "dark")
    walk.page.get_by_role("button", name="Demo Admin: account and display").click()
    walk.page.get_by_role("button", name="Suomi").click()
    expect(walk.page.locator("html")).to_have_attribute("lang", "fi")


def amounts(walk: Walk) -> Locator:
    """Find the fields of the refund's amounts."""
    return walk.dialog.locator("table.rf input[inputmode=decimal]")
