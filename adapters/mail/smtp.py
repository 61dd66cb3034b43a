"""Emails over SMTP: the one way to the mail server for everything that the ledger sends.

The rule to know: once a message is written to the line nobody can call it back, so a line that
is lost from then on is `outcome_unknown` and never tried again by itself: sending twice is worse
than asking. Whatever goes wrong before did no harm.
"""

import asyncio
import ssl
from asyncio import Timeout
from contextlib import ExitStack, suppress
from email.message import EmailMessage

from aiosmtplib import SMTP, SMTPDataError, SMTPException, SMTPSenderRefused, SMTPServerDisconnected

from adapters.display.lines import one_line
from adapters.mail.smtp_parcel import HandOver, Parcel, parcel_of
from adapters.mail.smtp_server import MailServer, mail_server_of, open_connection
from adapters.mail.smtp_troubles import CannotSend, failure_of, unknown_outcome
from adapters.settings import SMTP_CONNECTIONS_DEFAULT
from domain.order.running import ANSWER_SECONDS_MAX, HAND_OVER_SECONDS_MAX
from domain.order.values import Answer
from processors.ports import Failed, Outcome, Succeeded

QUIT_SECONDS_MAX = 2
REFUSED_FROM = 400

NOT_HANDED_OVER = "The message was not handed over."
"""What a cancellation says that came before it, so that the message may be sent again."""

NOT_CONFIGURED = Failed(
    code="smtp_not_configured",
    message="No mail server is set: set SMTP_URL, such as smtp://user:password@mail.example.com:587.",
)


class Mailer:
    """Sends emails through one mail server, over a few connections that serve many messages."""

    def __init__(
        self,
        smtp_url: str,
        *,
        connections_max: int = SMTP_CONNECTIONS_DEFAULT,
        tls: ssl.SSLContext | None = None,
        hand_over_seconds_max: float = HAND_OVER_SECONDS_MAX,
        answer_seconds_max: float = ANSWER_SECONDS_MAX,
    ) -> None:
        """Name the server, "" for none; raise SettingsMissing for an address that is none."""
        self._server = mail_server_of(smtp_url) if smtp_url else None
        self._tls = tls or ssl.create_default_context()
        self._hand_over_seconds_max = hand_over_seconds_max
        self._answer_seconds_max = answer_seconds_max
        self._room = asyncio.Semaphore(connections_max)
        self._idle: list[SMTP] = []

    async def send(self, message: EmailMessage) -> Outcome:
        """Send a message from its `From` to its one `To`, under its Message-ID."""
        if self._server is None:
            return NOT_CONFIGURED
        hand_over = HandOver(parcel_of(message))
        try:
            async with asyncio.timeout(self._hand_over_seconds_max) as limit, self._room:
                reply = await self._deliver(hand_over, self._server, limit)
        except asyncio.CancelledError as cut:
            if hand_over.is_done:
                raise
            raise asyncio.CancelledError(NOT_HANDED_OVER) from cut
        except (SMTPException, OSError, CannotSend) as error:
            is_answered = isinstance(error, SMTPDataError) and error.code >= REFUSED_FROM
            if hand_over.is_done and not is_answered:
                return unknown_outcome(error)
            return failure_of(error)
        return Succeeded(answer=_answer(hand_over.parcel, reply))

    async def close(self) -> None:
        """Take leave of the server."""
        while self._idle:
            smtp = self._idle.pop()
            with suppress(SMTPException, OSError):
                async with asyncio.timeout(QUIT_SECONDS_MAX):
                    await smtp.quit()
            smtp.close()

    async def _deliver(self, hand_over: HandOver, server: MailServer, limit: Timeout) -> str:
        while self._idle:
            try:
                return await self._use(self._idle.pop(), hand_over, limit)
            except (SMTPServerDisconnected, SMTPSenderRefused):
                # A server may tire of a line that was idle or has served many.
                if hand_over.is_done:
                    raise
        return await self._use(await open_connection(server, self._tls), hand_over, limit)

    async def _use(self, smtp: SMTP, hand_over: HandOver, limit: Timeout) -> str:
        with ExitStack() as undo:
            undo.callback(smtp.close)
            await hand_over.give(smtp)
            limit.reschedule(asyncio.get_running_loop().time() + self._answer_seconds_max)
            reply = await hand_over.answer(smtp)
            undo.pop_all()
        self._idle.append(smtp)
        return reply


def _answer(parcel: Parcel, reply: str) -> Answer:
    return Answer(recipient=parcel.recipient, excerpt=one_line(reply), reference=parcel.message_id)
