"""People and keys of a shop, as its admins change them."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from httpx2 import AsyncClient, Response

from adapters.auth.roles import Role
from adapters.web.regions import REGION_HEADER, Region
from tests.adapters.http_api.served import KAUPPA, TOINEN
from tests.adapters.web.site import Site, Visitor, site
from tests.adapters.web.test_accounts_sign_in import OWN
from tests.support import Database

MIKKO = "mikko@example.com"


@asynccontextmanager
async def with_admin(database: Database) -> AsyncIterator[tuple[Site, Visitor]]:
    async with site(database) as ledger, ledger.visitor(Role.ADMIN) as laura:
        yield ledger, laura


async def add_mikko(laura: Visitor, role: Role = Role.VIEWER) -> Response:
    return await laura.post("/people/new", email=MIKKO, name="Mikko", role=role.value)


async def id_of(ledger: Site, email: str) -> str:
    found = await ledger.parts.people.find(email)
    assert found is not None
    return found.person_id


def link_in(answer: Response) -> str:
    found = re.search(r'value="(http://[^"]+/sign-in/link/[^"]+)"', answer.text)
    assert found, answer.text
    return found[1]


class TestThePage:
    async def test_lists_people_with_role_and_when_they_were_seen(self, database: Database) -> None:
        async with with_admin(database) as (_, laura):
            await add_mikko(laura, Role.AUDITOR)
            page = await laura.get("/people")
            part = await laura.get("/people", Region.WORK)

        for seen in ("laura@example.com", MIKKO, "Auditor", "Never here", "Has a sign-in link"):
            assert seen in page.text
        assert "<html" in page.text
        assert "<html" not in part.text

    @pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMIN])
    async def test_is_for_admins_alone(self, database: Database, role: Role) -> None:
        async with site(database) as ledger, ledger.visitor(role) as laura:
            person = await id_of(ledger, "laura@example.com")
            pages = [await laura.get(f"/people{path}") for path in ("", "/new", f"/{person}")]
            forms = [
                await laura.post(f"/people/{path}")
                for path in ("new", f"{person}/role", f"{person}/link", "keys/new")
            ]

        assert {answer.status_code for answer in pages + forms} == {403}


class TestAdding:
    async def test_shows_a_link_once_which_lets_them_in(self, database: Database) -> None:
        async with with_admin(database) as (ledger, laura):
            added = await add_mikko(laura)
            page = await laura.get("/people")
            link = link_in(added)
            async with AsyncClient() as client:
                opened = await client.get(link)
                home = await client.get(f"{ledger.client.base_url}/shops/kauppa/orders")

        assert link.startswith(str(ledger.client.base_url))
        assert "sign-in/link/" not in page.text
        assert (added.status_code, opened.status_code, home.status_code) == (200, 303, 200)

    async def test_elsewhere_makes_a_link_by_tls(self, database: Database) -> None:
        async with with_admin(database) as (_, laura):
            answer = await laura.client.post(
                "/shops/kauppa/people/new",
                data={"email": MIKKO, "name": "Mikko"},
                headers=OWN | {"Host": "ledger.example.com"},
            )

        assert 'value="https://ledger.example.com/sign-in/link/' in answer.text

    @pytest.mark.parametrize(
        ("host", "is_secure"), [("127.0.0.1:8000", False), ("ledger.example.com", True)]
    )
    async def test_keeps_what_is_said_afterwards_from_scripts_and_goes_by_tls_elsewhere(
        self, database: Database, host: str, is_secure: bool
    ) -> None:
        async with with_admin(database) as (ledger, laura):
            await add_mikko(laura)
            answer = await laura.client.post(
                f"/shops/kauppa/people/{await id_of(ledger, MIKKO)}/role",
                data={"role": "auditor"},
                headers=OWN | {"Host": host},
            )
        name, *marks = answer.headers["set-cookie"].split("; ")

        assert name.startswith("said=")
        assert {"HttpOnly", "Path=/", "SameSite=lax"} <= set(marks)
        assert ("Secure" in marks) is is_secure

    async def test_answers_a_script_with_the_dialog(self, database: Database) -> None:
        async with with_admin(database) as (_, laura):
            asked = await laura.get("/people/new", Region.DIALOG)
            refused = await laura.post("/people/new", Region.DIALOG, email="mikko", name="")

        assert "<html" not in asked.text + refused.text
        assert refused.status_code == 409
        assert refused.headers[REGION_HEADER] == "dialog"
        assert "This is no email address." in refused.text
        assert 'value="mikko"' in refused.text

    async def test_refuses_who_belongs_already(self, database: Database) -> None:
        async with with_admin(database) as (_, laura):
            await add_mikko(laura)
            answer = await add_mikko(laura, Role.ADMIN)

        assert answer.status_code == 409
        assert "Mikko belongs to the shop already." in answer.text

    async def test_does_not_reach_people_of_shops_that_the_admin_does_not_run(
        self, database: Database
    ) -> None:
        async with with_admin(database) as (ledger, laura):
            await ledger.parts.people.add(MIKKO, "Mikko", TOINEN, Role.ADMIN)
            answer = await laura.post("/people/new", email=MIKKO, name="Renamed")
            found = await ledger.parts.people.find(MIKKO)

        assert answer.status_code == 409
        assert found is not None
        assert (found.name, dict(found.roles)) == ("Mikko", {TOINEN: Role.ADMIN})

    async def test_does_not_let_in_who_was_shut_out_of_the_ledger(self, database: Database) -> None:
        async with with_admin(database) as (ledger, laura):
            await add_mikko(laura)
            await ledger.parts.people.revoke(await id_of(ledger, MIKKO))
            answer = await add_mikko(laura)

        assert answer.status_code == 409
        assert "shut out of the ledger" in answer.text

    async def test_starts_afresh_with_who_belongs_to_no_shop(self, database: Database) -> None:
        async with with_admin(database) as (ledger, laura):
            await add_mikko(laura)
            mikko = await id_of(ledger, MIKKO)
            old = await ledger.parts.sessions.begin(mikko)
            await ledger.parts.people.set_password(mikko, "a hash")
            await laura.post(f"/people/{mikko}/remove")
            await add_mikko(laura)
            known = await ledger.parts.people.password_of(MIKKO)

            assert await ledger.parts.sessions.find(old) is None
            assert known is not None
            assert known.password_hash is None

    async def test_of_two_admins_who_add_somebody_new_at_once_one_gets_them(
        self, database: Database
    ) -> None:
        async with (
            with_admin(database) as (ledger, laura),
            ledger.visitor(Role.ADMIN, TOINEN, "otto@example.com") as otto,
        ):
            answers = await asyncio.gather(add_mikko(laura), add_mikko(otto))
            person = await ledger.parts.people.find(MIKKO)

        assert sorted(answer.status_code for answer in answers) == [200, 409]
        assert person is not None
        assert len(person.roles) == 1


class TestAMember:
    async def test_gets_another_role_at_once(self, database: Database) -> None:
        async with (
            with_admin(database) as (ledger, laura),
            ledger.visitor(Role.VIEWER, email=MIKKO) as mikko,
        ):
            person_id = await id_of(ledger, MIKKO)
            before = await mikko.get("/people")
            changed = await laura.post(f"/people/{person_id}/role", role="admin")
            after = await mikko.get("/people")

        assert (before.status_code, changed.status_code, after.status_code) == (403, 303, 200)

    async def test_who_is_removed_is_out_at_the_next_request(self, database: Database) -> None:
        async with (
            with_admin(database) as (ledger, laura),
            ledger.visitor(Role.VIEWER, email=MIKKO) as mikko,
        ):
            before = await mikko.get("/orders")
            person_id = await id_of(ledger, MIKKO)
            said = await laura.post(f"/people/{person_id}/remove", Region.DIALOG)
            after = await mikko.get("/orders")

        assert (before.status_code, after.status_code) == (200, 404)
        assert said.headers[REGION_HEADER] == "work"
        assert MIKKO not in said.text

    async def test_gets_a_new_link(self, database: Database) -> None:
        async with with_admin(database) as (ledger, laura):
            await add_mikko(laura)
            person_id = await id_of(ledger, MIKKO)
            asked = await laura.get(f"/people/{person_id}", Region.DIALOG)
            answer = await laura.post(f"/people/{person_id}/link", Region.DIALOG)

        assert "Make a new link" in asked.text
        assert answer.headers[REGION_HEADER] == "dialog"
        assert link_in(answer)

    async def test_of_another_shop_too_gets_no_link_here(self, database: Database) -> None:
        async with with_admin(database) as (ledger, laura):
            await ledger.parts.people.add(MIKKO, "Mikko", KAUPPA, Role.VIEWER)
            await ledger.parts.people.add(MIKKO, "Mikko", TOINEN, Role.ADMIN)
            person_id = await id_of(ledger, MIKKO)
            asked = await laura.get(f"/people/{person_id}")
            answer = await laura.post(f"/people/{person_id}/link")

        assert "Make a new link" not in asked.text
        assert answer.status_code == 409
        assert "/sign-in/link/" not in answer.text

    @pytest.mark.parametrize("form", ["role", "remove"])
    async def test_who_is_the_last_admin_stays(self, database: Database, form: str) -> None:
        async with with_admin(database) as (ledger, laura):
            person_id = await id_of(ledger, "laura@example.com")
            answer = await laura.post(f"/people/{person_id}/{form}", role="viewer")
            page = await laura.get("/people")

        assert answer.status_code == 409
        assert "needs an admin: make somebody else one first" in answer.text
        assert page.status_code == 200

    @pytest.mark.parametrize("form", ["role", "remove"])
    async def test_who_gives_up_being_an_admin_is_led_away(
        self, database: Database, form: str
    ) -> None:
        async with with_admin(database) as (ledger, laura):
            await add_mikko(laura, Role.ADMIN)
            person_id = await id_of(ledger, "laura@example.com")
            answer = await laura.post(f"/people/{person_id}/{form}", role="viewer")

        assert answer.headers["location"] == "/"

    async def test_of_another_shop_does_not_exist_here(self, database: Database) -> None:
        async with with_admin(database) as (ledger, laura):
            await ledger.parts.people.add(MIKKO, "Mikko", TOINEN, Role.VIEWER)
            person_id = await id_of(ledger, MIKKO)
            answers = [
                await laura.get(f"/people/{person_id}"),
                await laura.post(f"/people/{person_id}/role", role="admin"),
                await laura.post(f"/people/{person_id}/link"),
                await laura.post(f"/people/{person_id}/remove"),
            ]

        assert {answer.status_code for answer in answers} == {409}
        assert not any("Mikko" in answer.text for answer in answers)


class TestAKey:
    async def test_is_shown_once_and_opens_this_shop_alone(self, database: Database) -> None:
        async with with_admin(database) as (ledger, laura):
            answer = await laura.post("/people/keys/new", name="export", role="viewer", days="30")
            found = re.search(r"olk_[0-9a-f]{16}_[A-Za-z0-9_-]{43}", answer.text)
            assert found
            caller = await ledger.parts.keys.authenticate(found[0])
            page = await laura.get("/people")

        assert caller is not None
        assert (set(caller.shops), caller.role) == ({KAUPPA}, Role.VIEWER)
        assert "export" in page.text
        assert found[0] not in page.text

    async def test_needs_a_name(self, database: Database) -> None:
        async with with_admin(database) as (_, laura):
            answer = await laura.post("/people/keys/new", name=" ", role="viewer")

        assert answer.status_code == 409
        assert "Say what the key is for" in answer.text

    async def test_is_revoked(self, database: Database) -> None:
        async with with_admin(database) as (ledger, laura):
            issued = await ledger.parts.keys.issue("export", Role.VIEWER, [KAUPPA])
            asked = await laura.get(f"/people/keys/{issued.key_id}/revoke", Region.DIALOG)
            await laura.post(f"/people/keys/{issued.key_id}/revoke")
            page = await laura.get("/people")
            again = await laura.post(f"/people/keys/{issued.key_id}/revoke")

            assert await ledger.parts.keys.authenticate(issued.text) is None
        assert "cannot be undone" in asked.text
        assert "1 key that opens nothing any more" in page.text
        assert again.status_code == 409

    async def test_to_other_shops_too_says_where_it_is_revoked(self, database: Database) -> None:
        async with with_admin(database) as (ledger, laura):
            issued = await ledger.parts.keys.issue("all", Role.VIEWER, [KAUPPA, TOINEN])
            foreign = await ledger.parts.keys.issue("foreign", Role.VIEWER, [TOINEN])
            page = await laura.get("/people")
            answer = await laura.post(f"/people/keys/{issued.key_id}/revoke")
            await laura.post(f"/people/keys/{foreign.key_id}/revoke")

            assert await ledger.parts.keys.authenticate(issued.text)
            assert await ledger.parts.keys.authenticate(foreign.text)
        assert "Reaches other shops too" in page.text
        assert "foreign" not in page.text
        assert f"order-ledger keys revoke {issued.key_id}" in answer.text
