"""Published settings of actions: the newest revision counts, whatever order the news comes in."""

from collections.abc import Sequence

import pytest
from msgspec.structs import replace

from domain.configuration.commands import ConfigureAction, RemoveActionConfiguration
from domain.configuration.decide import decide_setting
from domain.configuration.events import (
    ActionConfigurationRemoved,
    ActionConfigured,
    ConfigurationEvent,
)
from domain.configuration.setting import NEW_SETTING, Setting, evolve_setting
from domain.configuration.settings import ActionLevel, ReceiptEmail, Webhook, kind_of
from domain.rejection import Rejection
from tests.examples import HOOK_SETTING, HOOK_SETTINGS, NOW, SHOP, at

configure = ConfigureAction(
    now=NOW,
    at=at(1),
    shop=SHOP,
    setting_id=HOOK_SETTING,
    level=ActionLevel.CHECKOUT,
    level_id="checkout-1",
    name="Bookkeeping",
    settings=HOOK_SETTINGS,
    revision=1,
)
configured = ActionConfigured(
    at=at(1),
    shop=SHOP,
    setting_id=HOOK_SETTING,
    level=ActionLevel.CHECKOUT,
    level_id="checkout-1",
    name="Bookkeeping",
    settings=HOOK_SETTINGS,
    revision=1,
)
remove = RemoveActionConfiguration(
    now=NOW, at=at(2), shop=SHOP, setting_id=HOOK_SETTING, revision=1
)
removed = ActionConfigurationRemoved(at=at(2), shop=SHOP, setting_id=HOOK_SETTING, revision=1)


def setting_after(*events: ConfigurationEvent) -> Setting:
    setting = NEW_SETTING
    for event in events:
        setting = evolve_setting(setting, event, event.at)
    return setting


class TestConfigureAction:
    @pytest.mark.parametrize("history", [(), (replace(configured, revision=0),)])
    def test_a_newer_revision_is_published(self, history: Sequence[ConfigurationEvent]) -> None:
        assert decide_setting(configure, setting_after(*history)) == [configured]

    def test_a_removed_setting_can_be_published_again(self) -> None:
        again = replace(configure, revision=2)
        facts = decide_setting(again, setting_after(configured, removed))
        assert facts == [replace(configured, revision=2)]

    @pytest.mark.parametrize(
        "history",
        [
            pytest.param((configured,), id="the same again"),
            pytest.param((replace(configured, revision=2),), id="a newer one is known"),
            pytest.param((removed,), id="it was removed since"),
        ],
    )
    def test_late_news_changes_nothing(self, history: Sequence[ConfigurationEvent]) -> None:
        assert decide_setting(configure, setting_after(*history)) == []

    def test_one_revision_stands_for_one_content(self) -> None:
        other = replace(configure, settings=Webhook(url="https://hooks.example.com/b"))
        with pytest.raises(Rejection) as refusal:
            decide_setting(other, setting_after(configured))
        assert refusal.value.code == "revision_differs"


class TestRemoveActionConfiguration:
    @pytest.mark.parametrize("history", [(), (configured,)])
    def test_a_setting_is_taken_away(self, history: Sequence[ConfigurationEvent]) -> None:
        facts = decide_setting(remove, setting_after(*history))
        assert facts == [removed]
        assert setting_after(*history, *facts).configured is None

    @pytest.mark.parametrize("history", [(removed,), (replace(configured, revision=2),)])
    def test_late_news_changes_nothing(self, history: Sequence[ConfigurationEvent]) -> None:
        assert decide_setting(remove, setting_after(*history)) == []


def test_kinds_are_named_as_they_are_stored() -> None:
    assert kind_of(ReceiptEmail()) == "receipt_email"
