"""How a try of a password that was refused is answered."""

from collections.abc import Mapping
from http import HTTPStatus

from adapters.auth.passwords import SignInBusy
from adapters.auth.sign_in_limits import TooManyTries
from domain.rejection import Rejection

STATUS_BY_REFUSAL: Mapping[type[Rejection], HTTPStatus] = {
    TooManyTries: HTTPStatus.TOO_MANY_REQUESTS,
    SignInBusy: HTTPStatus.SERVICE_UNAVAILABLE,
}


def status_of(refusal: Rejection) -> HTTPStatus:
    """Say with which status."""
    return STATUS_BY_REFUSAL.get(type(refusal), HTTPStatus.UNPROCESSABLE_ENTITY)


def wait_seconds_of(refusal: Rejection) -> int:
    """Say how long the next try has to wait; 0 where that is not why."""
    return refusal.seconds if isinstance(refusal, TooManyTries) else 0
