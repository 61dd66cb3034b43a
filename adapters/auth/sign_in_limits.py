"""How often passwords may be tried: per email address and per network, each wait longer than the last.

The rule to know: a try is counted before its password is looked at, under a lock in PostgreSQL, so
that many at once in many processes are no way around it.
"""

import ipaddress
from datetime import datetime, timedelta

from msgspec import Struct

from adapters.auth.secret_text import digest_of
from adapters.postgres.database import Pool
from domain.phrase import say
from domain.rejection import Rejection

FORGOTTEN_AFTER = timedelta(hours=24)
WAIT_MIN = timedelta(seconds=15)
WAIT_MAX = timedelta(minutes=15)
NETWORK_BITS_V6 = 64
"""What one customer of a network has at least."""
MINUTE_SECONDS = 60

LOCK = """
INSERT INTO access.sign_in_tries AS t (subject, tries, tried_at)
SELECT
    subject,
    0,
    clock_timestamp()
FROM unnest(%(subjects)s::bytea[]) AS subject
ORDER BY subject
ON CONFLICT ON CONSTRAINT sign_in_tries_pkey DO UPDATE
SET tries = t.tries
RETURNING
    subject,
    tries,
    tried_at,
    clock_timestamp()
"""

COUNT = """
UPDATE access.sign_in_tries
SET
    tries = %(tries)s,
    tried_at = clock_timestamp()
WHERE subject = %(subject)s
"""

FORGIVE = """
UPDATE access.sign_in_tries
SET tries = greatest(tries - 1, 0)
WHERE subject = %(network)s
"""

FORGET = """
DELETE FROM access.sign_in_tries
WHERE subject = %(address)s
"""

SWEEP = """
DELETE FROM access.sign_in_tries
WHERE subject IN (
    SELECT subject
    FROM access.sign_in_tries
    WHERE tried_at < now() - %(forgotten_after)s
    FOR UPDATE SKIP LOCKED
)
"""


class TooManyTries(Rejection):
    """Passwords were tried too often; `seconds` tells after how long the next may be."""

    code = "too_many_tries"

    def __init__(self, wait: timedelta) -> None:
        """Say how long to wait."""
        self.seconds = max(1, -(-wait // timedelta(seconds=1)))
        super().__init__(
            say("Too many tries. Wait {length}, then try again.", length=_words(self.seconds))
        )


class Subject(Struct, frozen=True):
    """Whose tries are counted together, and how many of them are free."""

    digest: bytes
    free_tries: int

    def wait(self, tries: int) -> timedelta:
        """Say how long after so many tries the next one has to wait."""
        over = tries - self.free_tries
        return timedelta(0) if over < 0 else min(WAIT_MIN * 2 ** min(over, 10), WAIT_MAX)


class Count(Struct, frozen=True):
    """How many tries were made, the last when, as seen now."""

    tries: int
    tried_at: datetime
    now: datetime

    @property
    def tries_now(self) -> int:
        """Leave out what is forgotten."""
        return 0 if self.now - self.tried_at > FORGOTTEN_AFTER else self.tries

    def wait(self, subject: Subject) -> timedelta:
        """Say how long the next try has to wait from now."""
        return self.tried_at + subject.wait(self.tries_now) - self.now


def address_subject(email: str) -> Subject:
    """Count tries for an email address, known or not."""
    return Subject(digest_of(f"address {email.strip().lower()}"), free_tries=5)


def network_subject(network_address: str) -> Subject:
    """Count tries from a network address; of IPv6 from a whole network."""
    return Subject(digest_of(f"network {_network(network_address)}"), free_tries=30)


class SignInLimits:
    """The table of tries."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def take(self, email: str, network_address: str) -> None:
        """Count a try before it is made; raise TooManyTries, which is not counted."""
        wanted = (address_subject(email), network_subject(network_address))
        subjects = [one.digest for one in wanted]
        async with self._pool.connection() as connection, connection.transaction():
            cursor = await connection.execute(LOCK, {"subjects": subjects})
            counts = {row[0]: Count(*row[1:]) for row in await cursor.fetchall()}
            wait = max(counts[one.digest].wait(one) for one in wanted)
            if wait > timedelta(0):
                raise TooManyTries(wait)
            for subject, count in counts.items():
                values = {"subject": subject, "tries": count.tries_now + 1}
                await connection.execute(COUNT, values)

    async def succeed(self, email: str, network_address: str) -> None:
        """Forget the tries for an address whose password was right; sweep old ones of others."""
        async with self._pool.connection() as connection:
            await connection.execute(FORGET, {"address": address_subject(email).digest})
            network = network_subject(network_address).digest
            await connection.execute(FORGIVE, {"network": network})
            await connection.execute(SWEEP, {"forgotten_after": FORGOTTEN_AFTER})


def _network(network_address: str) -> str:
    try:
        address = ipaddress.ip_address(network_address)
    except ValueError:
        return network_address
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is None:
        return str(ipaddress.ip_network((address, NETWORK_BITS_V6), strict=False))
    return str(getattr(address, "ipv4_mapped", None) or address)


def _words(seconds: int) -> str:
    if seconds < MINUTE_SECONDS:
        return say("1 second") if seconds == 1 else say("{count} seconds", count=seconds)
    minutes = -(-seconds // MINUTE_SECONDS)
    return say("1 minute") if minutes == 1 else say("{count} minutes", count=minutes)
