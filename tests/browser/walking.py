"""A person who walks through a whole demo ledger in a browser: `scripts/run` as it is, and no command line.

The rule to know: all that is known beforehand is what the program prints, the sign-in link and the
address of the receivers' page. What else is needed is found on the pages, as a person finds it.
"""

import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import ConsoleMessage, Locator, Page, expect, sync_playwright

from scripts.browsing.finding import ARGUMENTS
from tests.scripts.whole_run import RUN, environment

SPEED = 2
"""Times the pace of the demo: what takes a person a minute must not take the suite as long."""
WAIT_MILLISECONDS = 30_000
STANDS = "visits fed"
SIGN_IN_LINK = re.compile(r"http://\S+/sign-in/link/\S+")
RECEIVERS = re.compile(r"http://\S+/sandbox")
PAGES_MAX = 20
LOOKS_MAX = 100
ASKED_MAX = 3
HOME = "/shops/demo"


class Printed(NamedTuple):
    """What the program says before a person opens the browser."""

    link: str
    receivers: str


@contextmanager
def demo_ledger(folder: Path) -> Iterator[Printed]:
    """Run a whole demo ledger while the block is open."""
    options = ("--data", str(folder), "--speed", str(SPEED))
    with subprocess.Popen(
        [*RUN, *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=environment(),
    ) as process:
        try:
            assert process.stdout is not None
            said = ""
            while STANDS not in said and (line := process.stdout.readline()):
                said += line
            found = SIGN_IN_LINK.search(said), RECEIVERS.search(said)
            link, receivers = (one[0] for one in found if one)
            yield Printed(link, receivers)
        finally:
            process.kill()


class Walk:
    """One browser, one person, one tab for the shop and one for the receivers."""

    def __init__(self, page: Page, printed: Printed) -> None:
        self.page = page
        self.printed = printed
        self.base = printed.link.partition("/sign-in")[0] + HOME
        self.complaints: list[str] = []
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    @property
    def dialog(self) -> Locator:
        """The question that is open."""
        return self.page.locator("dialog[open]")

    @property
    def panel(self) -> Locator:
        """The order that is open."""
        return self.page.locator("[data-region=panel]")

    @property
    def title(self) -> Locator:
        """The number of the order that is open."""
        return self.page.locator("#panel-title")

    @property
    def rows(self) -> Locator:
        """The orders of the table."""
        return self.page.locator("tr[data-order]")

    def choose(self, name: str) -> None:
        """Choose an item of the sidebar."""
        self.page.get_by_role("navigation", name="Main").get_by_role("link", name=name).click()
        item = self.page.get_by_role("navigation", name="Main").get_by_role("link", name=name)
        expect(item).to_have_attribute("aria-current", "page")

    def choose_cause(self, *words: str) -> Locator:
        """Look what requires attention until a cause is there that says this; show its orders."""
        cause = self.page.locator(".causes li")
        for word in words:
            cause = cause.filter(has_text=word)
        for _ in range(LOOKS_MAX):
            self.page.goto(f"{self.base}/orders?tab=attention")
            self.page.locator(".attention").wait_for()
            more = self.page.locator(".causes summary")
            if more.count():
                more.click()
            if cause.count():
                break
        cause.get_by_role("link", name="Show orders").click()
        expect(self.page.locator(".narrowed .chip")).to_contain_text("Cause")
        expect(self.rows.first).to_be_visible()
        return cause

    def filter(self, **values: str) -> None:
        """Set filters of the form by their labels; underscores stand for blanks."""
        self.page.get_by_role("button", name="Filter", exact=True).click()
        form = self.page.locator("#order-filters")
        for label, value in values.items():
            form.get_by_label(label.replace("_", " "), exact=True).fill(value)
        form.get_by_role("button", name="Apply filters").click()
        for label, value in values.items():
            self._see_chip(f"{label.replace('_', ' ')}: {value}")

    def tick_filter(self, group: str, value: str) -> None:
        """Tick one value of a filter that offers several."""
        self.page.get_by_role("button", name="Filter", exact=True).click()
        form = self.page.locator("#order-filters")
        form.get_by_role("group", name=group, exact=True).get_by_label(value, exact=True).check()
        form.get_by_role("button", name="Apply filters").click()
        self._see_chip(f"{group}: {value}")

    def open_first(self, *words: str) -> None:
        """Open the first order of this shop's own whose row has all these words, wherever it stands."""
        for _ in range(PAGES_MAX):
            expect(self.rows.first).to_be_visible()
            found = self.rows
            for word in words:
                found = found.filter(has_text=word)
            if any(self._is_own(row) for row in found.all()):
                return
            shown = self.rows.first.get_attribute("data-order") or ""
            self.page.get_by_role("link", name="Older", exact=True).click()
            expect(self.rows.first).not_to_have_attribute("data-order", shown)
        raise AssertionError(f"no order with {words}")

    def search(self, number: str) -> None:
        """Open an order by its number typed into the box above all orders."""
        self.page.goto(f"{self.base}/orders")
        self.page.get_by_role("searchbox").fill(number)
        self.page.keyboard.press("Enter")
        expect(self.title).to_have_text(f"Order #{number}")

    def open_row(self, row: Locator) -> None:
        """Open an order by its number."""
        number = row.locator("a.id").inner_text()
        row.locator("a.id").click()
        expect(self.title).to_have_text(number)

    def action(self, name: str) -> Locator:
        """Find a post-purchase action of the open order by its whole name."""
        one = self.page.locator("#order-actions .acts > li")
        return one.filter(has=self.page.locator(".t", has_text=re.compile(rf"^{name}\s")))

    def badge(self, words: str) -> Locator:
        """Find the status beside the number of the open order."""
        return self.page.locator(".panel-head .badge").get_by_text(words, exact=True)

    def ask(self, name: str) -> None:
        """Open a question of the panel's head."""
        self.panel.get_by_role("link", name=name).click()
        expect(self.dialog).to_be_visible()

    def do(self, name: str | re.Pattern[str]) -> None:
        """Press the button of the question until it is done; it asks again after what came between."""
        for _ in range(ASKED_MAX):
            with self.page.expect_response(lambda one: one.request.method == "POST") as answer:
                self.dialog.get_by_role("button", name=name, exact=True).click()
            if answer.value.status != HTTPStatus.CONFLICT:
                break
        expect(self.dialog).to_have_count(0)

    def receivers(self, target: str = "", trouble: str = "", part: str = "") -> None:
        """Calm a receiver on the receivers' page, or bring it trouble, in a tab of its own."""
        tab = self.page.context.new_page()
        tab.goto(self.printed.receivers)
        if trouble:
            tab.get_by_role("combobox", name="Receiver").select_option(target)
            tab.get_by_role("textbox", name="Part").fill(part)
            tab.get_by_role("combobox", name="Trouble").select_option(label=trouble)
            tab.get_by_role("button", name="Make trouble").click()
        else:
            tab.get_by_role("button", name=f"Calm {target}", exact=True).click()
        shown = tab.get_by_role("button", name=f"Calm {'/'.join(filter(None, (target, part)))}")
        expect(shown).to_have_count(1 if trouble else 0)
        tab.close()

    def _is_own(self, row: Locator) -> bool:
        """Open an order and say whether it is none of the former system's, whose actions never ran."""
        self.open_row(row)
        return "From the former system" not in self.page.locator("#order-general").inner_text()

    def _see_chip(self, words: str) -> None:
        expect(self.page.locator(".chip.on").filter(has_text=words)).to_be_visible()
        expect(self.rows.first).to_be_visible()

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and "409 (Conflict)" not in message.text:
            self.complaints.append(message.text)


@contextmanager
def walk_through(chromium: str, printed: Printed) -> Iterator[Walk]:
    """Open the browser at the link that was printed."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        context = browser.new_context(viewport={"width": 1440, "height": 900})
        context.set_default_timeout(WAIT_MILLISECONDS)
        walk = Walk(context.new_page(), printed)
        walk.page.goto(printed.link)
        yield walk
        browser.close()
