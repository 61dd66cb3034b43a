"""Alerts by a real mail server and a real receiver: once per cause, at least once, under one id."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import msgspec
import standardwebhooks
from msgspec import Struct
from msgspec.structs import replace
from psycopg import AsyncConnection
from structlog.testing import capture_logs

from adapters.alerts.sending import AlertSender
from adapters.alerts.steps import RETRY_SECONDS_MIN, Alerts
from adapters.alerts.store import AlertStore
from adapters.auth.shops import Shops
from adapters.display.times import exact
from adapters.mail.post import Post
from adapters.mail.smtp import Mailer
from adapters.master_key import MasterKey, generate_master_key
from adapters.outbound_http import OutboundHttp, endpoint_of
from adapters.postgres.database import Pool, open_pool
from adapters.postgres.secrets import Secrets
from adapters.settings import InnerAddresses
from adapters.shops.settings import ShopSettings, ShopSettingsStore
from adapters.webhooks.signing import SignedPost
from domain.identifiers import ShopId
from processors.alerting import GATHER, SETTLE
from projections.attention.projection import ATTENTION
from tests.http_receiver import HttpReceiver, http_receiver
from tests.smtp_server import MailServer, mail_server
from tests.support import Database

KAUPPA = ShopId("kauppa")
CUSTOMER = "maija@example.com"

FAIL = """
INSERT INTO read_models.attention_v3 (
    shop, order_id, unfinished_since, asks_at_once_from, problems, version, position
)
SELECT
    'kauppa', gen_random_uuid(), %(since)s, NULL,
    jsonb_build_array(jsonb_build_object(
        'kind', 'action_unfinished', 'since', %(since)s::timestamptz, 'cause', %(cause)s::text,
        'code', 'http_503', 'error', 'http_503', 'action_id', 'hook', 'action', 'Tell the CRM',
        'action_kind', 'webhook', 'destination', 'crm.example.com', 'stage', 'failed',
        'run', 1, 'attempt', 5
    )), 1, n
FROM generate_series(1, %(orders)s) AS n
"""
UNREADABLE = """
INSERT INTO attention.episodes (shop, cause, episode, subject, since, appeared_at)
VALUES ('broken', '0123456789', 1, '{}', now(), now())
"""
OLD_EVENT = """
INSERT INTO journal.events (position, stream, version, name, event_id, recorded_at, data)
VALUES (1, 'order/kauppa/1', 1, 'NoteAdded.v1', gen_random_uuid(), now() - interval '31 s', '')
"""
HANDLED = "INSERT INTO followers.positions (name, position, moved_at) VALUES (%s, 1, now())"
REPAIR = "DELETE FROM read_models.attention_v3"


class House(Struct, kw_only=True):
    """A shop that wants alerts both ways, and a clock to turn."""

    pool: Pool
    alerts: Alerts
    sender: AlertSender
    secrets: Secrets
    store: ShopSettingsStore
    mail: MailServer
    hook: HttpReceiver
    now: datetime = datetime(2026, 11, 23, 9, tzinfo=UTC)

    def failing(self, orders: int = 1, cause: str = "0123456789") -> dict[str, object]:
        return {"since": self.now - timedelta(hours=1), "cause": cause, "orders": orders}

    async def fail(self, orders: int = 1, cause: str = "0123456789") -> None:
        await self._execute(FAIL, self.failing(orders, cause))

    async def repair(self) -> None:
        await self._execute(REPAIR, {})

    async def wanted_by(self, shop: ShopId) -> None:
        """Serve another shop that wants alerts at the same places."""
        await Shops(self.pool).add(shop, "Other")
        settings = await self.store.get(KAUPPA)
        await self.store.put(shop, replace(settings, display_name="Other"))

    async def failures(self) -> dict[str, str]:
        """Give the last failure of each channel's messages."""
        async with self.pool.connection() as connection:
            cursor = await connection.execute("SELECT channel, failure FROM attention.alerts")
            return dict(await cursor.fetchall())

    async def after(self, time: timedelta = timedelta(0)) -> None:
        self.now += time
        await self.alerts.step()

    @property
    def subjects(self) -> list[str]:
        return [str(one.message["Subject"]) for one in self.mail.delivered]

    @property
    def changes(self) -> list[list[str]]:
        bodies = [msgspec.json.decode(one.body) for one in self.hook.received]
        return [[notice["change"] for notice in body["data"]["notices"]] for body in bodies]

    async def _execute(self, sql: str, values: dict[str, object]) -> None:
        async with self.pool.connection() as connection:
            await connection.execute(sql.encode(), values)


@asynccontextmanager
async def house(database: Database) -> AsyncIterator[House]:
    async with (
        open_pool(database.url, min_size=1, max_size=4) as pool,
        mail_server() as mail,
        http_receiver() as hook,
        OutboundHttp(InnerAddresses.ALLOWED) as http,
    ):
        await Shops(pool).add(KAUPPA, "Kauppa")
        store = ShopSettingsStore(pool)
        await store.put(
            KAUPPA,
            ShopSettings(
                display_name="Kauppa",
                alert_email="owner@example.com",
                alert_webhook_url=hook.url("/alerts?token=s3cret-token"),
            ),
        )
        secrets = Secrets(pool, MasterKey.parse(generate_master_key()))
        mailer = Mailer(mail.url())
        sender = AlertSender(
            post=Post(mailer=mailer, mail_from="ledger@example.com"),
            signed=SignedPost(http, secrets),
        )
        found: House

        def clock() -> datetime:
            return found.now

        alerts = Alerts(pool=pool, shop_settings=store, sender=sender, clock=clock)
        found = House(
            pool=pool,
            alerts=alerts,
            sender=sender,
            secrets=secrets,
            store=store,
            mail=mail,
            hook=hook,
        )
        yield found
        await mailer.close()


async def test_a_cause_that_appears_ages_and_recovers_is_told_once_each(
    database: Database,
) -> None:
    async with house(database) as shop:
        await shop.fail(orders=12)
        await shop.after()
        assert shop.changes == []
        for _ in range(3):
            await shop.after(SETTLE)
        await shop.after(timedelta(hours=1))
        await shop.after(timedelta(hours=1))
        await shop.repair()
        await shop.after()
        await shop.after(timedelta(minutes=6))
        await shop.after(timedelta(hours=1))

        assert shop.changes == [["appeared"], ["aged"], ["recovered"]]
        assert shop.subjects == [
            "Kauppa: 12 orders need attention: Webhook to crm.example.com: http_503",
            "Kauppa: Still 12 orders need attention: Webhook to crm.example.com: http_503",
            "Kauppa: Recovered: Webhook to crm.example.com: http_503",
        ]


async def test_an_alert_says_since_when_its_cause_asks_however_late_it_was_watched(
    database: Database,
) -> None:
    async with house(database) as shop:
        began = shop.now - timedelta(hours=1)
        await shop.fail()
        await shop.after()
        await shop.after(SETTLE)
        [letter], [body] = shop.mail.delivered, shop.hook.received
        [notice] = msgspec.json.decode(body.body)["data"]["notices"]
        asks_since = began + ShopSettings().grace
        assert f"Since {exact(asks_since)}." in str(letter.message)
        assert datetime.fromisoformat(notice["since"]) == asks_since


async def test_many_causes_at_once_are_one_message(database: Database) -> None:
    async with house(database) as shop:
        for number in range(30):
            await shop.fail(cause=f"{number:010d}")
        await shop.after()
        await shop.after(SETTLE)

        assert shop.subjects == ["Kauppa: 30 causes of trouble have news"]
        assert "and 10 more" in str(shop.mail.delivered[0].message)
        assert shop.changes == [["appeared"] * 30]


async def test_a_webhook_is_signed_and_says_nothing_of_customers(database: Database) -> None:
    async with house(database) as shop:
        await shop.fail()
        await shop.after()
        await shop.after(SETTLE)
        [received] = shop.hook.received
        [secret] = await shop.secrets.of_webhook(KAUPPA, endpoint_of(shop.hook.url("/alerts")))

        at = shop.now.timestamp()
        assert abs(float(received.headers["webhook-timestamp"]) - at) < 1
        signature = standardwebhooks.Webhook(secret).sign(
            received.headers["webhook-id"], shop.now, received.body.decode()
        )
        assert received.headers["webhook-signature"] == signature
        assert b"@" not in received.body
        assert b"Tell the CRM" not in received.body


async def test_what_could_not_be_sent_is_sent_later_under_the_same_id(
    database: Database,
) -> None:
    async with house(database) as shop:
        shop.hook.status = 503
        await shop.fail()
        await shop.after()
        await shop.after(SETTLE)
        await shop.after(timedelta(seconds=RETRY_SECONDS_MIN - 1))
        shop.hook.status = 200
        await shop.after(timedelta(seconds=1))
        await shop.after(timedelta(hours=2))

        first, second, *_ = shop.hook.received
        assert first.headers["webhook-id"] == second.headers["webhook-id"]
        assert first.body == second.body
        assert len(shop.mail.delivered) == 2, "the email was not held up, nor sent twice"
        assert shop.changes == [["appeared"], ["appeared"], ["aged"]]


async def test_what_was_sent_but_not_noted_comes_again_under_the_same_id(
    database: Database,
) -> None:
    async with house(database) as shop:
        await shop.fail()
        await shop.after()
        await shop.after(SETTLE)
        async with shop.pool.connection() as connection:
            await connection.execute("UPDATE attention.alerts SET done_at = NULL")
        await shop.after(timedelta(seconds=1))

        assert len({str(one.message["Message-ID"]) for one in shop.mail.delivered}) == 1
        assert len(shop.mail.delivered) == 2
        assert len({one.headers["webhook-id"] for one in shop.hook.received}) == 1


async def test_what_is_refused_for_good_is_given_up_and_says_why(database: Database) -> None:
    async with house(database) as shop:
        shop.mail.trouble["RCPT"] = "550 no such mailbox"
        await shop.fail()
        await shop.after()
        await shop.after(SETTLE)
        assert await AlertStore(shop.pool).waiting(shop.now + timedelta(days=1), 10) == []
        assert await shop.failures() == {"email": "mailbox_refused", "webhook": ""}


async def test_a_shop_that_wants_no_alerts_gets_none(database: Database) -> None:
    async with house(database) as shop:
        await ShopSettingsStore(shop.pool).put(KAUPPA, ShopSettings(display_name="Kauppa"))
        await shop.fail()
        alerts = Alerts(
            pool=shop.pool,
            shop_settings=ShopSettingsStore(shop.pool),
            sender=shop.sender,
            clock=lambda: shop.now,
        )
        await alerts.step()
        shop.now += SETTLE
        await alerts.step()
        assert (shop.subjects, shop.changes) == ([], [])


async def test_one_shops_mistake_silences_no_other(database: Database) -> None:
    async with house(database) as shop:
        await shop.wanted_by(ShopId("broken"))
        async with shop.pool.connection() as connection:
            await connection.execute(UNREADABLE)
        await shop.fail()
        with capture_logs() as logs:
            await shop.after()
            await shop.after(SETTLE)
        assert shop.changes == [["appeared"]]
        assert {(log["event"], log["shop"]) for log in logs} == {("alert_mistake", "broken")}


async def test_one_messages_mistake_stops_no_other_and_is_tried_again(
    database: Database,
) -> None:
    async with house(database) as shop:
        unreadable = Secrets(shop.pool, MasterKey.parse(generate_master_key()))
        await unreadable.of_webhook(KAUPPA, endpoint_of(shop.hook.url("/alerts")))
        await shop.fail()
        await shop.after()
        with capture_logs() as logs:
            await shop.after(SETTLE)
        assert len(shop.mail.delivered) == 1
        assert await shop.failures() == {"email": "", "webhook": "internal_error"}
        assert [log["channel"] for log in logs] == ["webhook"]
        assert "s3cret-token" not in str(logs)
        [again] = await AlertStore(shop.pool).waiting(shop.now + timedelta(hours=1), 10)
        assert again.tries == 1


async def test_trouble_that_grows_is_two_messages_and_no_storm(database: Database) -> None:
    async with house(database) as shop:
        for number in range(60):
            await shop.fail(cause=f"{number:010d}")
            await shop.after(timedelta(seconds=2))
        assert shop.subjects == [
            "Kauppa: 1 order needs attention: Webhook to crm.example.com: http_503"
        ]
        await shop.after(GATHER)
        assert shop.subjects[1:] == ["Kauppa: 59 causes of trouble have news"]


async def test_nothing_recovers_by_a_read_model_that_is_behind(database: Database) -> None:
    async with house(database) as shop:
        await shop.fail()
        await shop.after()
        await shop.after(SETTLE)
        async with await AsyncConnection.connect(database.owner_url, autocommit=True) as owner:
            await owner.execute(OLD_EVENT)
        await shop.repair()
        for _ in range(3):
            await shop.after(timedelta(minutes=20))
        assert shop.changes == [["appeared"]]

        async with shop.pool.connection() as connection:
            await connection.execute(HANDLED, [ATTENTION.name])
        await shop.after()
        await shop.after(timedelta(minutes=20))
        assert shop.changes == [["appeared"], ["recovered"]]
