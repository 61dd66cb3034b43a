"""Notes: written on an order once, and never lost while they are written."""

from adapters.auth.roles import Role
from adapters.commands.options import NOTE_CHARACTERS_MAX
from adapters.web.regions import Region
from tests.adapters.http_api.recorded import followed
from tests.adapters.web.opened import ORDER, opened
from tests.adapters.web.seen import text_of
from tests.examples import RECEIPT_ACTION, paid
from tests.support import Database

NOTES = f"{ORDER}/notes"
FACTS = paid(RECEIPT_ACTION)


async def test_a_note_is_written_once_and_shown(database: Database) -> None:
    async with opened(database, *FACTS) as order:
        form = {"key": "k-1", "text": "Called.\r\nIs happy"}
        answers = [await order.visitor.post(NOTES, Region.PANEL, **form) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].headers["x-region"] == "panel"
    assert answers[0].headers["x-said"] == "Note%20added."
    notes = text_of(answers[1].text, "order-notes")
    assert notes.count("Called. Is happy") == 1
    assert notes.startswith("Notes Laura")


async def test_without_scripts_a_note_leads_back_to_the_order(database: Database) -> None:
    async with opened(database, *FACTS) as order, followed(order.site.parts):
        answer = await order.visitor.post(f"{NOTES}?status=paid", key="k-1", text="Called")

    assert answer.status_code == 303
    assert answer.headers["location"].endswith(f"{ORDER}?status=paid")


async def test_a_note_that_is_not_taken_comes_back_with_the_reason(database: Database) -> None:
    async with opened(database, *FACTS) as order:
        await order.visitor.post(NOTES, Region.PANEL, key="k-1", text="Called")
        refused = {
            text[:10]: await order.visitor.post(NOTES, Region.PANEL, key="k-1", text=text)
            for text in ("", "bell \x07", "x" * (NOTE_CHARACTERS_MAX + 1), "Something else")
        }
        page = await order.visitor.post(NOTES, key="k-1", text="Something else")

    seen = [text_of(answer.text, "order-notes") for answer in refused.values()]
    assert [answer.status_code for answer in refused.values()] == [422, 422, 422, 422]
    assert "Write something first." in seen[0]
    assert "A note holds no control characters." in seen[1]
    assert "A note holds at most 4,000 characters." in seen[2]
    assert "stands for another request" in seen[3]
    assert "Something else" in seen[3]
    assert page.status_code == 422
    assert "Something else" in page.text


async def test_who_only_looks_writes_no_note(database: Database) -> None:
    async with opened(database, *FACTS, role=Role.VIEWER) as order:
        answer = await order.visitor.post(NOTES, Region.PANEL, key="k-1", text="Called")

    assert answer.status_code == 403
