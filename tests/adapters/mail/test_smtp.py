"""How emails reach the mail server, and what becomes of them when it is in trouble."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import pytest

from adapters.mail.smtp import NOT_HANDED_OVER, Mailer
from adapters.settings import SMTP_CONNECTIONS_DEFAULT, SettingsMissing
from processors.ports import Failed, Outcome, Succeeded
from tests.adapters.postgres.given import until
from tests.smtp_server import PASSWORD, SLOW_SECONDS, USER, MailServer, Trouble, mail_server
from tests.tls import Authority

SIGN_IN = "ledger:pass%20word%2F%C3%A9@"
SILENT_SECONDS = 0.3
"""For a server that never answers, however far the message came by then."""
LATE_SECONDS = 2
"""For one that falls silent late: long enough to come that far."""
RETRIED, GIVEN_UP = True, False


def message(
    recipient: Address | str = "aino@example.com", text: str = "Hei\n.piste\n..\n"
) -> EmailMessage:
    result = EmailMessage(policy=SMTP)
    result["From"] = "shop@example.com"
    result["To"] = recipient
    result["Message-ID"] = "<m1@example.com>"
    result.set_content(text)
    return result


@asynccontextmanager
async def mailer_of(server: MailServer, seconds_max: float = 20) -> AsyncIterator[Mailer]:
    mailer = Mailer(server.url(), hand_over_seconds_max=seconds_max, answer_seconds_max=seconds_max)
    yield mailer
    await mailer.close()


def failure(outcome: Outcome) -> tuple[str, bool]:
    assert isinstance(outcome, Failed)
    assert outcome.message
    return outcome.code, outcome.is_retryable


async def failure_amid(
    trouble: dict[str, str | Trouble], seconds_max: float = 20
) -> tuple[str, bool]:
    async with mail_server() as server, mailer_of(server, seconds_max) as mailer:
        server.trouble = trouble
        outcome = await mailer.send(message())
        assert server.delivered == []
        return failure(outcome)


async def until_asked(server: MailServer, command: str, times: int) -> None:
    async def asked() -> int:
        return server.commands.count(command)

    await until(asked, times)


async def cancelled(sending: asyncio.Task[Outcome]) -> tuple[object, ...]:
    """Cancel a message's sending, and see what the cancellation says."""
    sending.cancel()
    with pytest.raises(asyncio.CancelledError) as said:
        await sending
    return said.value.args


async def cancellation_at(command: str) -> tuple[object, ...]:
    async with mail_server() as server, mailer_of(server) as mailer:
        server.trouble[command] = Trouble.HANG
        sending = asyncio.create_task(mailer.send(message()))
        await until_asked(server, command, 1)
        return await cancelled(sending)


async def test_a_message_arrives_as_it_was_written_and_the_answer_says_where_it_went() -> None:
    async with mail_server() as server, mailer_of(server) as mailer:
        outcome = await mailer.send(message())

    assert isinstance(outcome, Succeeded)
    assert outcome.answer.recipient == "aino@example.com"
    assert outcome.answer.reference == "<m1@example.com>"
    assert outcome.answer.excerpt == "250 2.0.0 Ok: queued as 1"
    (delivered,) = server.delivered
    assert (delivered.sender, delivered.recipients) == ("shop@example.com", ["aino@example.com"])
    assert delivered.message.get_content().splitlines() == ["Hei", ".piste", ".."]


async def test_many_messages_go_over_one_connection() -> None:
    async with mail_server() as server, mailer_of(server) as mailer:
        for _ in range(5):
            assert isinstance(await mailer.send(message()), Succeeded)

    assert len(server.delivered) == 5
    assert len(server.sessions) == 1
    assert server.commands[-1] == "QUIT"


async def test_messages_at_once_share_a_bounded_number_of_connections() -> None:
    async with mail_server() as server, mailer_of(server) as mailer:
        outcomes = await asyncio.gather(
            *(mailer.send(message()) for _ in range(3 * SMTP_CONNECTIONS_DEFAULT))
        )

    assert all(isinstance(outcome, Succeeded) for outcome in outcomes)
    assert len(server.delivered) == 3 * SMTP_CONNECTIONS_DEFAULT
    assert len(server.sessions) == SMTP_CONNECTIONS_DEFAULT


async def test_a_connection_that_the_server_closed_meanwhile_is_replaced() -> None:
    async with mail_server() as server, mailer_of(server) as mailer:
        await mailer.send(message())
        server.cut_lines()
        outcome = await mailer.send(message())

    assert isinstance(outcome, Succeeded)
    assert len(server.sessions) == 2


async def test_a_connection_that_has_served_enough_messages_is_replaced() -> None:
    async with mail_server() as server, mailer_of(server) as mailer:
        await mailer.send(message())
        server.sessions[0].trouble["MAIL"] = "421 4.7.0 Too many messages on this line"
        outcome = await mailer.send(message())

    assert isinstance(outcome, Succeeded)
    assert len(server.sessions) == 2


@pytest.mark.parametrize("is_tls_from_start", [False, True])
async def test_the_line_is_encrypted_wherever_the_server_can_and_the_sign_in_goes_over_it(
    tmp_path: Path, *, is_tls_from_start: bool
) -> None:
    authority = Authority(tmp_path)
    context = authority.server("localhost")
    async with mail_server(context, is_tls_from_start=is_tls_from_start) as server:
        mailer = Mailer(server.url(user=SIGN_IN), tls=authority.client())
        outcome = await mailer.send(message())
        await mailer.close()

    assert isinstance(outcome, Succeeded)
    assert server.delivered[0].is_encrypted
    assert server.delivered[0].user == USER
    assert server.passwords == [PASSWORD.encode()]


@pytest.mark.parametrize("is_tls_from_start", [False, True])
async def test_a_server_whose_certificate_nobody_vouches_for_gets_nothing(
    tmp_path: Path, *, is_tls_from_start: bool
) -> None:
    context = Authority(tmp_path).server("localhost")
    async with mail_server(context, is_tls_from_start=is_tls_from_start) as server:
        outcome = await Mailer(server.url(user=SIGN_IN)).send(message())

    assert failure(outcome) == ("tls_failed", GIVEN_UP)
    assert server.passwords == []


async def test_a_certificate_for_another_host_gets_nothing(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    async with mail_server(authority.server("mail.example.com")) as server:
        outcome = await Mailer(server.url(), tls=authority.client()).send(message())

    assert failure(outcome) == ("tls_failed", GIVEN_UP)


async def test_a_password_is_not_sent_without_tls_to_a_host_that_may_be_elsewhere() -> None:
    async with mail_server() as server:
        outcome = await Mailer(server.url(host="127.1", user=SIGN_IN)).send(message())

    assert failure(outcome) == ("tls_not_offered", GIVEN_UP)
    assert server.passwords == []


async def test_a_password_is_sent_without_tls_within_this_machine() -> None:
    async with mail_server() as server:
        mailer = Mailer(server.url(host="127.0.0.1", user=SIGN_IN))
        outcome = await mailer.send(message())
        await mailer.close()

    assert isinstance(outcome, Succeeded)
    assert server.delivered[0].user == USER


async def test_a_wrong_password_is_not_tried_again() -> None:
    async with mail_server() as server:
        outcome = await Mailer(server.url(user="ledger:wrong-word@")).send(message())

    assert failure(outcome) == ("sign_in_refused", GIVEN_UP)
    assert "wrong-word" not in str(outcome)


async def test_a_server_that_knows_no_sign_in_is_not_asked_again() -> None:
    async with mail_server() as server:
        server.trouble["EHLO"] = "250 mail.example.com"
        outcome = await Mailer(server.url(user=SIGN_IN)).send(message())

    assert failure(outcome) == ("sign_in_not_offered", GIVEN_UP)


@pytest.mark.parametrize("command", ["CONNECT", "EHLO", "MAIL", "RCPT", "DATA", "."])
async def test_a_4xx_reply_at_any_command_is_tried_again(command: str) -> None:
    refusal: dict[str, str | Trouble] = {command: "451 4.3.0 Try again later", "HELO": "451 No"}

    assert await failure_amid(refusal) == ("smtp_451", RETRIED)


@pytest.mark.parametrize(
    ("command", "code"),
    [
        ("CONNECT", "server_refused"),
        ("EHLO", "server_refused"),
        ("MAIL", "sender_refused"),
        ("RCPT", "mailbox_refused"),
        ("DATA", "message_refused"),
        (".", "message_refused"),
    ],
)
async def test_a_5xx_reply_at_any_command_is_for_good(command: str, code: str) -> None:
    refusal: dict[str, str | Trouble] = {command: "550 5.1.1 No such thing", "HELO": "550 No"}

    assert await failure_amid(refusal) == (code, GIVEN_UP)


async def test_a_refusal_is_told_in_the_servers_words() -> None:
    async with mail_server() as server, mailer_of(server) as mailer:
        server.trouble["RCPT"] = "550 5.1.1 No mailbox\tof that name" + "!" * 1_000
        outcome = await mailer.send(message())

    assert isinstance(outcome, Failed)
    assert outcome.message.startswith("550 5.1.1 No mailbox of that name!")
    assert len(outcome.message) == 500


async def test_after_a_refusal_the_next_message_goes_out() -> None:
    async with mail_server() as server, mailer_of(server) as mailer:
        server.trouble["RCPT"] = "550 5.1.1 No such mailbox"
        await mailer.send(message())
        server.trouble.clear()
        outcome = await mailer.send(message())

    assert isinstance(outcome, Succeeded)


@pytest.mark.parametrize("command", ["CONNECT", "EHLO", "MAIL", "RCPT", "DATA"])
async def test_a_line_cut_before_the_message_is_tried_again(command: str) -> None:
    assert await failure_amid({command: Trouble.CUT}) == ("connection_lost", RETRIED)


@pytest.mark.parametrize("command", ["CONNECT", "EHLO", "MAIL", "RCPT", "DATA"])
async def test_a_server_that_falls_silent_before_the_message_is_tried_again(command: str) -> None:
    assert await failure_amid({command: Trouble.HANG}, SILENT_SECONDS) == ("timeout", RETRIED)


@pytest.mark.parametrize("trouble", [Trouble.CUT, Trouble.HANG, Trouble.GARBAGE, "354 Go on"])
async def test_when_the_line_is_lost_after_the_message_nobody_knows_and_nothing_is_resent(
    trouble: str | Trouble,
) -> None:
    assert await failure_amid({".": trouble}, LATE_SECONDS) == ("outcome_unknown", GIVEN_UP)


async def test_a_lost_line_is_not_sent_anew_over_another_connection() -> None:
    async with mail_server() as server, mailer_of(server) as mailer:
        await mailer.send(message())
        server.trouble["."] = Trouble.CUT
        outcome = await mailer.send(message())

    assert failure(outcome) == ("outcome_unknown", GIVEN_UP)
    assert server.commands.count(".") == 2


async def test_a_connection_on_which_something_went_wrong_is_closed() -> None:
    async with mail_server() as server, mailer_of(server) as mailer:
        server.trouble["RCPT"] = "550 5.1.1 No such mailbox"
        await mailer.send(message())

        await server.sessions[0].is_closed.wait()


async def test_a_server_that_hangs_does_not_hold_its_connections_for_ever() -> None:
    async with mail_server() as server, mailer_of(server, LATE_SECONDS) as mailer:
        server.trouble["MAIL"] = Trouble.HANG
        await asyncio.gather(*(mailer.send(message()) for _ in range(SMTP_CONNECTIONS_DEFAULT)))
        server.trouble.clear()
        outcome = await mailer.send(message())

    assert isinstance(outcome, Succeeded)


async def test_a_slow_server_has_as_long_for_its_answer_as_it_had_before_the_message() -> None:
    seconds_max = 1.7 * SLOW_SECONDS
    async with mail_server() as server, mailer_of(server, seconds_max) as mailer:
        server.trouble = {"DATA": Trouble.SLOW, ".": Trouble.SLOW}
        outcome = await mailer.send(message())

    assert isinstance(outcome, Succeeded)


@pytest.mark.parametrize("command", ["CONNECT", "EHLO", "MAIL", "RCPT", "DATA"])
async def test_a_cancellation_before_the_message_says_that_nothing_was_sent(command: str) -> None:
    assert await cancellation_at(command) == (NOT_HANDED_OVER,)


async def test_a_cancellation_after_the_message_says_nothing() -> None:
    assert await cancellation_at(".") == ()


async def test_a_cancellation_in_the_wait_for_a_connection_says_that_nothing_was_sent() -> None:
    async with mail_server() as server, mailer_of(server) as mailer:
        server.trouble["."] = Trouble.HANG
        others = [
            asyncio.create_task(mailer.send(message())) for _ in range(SMTP_CONNECTIONS_DEFAULT)
        ]
        await until_asked(server, ".", SMTP_CONNECTIONS_DEFAULT)
        waiting = asyncio.create_task(mailer.send(message()))
        await asyncio.sleep(0)
        assert await cancelled(waiting) == (NOT_HANDED_OVER,)
        assert [await cancelled(other) for other in others] == [()] * SMTP_CONNECTIONS_DEFAULT


async def test_where_nobody_listens_it_is_tried_again() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        outcome = await Mailer(f"smtp://127.0.0.1:{unused.getsockname()[1]}").send(message())

    assert failure(outcome) == ("connection_refused", RETRIED)


async def test_an_unknown_host_is_tried_again() -> None:
    outcome = await Mailer("smtp://mail.invalid:25").send(message())

    assert failure(outcome) == ("dns_failed", RETRIED)


async def test_without_a_mail_server_the_failure_says_what_to_set() -> None:
    outcome = await Mailer("").send(message())

    assert failure(outcome) == ("smtp_not_configured", GIVEN_UP)
    assert "SMTP_URL" in str(outcome)


async def test_an_address_in_other_letters_goes_to_a_server_that_takes_it(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    recipient = Address("Äiti", username="äiti", domain="example.com")
    async with mail_server(authority.server("localhost")) as server:
        mailer = Mailer(server.url(), tls=authority.client())
        outcome = await mailer.send(message(recipient))
        await mailer.close()

    assert isinstance(outcome, Succeeded)
    assert server.delivered[0].recipients == ["äiti@example.com"]
    assert server.delivered[0].message["To"] == "Äiti <äiti@example.com>"


async def test_an_address_in_other_letters_fails_for_good_where_the_server_knows_none() -> None:
    recipient = Address("Äiti", username="äiti", domain="example.com")
    async with mail_server() as server, mailer_of(server) as mailer:
        server.trouble["EHLO"] = "250 mail.example.com"
        outcome = await mailer.send(message(recipient))

    assert failure(outcome) == ("address_not_supported", GIVEN_UP)


@pytest.mark.parametrize(
    "url", ["mail.example.com", "http://ledger:s3cret@mail", "smtp://", "smtp://ledger:s3cret@a:b"]
)
def test_an_address_that_is_none_is_refused_at_the_start_without_being_repeated(url: str) -> None:
    with pytest.raises(SettingsMissing, match="SMTP_URL must be smtp://") as refused:
        Mailer(url)
    assert "s3cret" not in str(refused.value)
