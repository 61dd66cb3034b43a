"""What people are told of how long one try can last is what the executors hold to."""

from adapters.executors.calls import CHAIN_SECONDS_MAX
from adapters.mail.smtp import SEND_SECONDS_MAX
from adapters.outbound_http.client import SECONDS_MAX
from domain.order.running import CALL_SECONDS_MAX, CALLS_SECONDS_MAX, EMAIL_SECONDS_MAX


def test_the_limits_that_are_told_are_those_that_are_kept() -> None:
    told = (EMAIL_SECONDS_MAX, CALL_SECONDS_MAX, CALLS_SECONDS_MAX)

    assert told == (SEND_SECONDS_MAX, SECONDS_MAX, CHAIN_SECONDS_MAX)
