"""The settings that the checkout published, over HTTP: listed, shown with every revision, masked."""

from http import HTTPStatus

from adapters.auth.roles import Role
from domain.configuration.settings import CustomEmail, ReceiptEmail, Webhook
from domain.identifiers import SettingId, ShopId
from tests.adapters.commands.given import SECRET, publish
from tests.adapters.http_api.served import KAUPPA, Api, served
from tests.adapters.http_api.test_openapi import closed
from tests.examples import HOOK_SETTING, HOOK_SETTINGS, SHOP
from tests.support import Database


async def maintainer(api: Api) -> str:
    await api.parts.shops.add(SHOP, "Courses")
    return await api.key(Role.MAINTAINER, SHOP)


async def test_all_settings_of_the_shop_are_listed_as_they_are_now(database: Database) -> None:
    async with served(database) as api:
        key = await maintainer(api)
        await publish(api.parts, HOOK_SETTINGS, revision=1)
        await publish(api.parts, revision=2)
        await publish(api.parts, ReceiptEmail(), revision=1, setting_id=SettingId("a-receipt"))
        await publish(api.parts, None, revision=2, setting_id=SettingId("a-receipt"))

        for other in ("course", "courses-2", "dances"):
            await publish(api.parts, shop=ShopId(other))

        page = (await api.get("/settings", key)).json()

    assert page["next_cursor"] is None
    assert [
        (one["setting_id"], one["revision"], one["is_removed"]) for one in page["settings"]
    ] == [
        ("a-receipt", 2, True),
        (HOOK_SETTING, 2, False),
    ]
    assert page["settings"][0]["kind"] == "receipt_email"
    assert page["settings"][1]["settings"]["url"] == "https://hooks.example.com/b?•••"


async def test_the_list_goes_on_where_the_page_before_ended(database: Database) -> None:
    ids = [f"s-{number}" for number in range(5)]
    async with served(database) as api:
        key = await maintainer(api)
        for one in ids:
            await publish(api.parts, ReceiptEmail(), setting_id=SettingId(one))
        found: list[str] = []
        cursor: dict[str, str] = {}
        while True:
            page = (await api.get("/settings", key, limit=2, **cursor)).json()
            found += [one["setting_id"] for one in page["settings"]]
            if page["next_cursor"] is None:
                break
            cursor = {"cursor": page["next_cursor"]}

    assert found == ids


async def test_a_setting_shows_every_revision_and_what_each_changed(database: Database) -> None:
    async with served(database) as api:
        key = await maintainer(api)
        await publish(api.parts, Webhook(url="https://a.example.com/?token=1"), revision=1)
        await publish(api.parts, Webhook(url="https://a.example.com/?token=2"), revision=2)
        await publish(api.parts, None, revision=3)
        await publish(api.parts, CustomEmail(subject="Hello", body="Welcome"), revision=4)

        response = await api.get(f"/settings/{HOOK_SETTING}", key)

    assert response.status_code == HTTPStatus.OK
    shown = response.json()
    assert (shown["revision"], shown["kind"], shown["is_removed"]) == (4, "custom_email", False)
    assert [(one["revision"], one["is_removal"]) for one in shown["revisions"]] == [
        (4, False),
        (3, True),
        (2, False),
        (1, False),
    ]
    fields = [[each["field"] for each in one["differences"]] for one in shown["revisions"]]
    assert fields == [["kind", "url", "subject", "body"], [], ["url"], []]
    [secret] = shown["revisions"][2]["differences"]
    assert secret["is_secret"]
    assert secret["before"] == secret["after"] == "https://a.example.com/?•••"
    assert "token" not in response.text


async def test_a_setting_of_another_shop_does_not_exist(database: Database) -> None:
    async with served(database) as api:
        await publish(api.parts)
        key = await api.key(Role.MAINTAINER, KAUPPA)

        assert (await api.get("/settings", key)).json()["settings"] == []
        response = await api.get(f"/settings/{HOOK_SETTING}", key)
        assert (response.status_code, response.json()["code"]) == (404, "not_found")


async def test_every_answer_about_settings_is_what_the_description_says(
    database: Database,
) -> None:
    async with served(database) as api:
        key = await maintainer(api)
        await publish(api.parts, revision=1)
        await publish(api.parts, None, revision=2, setting_id=SettingId("never-published"))
        description = (await api.client.get("/api/v1/openapi.json")).json()
        for path, template in (
            ("/settings", "/settings"),
            (f"/settings/{HOOK_SETTING}", "/settings/{setting_id}"),
            ("/settings/never-published", "/settings/{setting_id}"),
            ("/settings/no-such", "/settings/{setting_id}"),
        ):
            response = await api.get(path, key)
            answers = description["paths"][f"/api/v1{template}"]["get"]["responses"]
            content = answers[str(response.status_code)]["content"]
            schema = content[response.headers["Content-Type"]]["schema"]

            closed(description, schema).validate(response.json())
    assert SECRET not in response.text
