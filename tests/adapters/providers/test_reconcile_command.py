"""`refunds reconcile`, over a ledger with orders and the sandbox's Stripe."""

import asyncio
from datetime import UTC, datetime

import msgspec
import pytest

from adapters.cli.app import run
from adapters.cli.exits import ExitCode
from domain.identifiers import ShopId, TransferId
from domain.order.commands.transfers import ReportTransferDone
from scripts.receivers.places import Receiver
from scripts.receivers.stripe_control import DashboardRefund
from scripts.receivers.trouble import Kind, Trouble
from tests.adapters.providers.given_stripe import payment
from tests.adapters.providers.stripe_desk import Desk, one_payment, open_desk
from tests.examples import ORDER_ID, SHOP
from tests.sandbox_program import SandboxProgram
from tests.support import Database


async def reconcile(desk: Desk, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    """Run the command as a person does; give its exit code."""
    settings = desk.parts.settings
    for variable, value in {
        "DATABASE_URL": settings.database_url,
        "NATS_URL": "nats://127.0.0.1:1",
        "LEDGER_MASTER_KEY": settings.master_key,
        "LEDGER_INNER_ADDRESSES": "allowed",
        "STRIPE_API_URL": settings.stripe_api_url,
        "COLUMNS": "200",
    }.items():
        monkeypatch.setenv(variable, value)
    return await asyncio.to_thread(_exit_code, arguments)


def _exit_code(arguments: tuple[str, ...]) -> int:
    try:
        run(("refunds", "reconcile", *arguments))
    except SystemExit as end:
        return int(end.code or ExitCode.OK)
    return ExitCode.OK


async def test_says_that_all_agrees(
    database: Database,
    sandbox: SandboxProgram,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    async with open_desk(database, sandbox) as desk:
        await desk.paid(one_payment(payment(301)))
        await desk.ask(await desk.request(payment(301), 5_000))

        assert await reconcile(desk, monkeypatch, "--since", "1h") == ExitCode.OK
        assert "1 payments compared." in capsys.readouterr().out


async def test_ends_with_1_and_a_table_where_money_differs(
    database: Database,
    sandbox: SandboxProgram,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    async with open_desk(database, sandbox) as desk:
        await desk.paid(one_payment(payment(302)))
        now = datetime.now(UTC)
        refund_id = await desk.request(payment(302), 5_000)
        believed = ReportTransferDone(
            now=now,
            at=now,
            refund_id=refund_id,
            transfer_id=TransferId(f"{refund_id}/1"),
            reference="re_never",
        )
        await desk.wish(believed)

        assert await reconcile(desk, monkeypatch) == ExitCode.REFUSED
        said = capsys.readouterr().out
        for words in ("1001", payment(302), "50.00 EUR", "0.00 EUR", "not returned by"):
            assert words in said

        assert await reconcile(desk, monkeypatch, "--json", "--shop", SHOP) == ExitCode.REFUSED
        document = capsys.readouterr().out
        (shop,) = msgspec.json.decode(document)["shops"]
        (found,) = shop["differences"]
        assert (found["order_id"], found["ours"], found["theirs"]) == (str(ORDER_ID), 5_000, 0)
        assert found["why"] == "not_at_provider"


async def test_names_after_a_day_what_is_not_taken_in_and_what_it_waits_for(
    database: Database,
    sandbox: SandboxProgram,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    async with open_desk(database, sandbox) as desk:
        by_hand = DashboardRefund(payment=payment(303), amount=1_000)
        refund_id = sandbox.refund_in_stripes_dashboard(by_hand)
        await desk.tell(payment(303), "refund.created")
        await reconcile(desk, monkeypatch, "--since", "1h")
        assert refund_id not in capsys.readouterr().out

        async with desk.parts.pool.connection() as connection:
            await connection.execute(
                "UPDATE providers.news SET told_at = told_at - interval '1 day'"
            )
        assert await reconcile(desk, monkeypatch, "--since", "1h") == ExitCode.OK
        said = capsys.readouterr().out
        assert refund_id in said
        assert "another system uses the account" in " ".join(said.split())

        async with desk.parts.pool.connection() as connection:
            await connection.execute("UPDATE providers.news SET waits_for = 'credentials_refused'")
        await reconcile(desk, monkeypatch, "--since", "1h")
        said = " ".join(capsys.readouterr().out.split())
        assert "the right credentials" in said
        assert "another system" not in said

        async with desk.parts.pool.connection() as connection:
            await connection.execute("UPDATE providers.news SET waits_for = 'http_503'")
        await reconcile(desk, monkeypatch, "--since", "1h")
        assert "another try (http_503)" in " ".join(capsys.readouterr().out.split())


async def test_says_so_where_stripe_does_not_answer_or_no_provider_is_set_up(
    database: Database,
    sandbox: SandboxProgram,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    async with open_desk(database, sandbox) as desk:
        await desk.parts.shops.add(ShopId("another"), "Another")
        sandbox.trouble(Trouble(target=Receiver.STRIPE, kind=Kind.ERROR, next=1))
        assert await reconcile(desk, monkeypatch) == ExitCode.REFUSED
        said = capsys.readouterr().out
        assert "the rest could not be: http_500" in said
        assert "another: no provider is set up" in said


@pytest.mark.parametrize("since", ["", "7", "7w", "-1d", "seven"])
async def test_takes_hours_or_days_alone(
    database: Database, sandbox: SandboxProgram, monkeypatch: pytest.MonkeyPatch, since: str
) -> None:
    async with open_desk(database, sandbox) as desk:
        assert await reconcile(desk, monkeypatch, f"--since={since}") == ExitCode.USAGE
