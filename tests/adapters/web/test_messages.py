"""Messages from the checkout: what is stuck, why, and its replay."""

from urllib.parse import unquote

from adapters.auth.roles import Role
from tests.adapters.http_api.served import KAUPPA, TOINEN
from tests.adapters.messaging.checkout import Checkout, Sent
from tests.adapters.web.seen import words_of
from tests.adapters.web.site import Site, site
from tests.adapters.web.tables import rows_of
from tests.support import Database


async def take(ledger: Site, *sent: Sent) -> None:
    """Hand messages on as ingress does."""
    await ledger.parts.intake.take([one.arrival for one in sent])


async def test_what_is_stuck_comes_first_with_its_reason(database: Database) -> None:
    async with site(database) as ledger, ledger.visitor(Role.MAINTAINER) as mika:
        opened, early = Checkout(KAUPPA).started(), Checkout(KAUPPA).paid()
        broken, theirs = Checkout(KAUPPA).raw(b"not JSON"), Checkout(TOINEN).paid()
        await take(ledger, opened, early, theirs)
        await take(ledger, broken)
        page = await mika.get("/messages")
        parked = await mika.get("/messages", outcome="parked")
        duplicate = await mika.get("/messages", outcome="duplicate")

    rows = rows_of(page.text)[1:]
    assert [row[0] for row in rows] == ["Quarantined", "Parked", "Applied"]
    assert "no JSON" in rows[0][2]
    assert rows[1][1] == f"{early.message_id} payment.received.v1"
    assert rows[2][2] == "OrderStarted"
    assert "Quarantined 1 Parked 1" in words_of(page.text)
    assert [row[0] for row in rows_of(parked.text)[1:]] == ["Parked"]
    assert "There are no such messages" in words_of(duplicate.text)


async def test_a_message_shows_its_body_laid_out_and_escaped(database: Database) -> None:
    async with site(database) as ledger, ledger.visitor(Role.MAINTAINER) as mika:
        early = Checkout(KAUPPA).paid(payment_id="<script>")
        opened = Checkout(KAUPPA).started()
        await take(ledger, early, opened)
        held = await mika.get("/messages/show", id=early.message_id)
        applied = await mika.get("/messages/show", id=opened.message_id)
        unknown = await mika.get("/messages/show", id="nothing")

    assert "    &#34;payment_id&#34;: &#34;&lt;script&gt;&#34;" in held.text
    assert "Replay" in words_of(held.text)
    assert "Facts it caused OrderStarted" in words_of(applied.text)
    assert "Replay" not in words_of(applied.text)
    assert unknown.status_code == 404


async def test_replay_says_what_came_of_it(database: Database) -> None:
    async with site(database) as ledger, ledger.visitor(Role.MAINTAINER) as mika:
        checkout = Checkout(KAUPPA)
        early = checkout.paid()
        await take(ledger, early)
        waits = await mika.post("/messages/replay", id=early.message_id)
        await take(ledger, checkout.started(), checkout.placed())
        again = await mika.post("/messages/replay", id=early.message_id)
        page = await mika.client.get(again.headers["location"])

    assert (waits.status_code, again.status_code) == (303, 303)
    assert "still waits" in unquote(waits.cookies["said"])
    assert "Applied" in words_of(page.text)


async def test_only_who_maintains_the_shop_sees_them(database: Database) -> None:
    async with site(database) as ledger, ledger.visitor() as laura:
        listed = await laura.get("/messages")
        shown = await laura.get("/messages/show", id="x")
        replayed = await laura.post("/messages/replay", id="x")

    assert [one.status_code for one in (listed, shown, replayed)] == [403, 403, 403]
    assert "Your role in this shop does not let you do this." in words_of(listed.text)


async def test_a_body_that_is_nested_too_deeply_to_be_read_is_shown_as_it_came(
    database: Database,
) -> None:
    async with site(database) as ledger, ledger.visitor(Role.MAINTAINER) as mika:
        deep = Checkout(KAUPPA).raw(b"[" * 20_000)
        await take(ledger, deep)
        page = await mika.get("/messages/show", id=deep.message_id)

    assert page.status_code == 200
    assert "[[[[" in page.text
