"""What the sandbox's doubles do when they have no trouble: as the real ones are said to."""

import base64
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from standardwebhooks import Webhook

from scripts.receivers.book import Effect
from scripts.receivers.client import Sandbox, SandboxRefused
from scripts.receivers.places import Receiver
from tests.sandbox_program import SandboxProgram
from tests.scripts.receivers.calling import Said, ask, deliver

SECRET, OTHER_SECRET, STRANGE = (
    f"whsec_{base64.b64encode(words).decode()}"
    for words in (
        b"a made-up secret of 32 bytes ...",
        b"another made-up secret, 32 bytes",
        b"a secret that nobody has told it",
    )
)


class TestAWebhookReceiver:
    def test_takes_each_id_once(self, sandbox: SandboxProgram) -> None:
        assert [deliver(sandbox, "once").status for _ in range(2)] == [200, 200]
        effects = [one.effect for one in sandbox.received("books") if one.key == "once"]
        assert effects == [Effect.DONE, Effect.KNOWN]

    def test_refuses_a_delivery_without_an_id(self, sandbox: SandboxProgram) -> None:
        url = f"{sandbox.places.url('books')}/hooks/books/orders"
        assert ask(url).status == 400

    def test_verifies_signatures_once_it_knows_the_secret(self, sandbox: SandboxProgram) -> None:
        sandbox.verify("crm", SECRET)
        assert _signed(sandbox, "signed", SECRET).status == 200
        refused = deliver(sandbox, "unsigned", "crm")
        assert (refused.status, refused.document) == (401, {"error": "wrong signature"})

    def test_takes_what_any_of_its_secrets_has_signed(self, sandbox: SandboxProgram) -> None:
        sandbox.verify("crm", SECRET, OTHER_SECRET)
        statuses = [_signed(sandbox, f"by-{s}", s).status for s in (SECRET, OTHER_SECRET, STRANGE)]
        assert statuses == [200, 200, 401]
        assert sandbox.standing().verifying == {"crm": 2}

    def test_verifies_nothing_once_it_is_calmed(self, sandbox: SandboxProgram) -> None:
        sandbox.verify("crm", SECRET)
        sandbox.verify("books", SECRET)
        sandbox.calm("crm")
        assert sandbox.standing().verifying == {"books": 1}
        assert deliver(sandbox, "calmed", "crm").status == 200

    @pytest.mark.parametrize(
        ("receiver", "secrets", "why"),
        [
            ("crm", ("whsec_!",), "no webhook secret"),
            ("crm", (), "no secret"),
            ("mail", (SECRET,), "only books and crm"),
        ],
    )
    def test_learns_no_secret_that_is_none(
        self, sandbox: SandboxProgram, receiver: str, secrets: tuple[str, ...], why: str
    ) -> None:
        with pytest.raises(SandboxRefused, match=why):
            sandbox.verify(receiver, *secrets)


class TestAKajabiOffer:
    def test_is_granted_once_and_says_so(self, sandbox: SandboxProgram) -> None:
        assert _activate(sandbox, "once@example.com").status == 200
        again = _activate(sandbox, "once@example.com")
        assert again.status == 422
        assert again.document == {"errors": ["The offer has already been granted to this member"]}

    def test_can_be_granted_again_after_it_was_taken_back(self, sandbox: SandboxProgram) -> None:
        email = "back@example.com"
        statuses = [
            _deactivate(sandbox, email).status,
            _activate(sandbox, email).status,
            _deactivate(sandbox, email).status,
            _activate(sandbox, email).status,
        ]
        assert statuses == [422, 200, 200, 200]

    def test_that_is_not_there_cannot_be_taken_back_and_says_so(
        self, sandbox: SandboxProgram
    ) -> None:
        refused = _deactivate(sandbox, "nobody@example.com")
        assert refused.document == {"errors": ["Offer grant not found for offer on member"]}

    def test_ignores_the_case_of_an_email_but_not_of_an_external_id(
        self, sandbox: SandboxProgram
    ) -> None:
        assert _activate(sandbox, "Case@example.com", "case").status == 200
        assert _activate(sandbox, "case@example.com", "CASE").document == {
            "errors": ["Email: is invalid"]
        }

    @pytest.mark.parametrize("missing", ["name", "email", "external_user_id"])
    @pytest.mark.parametrize("what", ["activate", "deactivate"])
    def test_needs_each_field(self, sandbox: SandboxProgram, what: str, missing: str) -> None:
        member = {"name": "A", "email": "b@example.com", "external_user_id": "b"}
        refused = _post(sandbox, what, **(member | {missing: " "}))
        assert refused.status == 422
        assert refused.document != {"errors": ["Offer grant not found for offer on member"]}


class TestTheKajabiApi:
    def test_hands_out_tokens_for_credentials_only(self, sandbox: SandboxProgram) -> None:
        url = f"{sandbox.places.url(Receiver.KAJABI_API)}/v1"
        assert ask(f"{url}/oauth/token", body=b"grant_type=client_credentials").status == 401
        assert ask(f"{url}/contacts", "GET").status == 401
        assert ask(f"{url}/contacts", "GET", Authorization="Bearer made-up").status == 401

    def test_grants_an_offer_to_a_contact_who_becomes_a_customer(
        self, sandbox: SandboxProgram
    ) -> None:
        api = _Api(sandbox)
        made = api.ask("contacts", document=_contact("new@example.com"))
        assert made.status == 201
        contact = made.document["data"]["id"]
        assert api.customer(contact) is None
        offers = {"data": [{"type": "offers", "id": "7"}]}
        granted = [
            api.ask(f"contacts/{contact}/relationships/offers", document=offers) for _ in range(2)
        ]
        assert [said.status for said in granted] == [200, 200]
        path = f"customers/{api.customer(contact)}/relationships/offers"
        assert api.ask(path, "DELETE", offers).document == {"data": []}

    def test_finds_contacts_by_a_part_of_name_or_email(self, sandbox: SandboxProgram) -> None:
        api = _Api(sandbox)
        api.ask("contacts", document=_contact("findme@example.com"))
        found = api.ask("contacts?filter[site_id]=1&filter[search]=FINDME", "GET").document["data"]
        assert [one["attributes"]["email"] for one in found] == ["findme@example.com"]

    def test_refuses_an_email_that_a_contact_has(self, sandbox: SandboxProgram) -> None:
        api = _Api(sandbox)
        said = [api.ask("contacts", document=_contact("same@example.com")) for _ in range(2)]
        assert [one.status for one in said] == [201, 422]

    def test_an_offer_names_its_site(self, sandbox: SandboxProgram) -> None:
        api = _Api(sandbox)
        offer = api.ask("offers/7", "GET").document["data"]
        assert offer["relationships"]["site"]["data"]["type"] == "sites"
        assert api.ask("offers/none", "GET").status == 404


class TestSysteme:
    def test_needs_a_key(self, sandbox: SandboxProgram) -> None:
        url = f"{sandbox.places.url(Receiver.SYSTEME)}/api/contacts"
        assert ask(url, "GET").status == 401

    def test_gives_a_contact_tags(self, sandbox: SandboxProgram) -> None:
        contact = _systeme(sandbox, "contacts", document={"email": "tags@example.com"}).document
        tag = _systeme(sandbox, "tags", document={"name": "course"}).document
        path = f"contacts/{contact['id']}/tags"
        assert _systeme(sandbox, path, document={"tagId": tag["id"]}).status == 204
        found = _systeme(sandbox, "contacts?email=Tags@example.com", "GET").document["items"]
        assert found[0]["tags"] == [tag]
        assert _systeme(sandbox, path, document={"tagId": tag["id"]}).status == 422
        assert _systeme(sandbox, path, document={"tagId": 999}).status == 404

    def test_refuses_what_exists(self, sandbox: SandboxProgram) -> None:
        for path, document in (
            ("contacts", {"email": "exists@example.com"}),
            ("tags", {"name": "exists"}),
        ):
            said = [_systeme(sandbox, path, document=document).status for _ in range(2)]
            assert said == [201, 422]


class _Api:
    """The Kajabi API, signed in."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._url = f"{sandbox.places.url(Receiver.KAJABI_API)}/v1"
        form = b"grant_type=client_credentials&client_id=a&client_secret=b"
        token = ask(
            f"{self._url}/oauth/token", body=form, Content_Type="application/x-www-form-urlencoded"
        ).document["access_token"]
        self._authorization = f"Bearer {token}"

    def ask(self, path: str, method: str = "POST", document: object = None) -> Said:
        return ask(f"{self._url}/{path}", method, document, Authorization=self._authorization)

    def customer(self, contact: str) -> Any:
        shown = self.ask(f"contacts/{contact}?include=customer", "GET").document["data"]
        data = shown["relationships"]["customer"]["data"]
        return data and data["id"]


def _contact(email: str) -> dict[str, Any]:
    site = {"site": {"data": {"type": "sites", "id": "1"}}}
    attributes = {"name": "Aino", "email": email}
    return {"data": {"type": "contacts", "attributes": attributes, "relationships": site}}


def _systeme(sandbox: Sandbox, path: str, method: str = "POST", document: object = None) -> Said:
    url = f"{sandbox.places.url(Receiver.SYSTEME)}/api/{path}"
    return ask(url, method, document, X_API_Key="any")


def _activate(sandbox: Sandbox, email: str, external_id: str = "") -> Said:
    member = {"name": "A", "email": email, "external_user_id": external_id or email}
    return _post(sandbox, "activate", **member)


def _deactivate(sandbox: Sandbox, email: str) -> Said:
    return _post(sandbox, "deactivate", name="A", email=email, external_user_id=email)


def _post(sandbox: Sandbox, what: str, **member: str) -> Said:
    url = f"{sandbox.places.url(Receiver.KAJABI)}/webhooks/offers/double/1/{what}"
    return ask(url, document=member)


def _signed(sandbox: Sandbox, key: str, secret: str) -> Said:
    now, body = datetime.now(UTC), json.dumps({"type": "order.paid"})
    return ask(
        f"{sandbox.places.url(Receiver.CRM)}/hooks/crm/orders",
        body=body.encode(),
        webhook_id=key,
        webhook_timestamp=str(int(now.timestamp())),
        webhook_signature=Webhook(secret).sign(key, now, body),
    )
