"""Paid orders whose webhook has a history, in a shop that waits for nothing, and what a row says."""

import re
from collections.abc import Sequence
from html import unescape

from msgspec.structs import replace

from adapters.bootstrap import Parts
from adapters.shops.settings import ShopSettings
from domain.identifiers import ActionId, SettingId
from domain.order.events import (
    ActionFailed,
    ActionRequested,
    ActionStarted,
    ActionSucceeded,
    OrderFact,
)
from domain.order.values import RunCause
from tests.adapters.http_api.recorded import AT, placed, received, record, started
from tests.adapters.http_api.served import KAUPPA
from tests.adapters.web.seen import words_of

HOOK = ActionId("a-1")
NO_GRACE = ShopSettings(display_name="Kauppa", grace_seconds=0)
FACTS_BEFORE = 3
ROW = re.compile(r"<tr data-order.*?</tr>", re.DOTALL)


def begun(run: int = 1) -> list[OrderFact]:
    """Ask for the webhook and start it."""
    settings = placed(1, "").actions[0].settings
    return [
        ActionRequested(
            at=AT,
            action_id=HOOK,
            run=run,
            cause=RunCause.PAYMENT,
            key=f"k/{run}",
            settings=settings,
            revision=0,
        ),
        ActionStarted(at=AT, action_id=HOOK, run=run, attempt=1, worker="w"),
    ]


def failed(code: str = "http_503") -> list[OrderFact]:
    """Let it fail for good."""
    return [*begun(), ActionFailed(at=AT, action_id=HOOK, run=1, attempt=1, code=code)]


def succeeded() -> list[OrderFact]:
    """Let it succeed."""
    return [*begun(), ActionSucceeded(at=AT, action_id=HOOK, run=1, attempt=1)]


async def stand(
    parts: Parts,
    number: int,
    news: Sequence[OrderFact],
    *,
    email: str = "m@example.com",
    setting_id: SettingId | None = None,
) -> int:
    """Pay the nth order and let its webhook, perhaps a published one, have this history."""
    form = placed(number, email)
    if setting_id is not None:
        actions = tuple(replace(one, setting_id=setting_id, revision=1) for one in form.actions)
        form = replace(form, actions=actions)
    return await record(parts, number, [started(number), form, received(number), *news])


async def impatient(parts: Parts) -> None:
    """Let the shop ask for a look at once."""
    await parts.shop_settings.put(KAUPPA, NO_GRACE)


def rows(html: str) -> list[str]:
    """Give what a person reads of each row of orders."""
    return [words_of(row) for row in ROW.findall(html)]


def field(html: str, name: str) -> str:
    """Give the value of a hidden field of the question."""
    question = html.partition('<form class="dlg"')[2]
    found = re.search(rf'<input type="hidden" name="{name}" value="([^"]*)"', question)
    assert found, f"there is no field {name}"
    return unescape(found.group(1))
