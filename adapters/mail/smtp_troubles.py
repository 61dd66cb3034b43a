"""What a mail server's refusals and silences mean for an attempt.

The rule to know: 4xx and trouble on the line pass, 5xx stays (RFC 5321, 4.2.1); a certificate
or a password that is wrong stays too, until a person mends it.
"""

import socket
import ssl

from aiosmtplib import (
    SMTPAuthenticationError,
    SMTPConnectError,
    SMTPDataError,
    SMTPException,
    SMTPRecipientRefused,
    SMTPResponseException,
    SMTPSenderRefused,
    SMTPServerDisconnected,
)

from adapters.display.lines import one_line
from processors.ports import Failed

PERMANENT_FROM = 500
CODE_BY_REFUSAL: dict[type[SMTPResponseException], str] = {
    SMTPRecipientRefused: "mailbox_refused",
    SMTPSenderRefused: "sender_refused",
    SMTPDataError: "message_refused",
    SMTPAuthenticationError: "sign_in_refused",
}
REFUSED_OTHERWISE = "server_refused"


class CannotSend(Exception):
    """A message cannot go out as things are set; another attempt would change nothing."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def failure_of(error: SMTPException | OSError | CannotSend) -> Failed:
    """Say what became of a message that was certainly not accepted."""
    if isinstance(error, CannotSend):
        return Failed(code=error.code, message=str(error))
    if isinstance(error, SMTPResponseException):
        return _refusal(error)
    is_about_connecting = isinstance(error, SMTPConnectError) and error.__cause__ is not None
    return _trouble(error.__cause__ if is_about_connecting else error)


def unknown_outcome(error: Exception) -> Failed:
    """Say that a message was handed over and nobody knows whether it was accepted."""
    how = "did not answer in time" if isinstance(error, TimeoutError) else "cut the line"
    return Failed(
        code="outcome_unknown",
        message=f"The mail server was given the message and {how}: it may have been sent. "
        "Look at the server's log or ask the customer before it is sent again.",
    )


def _refusal(error: SMTPResponseException) -> Failed:
    words = one_line(f"{error.code} {error.message}")
    if error.code < PERMANENT_FROM:
        return Failed(code=f"smtp_{max(error.code, 0)}", message=words, is_retryable=True)
    return Failed(code=CODE_BY_REFUSAL.get(type(error), REFUSED_OTHERWISE), message=words)


def _trouble(cause: BaseException | None) -> Failed:
    match cause:
        case ssl.SSLError():
            words = "The mail server's certificate or its TLS is not in order."
            return Failed(code="tls_failed", message=words)
        case TimeoutError():
            return _passing("timeout", "The mail server did not answer in time.")
        case socket.gaierror():
            return _passing("dns_failed", "The mail server's name is not known.")
        case SMTPServerDisconnected():
            return _passing("connection_lost", "The mail server cut the line.")
        case OSError():
            return _passing("connection_refused", "The mail server could not be reached.")
        case _:
            words = "The mail server offers no sign-in that the ledger knows."
            return Failed(code="sign_in_not_offered", message=words)


def _passing(code: str, message: str) -> Failed:
    return Failed(code=code, message=message, is_retryable=True)
