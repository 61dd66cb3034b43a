"""Every executor with the other side that it talks to, for the tests that hold for all of them.

A new kind of action is a new function here, and one more line in `SUBJECTS`.
"""

import json
import socket
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from enum import StrEnum
from typing import TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from adapters.executors.email.custom import CustomEmailExecutor
from adapters.executors.email.customer_post import CustomerPost
from adapters.executors.email.receipt import ReceiptEmailExecutor
from adapters.executors.email.refund_confirmation import RefundConfirmationExecutor
from adapters.executors.kajabi.executor import KajabiGrantExecutor
from adapters.executors.kajabi.removal import AccessRemovalExecutor
from adapters.executors.kajabi.removal_target import (
    ByApi,
    ByWebhook,
    RemovalTarget,
    encode_target,
)
from adapters.executors.systeme import SystemeContactExecutor
from adapters.executors.webhook import WebhookExecutor
from adapters.mail.post import Post
from adapters.mail.smtp import Mailer
from adapters.master_key import MasterKey, generate_master_key
from adapters.outbound_http import OutboundHttp
from adapters.postgres.database import open_pool
from adapters.postgres.journal import Journal
from adapters.postgres.secrets import (
    KAJABI_CLIENT_ID,
    KAJABI_CLIENT_SECRET,
    SYSTEME_API_KEY,
    Secrets,
)
from adapters.reading.grants import Grants
from adapters.running.positions import START_AT_BEGINNING
from adapters.settings import InnerAddresses
from adapters.shops.settings import ShopSettings
from adapters.webhooks.signing import SignedPost
from domain.configuration.settings import (
    AccessRemoval,
    ActionSettings,
    CustomEmail,
    KajabiGrant,
    ReceiptEmail,
    RefundConfirmation,
    SystemeContact,
    Webhook,
)
from domain.identifiers import RefundId, ShopId
from domain.order.events import OrderFact
from domain.order.evolve import evolve
from domain.order.state import Order
from domain.order.values import Answer, PlannedAction
from processors.ports import Executor, Task
from projections.grants.projection import GRANTS
from tests.adapters.credit_notes.given import numbered
from tests.examples import BUMP_BACK, CUSTOMER, GRANT, GRANT_ACTION, REFUND, SHOP, done, refunded
from tests.http_receiver import HttpReceiver, Received, http_receiver
from tests.http_receiver import Trouble as HttpTrouble
from tests.smtp_server import PASSWORD, USER, MailServer, mail_server
from tests.smtp_server import Trouble as MailTrouble
from tests.support import Database

SHORT_SECONDS = 0.3
LONG_SECONDS = 10.0
SECRET = "s3cret0123456789"
"""In every URL and credential: no outcome may hold it."""
OFFER = "2150123456"
REMOVAL = AccessRemoval(granted_by=GRANT, refund_id=REFUND)


class Wrong(StrEnum):
    """What the other side may do wrong."""

    HANGS = "hangs"
    BREAKS_OFF = "breaks off"
    FAILS = "fails"
    THROTTLES = "throttles"
    """With `Retry-After: 42`, where there is such a thing."""
    REFUSES = "refuses"
    """For good, in words that repeat what it was asked."""
    IS_AWAY = "is away"


class Subject(Struct):
    """An executor under test."""

    executor: Executor
    settings: ActionSettings
    recipient: str
    keys: Callable[[], list[str]]
    """By which the other side recognises what it was sent, one for each attempt."""
    effects: Callable[[], int]
    """How often it took something."""
    also: tuple[PlannedAction, ...] = ()
    """Other actions of the order."""
    before: tuple[OrderFact, ...] = ()
    """What became of those."""


OpenSubject: TypeAlias = Callable[
    [Database, Wrong | None, float], AbstractAsyncContextManager[Subject]
]


@asynccontextmanager
async def webhook(
    database: Database, wrong: Wrong | None, seconds_max: float
) -> AsyncIterator[Subject]:
    async with _http(database, wrong, seconds_max) as (http, secrets, receiver, url):
        yield Subject(
            executor=WebhookExecutor(SignedPost(http, secrets)),
            settings=Webhook(url=f"{url}/hook/{SECRET}?key={SECRET}"),
            recipient="127.0.0.1",
            keys=lambda: [one.headers["webhook-id"] for one in receiver.received],
            effects=lambda: len(receiver.received),
        )


@asynccontextmanager
async def kajabi_by_webhook(
    database: Database, wrong: Wrong | None, seconds_max: float
) -> AsyncIterator[Subject]:
    async with _http(database, wrong, seconds_max) as (http, secrets, receiver, url):
        yield Subject(
            executor=KajabiGrantExecutor(http, secrets, "http://127.0.0.1:1"),
            settings=KajabiGrant(
                offer_name="Course",
                activation_url=f"{url}/webhooks/offers/{SECRET}/1/activate",
                deactivation_url=f"{url}/webhooks/offers/{SECRET}/1/deactivate",
            ),
            recipient=CUSTOMER.email,
            keys=lambda: [json.loads(one.body)["external_user_id"] for one in receiver.received],
            effects=lambda: len(receiver.received),
        )


@asynccontextmanager
async def kajabi_by_api(
    database: Database, wrong: Wrong | None, seconds_max: float
) -> AsyncIterator[Subject]:
    async with _http(database, wrong, seconds_max) as (http, secrets, receiver, url):
        receiver.replies = _json_api()
        for name in (KAJABI_CLIENT_ID, KAJABI_CLIENT_SECRET):
            await secrets.set(SHOP, name, SECRET)
        yield Subject(
            executor=KajabiGrantExecutor(http, secrets, url),
            settings=KajabiGrant(offer_name="Course", offer_id=OFFER),
            recipient=CUSTOMER.email,
            keys=lambda: [one.target for one in _of(receiver, "POST", "/relationships/offers")],
            effects=lambda: len(_of(receiver, "POST", "/relationships/offers")),
        )


@asynccontextmanager
async def removal_by_webhook(
    database: Database, wrong: Wrong | None, seconds_max: float
) -> AsyncIterator[Subject]:
    async with (
        _http(database, wrong, seconds_max) as (http, secrets, receiver, url),
        _grants(database) as grants,
    ):
        target = ByWebhook(
            deactivation_url=f"{url}/webhooks/offers/{SECRET}/1/deactivate",
            name="Aino Virtanen",
            email=CUSTOMER.email,
            external_user_id=CUSTOMER.email,
        )
        yield Subject(
            executor=AccessRemovalExecutor(http, secrets, "http://127.0.0.1:1", grants),
            settings=REMOVAL,
            recipient=CUSTOMER.email,
            keys=lambda: [json.loads(one.body)["external_user_id"] for one in receiver.received],
            effects=lambda: len(receiver.received),
            also=(GRANT_ACTION,),
            before=_granted(target),
        )


@asynccontextmanager
async def removal_by_api(
    database: Database, wrong: Wrong | None, seconds_max: float
) -> AsyncIterator[Subject]:
    async with (
        _http(database, wrong, seconds_max) as (http, secrets, receiver, url),
        _grants(database) as grants,
    ):
        receiver.replies = _json_api()
        for name in (KAJABI_CLIENT_ID, KAJABI_CLIENT_SECRET):
            await secrets.set(SHOP, name, SECRET)
        yield Subject(
            executor=AccessRemovalExecutor(http, secrets, url, grants),
            settings=REMOVAL,
            recipient=CUSTOMER.email,
            keys=lambda: [one.target for one in _of(receiver, "DELETE", "/relationships/offers")],
            effects=lambda: len(_of(receiver, "DELETE", "/relationships/offers")),
            also=(GRANT_ACTION,),
            before=_granted(ByApi(offer_id=OFFER, contact_id="8", customer_id="9")),
        )


@asynccontextmanager
async def systeme(
    database: Database, wrong: Wrong | None, seconds_max: float
) -> AsyncIterator[Subject]:
    async with _http(database, wrong, seconds_max) as (http, secrets, receiver, url):
        receiver.replies = {
            "GET /api/contacts": b'{"items": []}',
            "POST /api/contacts": b'{"id": 7}',
            "GET /api/tags": b'{"items": [{"id": 3, "name": "course"}]}',
        }
        await secrets.set(SHOP, SYSTEME_API_KEY, SECRET)
        yield Subject(
            executor=SystemeContactExecutor(http, secrets, url),
            settings=SystemeContact(tags=("course",)),
            recipient=CUSTOMER.email,
            keys=lambda: [one.target for one in _of(receiver, "POST", "/tags")],
            effects=lambda: len(_of(receiver, "POST", "/tags")),
        )


@asynccontextmanager
async def receipt_email(
    _: Database, wrong: Wrong | None, seconds_max: float
) -> AsyncIterator[Subject]:
    async with _mail(wrong, seconds_max) as (post, server):
        yield _email(ReceiptEmailExecutor(post), ReceiptEmail(), server)


@asynccontextmanager
async def custom_email(
    _: Database, wrong: Wrong | None, seconds_max: float
) -> AsyncIterator[Subject]:
    async with _mail(wrong, seconds_max) as (post, server):
        settings = CustomEmail(subject="Welcome", body="Hello!")
        yield _email(CustomEmailExecutor(post), settings, server)


@asynccontextmanager
async def refund_confirmation(
    _: Database, wrong: Wrong | None, seconds_max: float
) -> AsyncIterator[Subject]:
    async with _mail(wrong, seconds_max) as (post, server):
        executor = RefundConfirmationExecutor(post, _numbered)
        yield _email(executor, RefundConfirmation(refund_id=REFUND), server)


HTTP_SUBJECTS: Mapping[str, OpenSubject] = {
    "webhook": webhook,
    "Kajabi by webhook": kajabi_by_webhook,
    "Kajabi by API": kajabi_by_api,
    "Systeme.io": systeme,
    "access removal by webhook": removal_by_webhook,
    "access removal by API": removal_by_api,
}
EMAIL_SUBJECTS: Mapping[str, OpenSubject] = {
    "receipt email": receipt_email,
    "custom email": custom_email,
    "refund confirmation": refund_confirmation,
}
SUBJECTS: Mapping[str, OpenSubject] = {**HTTP_SUBJECTS, **EMAIL_SUBJECTS}
KEYED_SUBJECTS: Mapping[str, OpenSubject] = {"webhook": webhook, **EMAIL_SUBJECTS}
"""Those whose other side is told the run's key; the rest know the customer and the thing given."""


@asynccontextmanager
async def _http(
    database: Database, wrong: Wrong | None, seconds_max: float
) -> AsyncIterator[tuple[OutboundHttp, Secrets, HttpReceiver, str]]:
    async with (
        http_receiver() as receiver,
        open_pool(database.url, min_size=1, max_size=2) as pool,
        OutboundHttp(InnerAddresses.ALLOWED, seconds_max=seconds_max) as http,
    ):
        _spoil_http(receiver, wrong)
        port = closed_port() if wrong is Wrong.IS_AWAY else receiver.port
        secrets = Secrets(pool, MasterKey.parse(generate_master_key()))
        yield http, secrets, receiver, f"http://127.0.0.1:{port}"


@asynccontextmanager
async def _grants(database: Database) -> AsyncIterator[Grants]:
    """Who has which access, in a journal without orders."""
    async with open_pool(database.url, min_size=1, max_size=2) as pool:
        async with pool.connection() as connection:
            await connection.execute(START_AT_BEGINNING, (GRANTS.name,))
        yield Grants(pool, Journal(pool))


def _granted(target: RemovalTarget) -> tuple[OrderFact, ...]:
    """Tell that a grant gave what its removal is to take back."""
    asked, begun, given = done(GRANT_ACTION)
    answer = Answer(recipient=CUSTOMER.email, removal_target=encode_target(target))
    return asked, begun, replace(given, personal=answer)


def _spoil_http(receiver: HttpReceiver, wrong: Wrong | None) -> None:
    match wrong:
        case Wrong.HANGS:
            receiver.trouble = HttpTrouble.HANG
        case Wrong.BREAKS_OFF:
            receiver.trouble = HttpTrouble.RESET
        case Wrong.FAILS:
            receiver.status = 503
        case Wrong.THROTTLES:
            receiver.status, receiver.headers = 429, {"Retry-After": "42"}
        case Wrong.REFUSES:
            receiver.status, receiver.body = 403, f"no entry for {SECRET} of aino".encode()


@asynccontextmanager
async def _mail(
    wrong: Wrong | None, seconds_max: float
) -> AsyncIterator[tuple[CustomerPost, MailServer]]:
    async with mail_server() as server:
        _spoil_mail(server, wrong)
        port = closed_port() if wrong is Wrong.IS_AWAY else server.port
        password = PASSWORD.replace(" ", "%20").replace("/", "%2F")
        mailer = Mailer(
            f"smtp://{USER}:{password}@127.0.0.1:{port}",
            hand_over_seconds_max=seconds_max,
            answer_seconds_max=seconds_max,
        )
        try:
            post = Post(mailer=mailer, mail_from="shop@example.com")
            yield CustomerPost(post=post, settings_of=_shop), server
        finally:
            await mailer.close()


def _spoil_mail(server: MailServer, wrong: Wrong | None) -> None:
    match wrong:
        case Wrong.HANGS:
            server.trouble = {"CONNECT": MailTrouble.HANG}
        case Wrong.BREAKS_OFF:
            server.trouble = {"RCPT": MailTrouble.CUT}
        case Wrong.FAILS:
            server.trouble = {"RCPT": "451 4.3.0 try again later"}
        case Wrong.THROTTLES:
            server.trouble = {"RCPT": "450 4.7.1 too many messages"}
        case Wrong.REFUSES:
            server.trouble = {"RCPT": "550 5.1.1 no such mailbox"}


async def _numbered(task: Task, _: RefundId) -> Order:
    """Give the order a refund with its number, as a ledger of its own would."""
    order = task.order
    for fact in (*refunded(BUMP_BACK), numbered()):
        order = evolve(order, fact, task.now)
    return order


async def _shop(_: ShopId) -> ShopSettings:
    return ShopSettings()


def _email(executor: Executor, settings: ActionSettings, server: MailServer) -> Subject:
    return Subject(
        executor=executor,
        settings=settings,
        recipient=CUSTOMER.email,
        keys=lambda: [str(one.message["Message-ID"]) for one in server.delivered],
        effects=lambda: len(server.delivered),
    )


def _json_api() -> dict[str, bytes]:
    """Answer as Kajabi does for an offer and a contact that it knows."""
    contact = {"id": "8", "attributes": {"email": CUSTOMER.email}}
    customer = {"customer": {"data": {"id": "9"}}}
    documents = {
        "POST /v1/oauth/token": {"access_token": SECRET, "expires_in": 7_200},
        f"GET /v1/offers/{OFFER}": {
            "data": {"id": OFFER, "relationships": {"site": {"data": {"id": "1"}}}}
        },
        "GET /v1/contacts": {"data": [contact]},
        "GET /v1/contacts/8": {"data": {**contact, "relationships": customer}},
    }
    return {asked: json.dumps(document).encode() for asked, document in documents.items()}


def _of(receiver: HttpReceiver, method: str, end: str) -> list[Received]:
    return [one for one in receiver.received if one.method == method and one.target.endswith(end)]


def closed_port() -> int:
    """Find a port that nobody listens on."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port: int = closed.getsockname()[1]
    return port
