"""All of a cause runs again over the list that it was asked from, which then is the same list.

The rule to know: what a form says of the list behind it is its own, wherever the page is.
"""

from urllib.parse import parse_qs

from playwright.async_api import expect

from adapters.http_api.freshness import catch_up
from tests.adapters.http_api.recorded import followed
from tests.adapters.web.site import site
from tests.adapters.web.troubled import failed, impatient, stand
from tests.browser.browsing import person_at
from tests.support import Database


async def test_the_question_remembers_how_the_list_was_filtered(
    database: Database, chromium: str
) -> None:
    async with site(database) as ledger, followed(ledger.parts):
        await impatient(ledger.parts)
        await catch_up(ledger.parts, await stand(ledger.parts, 1, failed()))
        async with person_at(chromium, ledger) as laura:
            page = await laura.open("/orders?tab=attention")
            await page.get_by_role("link", name="Re-run all").click()
            async with page.expect_request(lambda request: request.method == "POST") as asked:
                await page.get_by_role("button", name="Re-run 1 action").click()
            await expect(page.locator("#said")).to_contain_text("1 action runs again.")
            sent = parse_qs((await asked.value).post_data or "")
    assert sent["back"] == ["tab=attention"]
