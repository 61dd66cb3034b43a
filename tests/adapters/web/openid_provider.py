"""A small OpenID provider on loopback, as a program of its own: it signs in whoever it is told to."""

import asyncio
import json
import sys
from asyncio.subprocess import DEVNULL
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from httpx2 import AsyncClient, Response

from adapters.embedded.ports import free_port

ANSWER_POLL_SECONDS = 0.05
LAURA = {"sub": "laura", "email": "Laura@example.com", "email_verified": True, "name": "Laura"}
UNVERIFIED = {"sub": "mallory", "email": "laura@example.com", "email_verified": False}
HEIR = {"sub": "heir", "email": "laura@example.com", "email_verified": True}
STRANGER = {"sub": "stranger", "email": "stranger@example.com", "email_verified": True}


@asynccontextmanager
async def openid_provider() -> AsyncIterator[str]:
    """Run the provider until the block ends; give its issuer."""
    port = free_port()
    issuer = f"http://127.0.0.1:{port}"
    people = (LAURA, UNVERIFIED, HEIR, STRANGER)
    users = [word for one in people for word in ("--user-claims", json.dumps(one))]
    program = [
        sys.executable,
        "-W",
        "ignore",
        "-m",
        "oidc_provider_mock",
        "--port",
        str(port),
        *users,
    ]
    process = await asyncio.create_subprocess_exec(*program, stdout=DEVNULL, stderr=DEVNULL)
    try:
        await _answers(port)
        yield issuer
    finally:
        process.terminate()
        await process.wait()


async def signed_in_there(sent_away: Response, subject: str) -> str:
    """Sign in at the provider as a browser that was sent there; give the address to come back to."""
    async with AsyncClient() as browser:
        answer = await browser.post(sent_away.headers["location"], data={"sub": subject})
    assert answer.status_code in {302, 303}, answer.text
    return str(answer.headers["location"])


async def _answers(port: int) -> None:
    while True:
        with suppress(OSError):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.close()
            return
        await asyncio.sleep(ANSWER_POLL_SECONDS)
