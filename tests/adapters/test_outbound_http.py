"""Outgoing calls: where they go, what they take, and what each trouble means."""

import asyncio
import gc
import socket
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from adapters.outbound_http import (
    HttpAnswer,
    HttpTrouble,
    OutboundHttp,
    UrlRefused,
    endpoint_of,
    outcome_of,
)
from adapters.outbound_http.addresses import is_public
from adapters.outbound_http.answers import retry_after_seconds
from adapters.outbound_http.client import BODY_BYTES_MAX
from adapters.outbound_http.connecting import (
    FAILURES_KEPT_MAX,
    NameUnresolved,
    Resolve,
    SharedLookups,
    resolve,
)
from adapters.outbound_http.targets import target_of
from adapters.settings import InnerAddresses
from processors.ports import Failed
from tests.http_receiver import HttpReceiver, Trouble, http_receiver
from tests.tls import Authority

SHORT_SECONDS = 0.3
HOST = "hooks.example.com"
BUFFERS_BYTES_MAX = 16 * 1024 * 1024
"""What the two machines' sockets may hold of a body that nobody reads any longer."""
NEAR_DATES = r"([A-Z][a-z]{2}, )?\d+ (Jan|Feb|Nov) \d+ \d+:\d+(:\d+)? (GMT|[+-]\d+|.*)"
DATE_PARTS = some.sampled_from(
    [
        "Mon,",
        "1",
        "99999999999",
        "Jan",
        "2026",
        "00:00:00",
        "1:2:3:4",
        "GMT",
        "-0000",
        "+9999",
        ":",
        ",",
        "(",
        '"',
        "0",
    ]
)
SILENT_TROUBLES = (Trouble.HANG, Trouble.SLOW_HEADERS)


class Names:
    """A resolver that answers as it is told, each time with the next answer."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []

    async def __call__(self, host: str, _port: int) -> Sequence[str]:
        self.asked.append(host)
        return self.answers.pop(0)


@asynccontextmanager
async def calling(
    *,
    inner: InnerAddresses = InnerAddresses.ALLOWED,
    seconds_max: float = 10,
    resolve: Resolve = resolve,
    tls: ssl.SSLContext | None = None,
    server_tls: ssl.SSLContext | None = None,
) -> AsyncIterator[tuple[OutboundHttp, HttpReceiver]]:
    async with (
        http_receiver(server_tls) as receiver,
        OutboundHttp(inner, seconds_max=seconds_max, resolve=resolve, tls=tls) as http,
    ):
        yield http, receiver


async def post(http: OutboundHttp, url: str, body: bytes = b"{}") -> HttpAnswer | HttpTrouble:
    return await http.request("POST", url, headers={"Content-Type": "application/json"}, body=body)


async def answer(http: OutboundHttp, url: str) -> HttpAnswer:
    said = await post(http, url)
    assert isinstance(said, HttpAnswer), said
    return said


async def trouble(http: OutboundHttp, url: str) -> HttpTrouble:
    said = await post(http, url)
    assert isinstance(said, HttpTrouble), said
    return said


class TestACall:
    async def test_sends_what_it_is_given_and_nothing_of_the_environment(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
        monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
        async with calling() as (http, receiver):
            said = await post(http, receiver.url("/hook?key=1"), b'{"a":1}')

            assert isinstance(said, HttpAnswer)
            assert (said.status, said.body, said.excerpt) == (200, b"thanks", "thanks")
            assert said.host == "127.0.0.1"
            [received] = receiver.received
            assert (received.method, received.target) == ("POST", "/hook?key=1")
            assert received.body == b'{"a":1}'
            assert received.headers == {
                "host": f"127.0.0.1:{receiver.port}",
                "user-agent": "order-ledger",
                "accept-encoding": "identity",
                "content-length": "7",
                "content-type": "application/json",
            }

    async def test_reuses_a_connection_to_the_same_host(self) -> None:
        async with calling() as (http, receiver):
            for _ in range(3):
                await answer(http, receiver.url())

            assert (len(receiver.received), receiver.connections) == (3, 1)

    async def test_keeps_no_cookie(self) -> None:
        async with calling() as (http, receiver):
            receiver.headers = {"Set-Cookie": "session=1; Path=/"}
            for _ in range(2):
                await answer(http, receiver.url())

            assert "cookie" not in receiver.received[1].headers

    async def test_follows_no_redirect_and_says_so(self) -> None:
        async with calling() as (http, receiver):
            receiver.status = 302
            receiver.headers = {"Location": receiver.url("/elsewhere")}
            failed = outcome_of(await post(http, receiver.url()))

            assert [received.target for received in receiver.received] == ["/hook"]
            assert isinstance(failed, Failed)
            assert (failed.code, failed.is_retryable) == ("http_302", False)
            assert "redirects are not followed" in failed.message

    @pytest.mark.parametrize("credential", ["one\ntwo", "\u00e9", "\0", " x", "\ud800"])
    async def test_with_a_header_that_http_refuses_is_not_made(self, credential: str) -> None:
        async with calling() as (http, receiver):
            said = await http.request("POST", receiver.url(), headers={"X-API-Key": credential})

            assert isinstance(said, HttpTrouble)
            assert (said.code, said.is_retryable) == ("request_refused", False)
            assert credential not in said.message
            assert receiver.received == []


class TestTheLimits:
    @pytest.mark.parametrize("silent", SILENT_TROUBLES)
    async def test_no_answer_in_time_is_retryable(self, silent: Trouble) -> None:
        async with calling(seconds_max=SHORT_SECONDS) as (http, receiver):
            receiver.trouble = silent
            said = await trouble(http, receiver.url())

            assert (said.code, said.is_retryable) == ("timeout", True)
            assert len(receiver.received) == 1

    async def test_a_name_that_is_not_resolved_in_time_is_retryable(self) -> None:
        async def never(_host: str, _port: int) -> Sequence[str]:
            await asyncio.Event().wait()
            return []

        async with calling(seconds_max=SHORT_SECONDS, resolve=never) as (http, receiver):
            assert (await trouble(http, receiver.url())).code == "timeout"

    async def test_a_name_whose_lookup_hangs_is_looked_up_once_however_many_calls_want_it(
        self,
    ) -> None:
        asked: list[str] = []
        answering = asyncio.Event()

        async def hanging(host: str, _port: int) -> Sequence[str]:
            asked.append(host)
            if host == "silent.example.com":
                await answering.wait()
                raise NameUnresolved(host)
            return ["127.0.0.1"]

        async with calling(seconds_max=SHORT_SECONDS, resolve=hanging) as (http, receiver):
            silent = receiver.url().replace("127.0.0.1", "silent.example.com")
            troubles = await asyncio.gather(*(trouble(http, silent) for _ in range(20)))
            troubles.append(await trouble(http, silent))
            assert {one.code for one in troubles} == {"timeout"}

            await answer(http, receiver.url().replace("127.0.0.1", HOST))
            answering.set()
            assert (await trouble(http, silent)).code == "dns_failed"
            assert asked == ["silent.example.com", HOST]

    async def test_a_name_that_is_silent_too_long_fails_at_once_for_whoever_comes_later(
        self,
    ) -> None:
        asked: list[str] = []
        answering = asyncio.Event()

        async def silent(host: str, _port: int) -> Sequence[str]:
            asked.append(host)
            await answering.wait()
            return ["127.0.0.1"]

        look_up = SharedLookups(silent, seconds_max=0.01)
        for _ in range(2):
            with pytest.raises(NameUnresolved):
                await look_up(HOST, 443)
        assert asked == [HOST]

        answering.set()
        await asyncio.wait(asyncio.all_tasks() - {asyncio.current_task()})
        assert await look_up(HOST, 443) == ["127.0.0.1"]

    async def test_a_name_without_an_address_is_not_asked_for_again_and_again(self) -> None:
        asked: list[str] = []

        async def unknown(host: str, _port: int) -> Sequence[str]:
            asked.append(host)
            raise NameUnresolved(host)

        look_up = SharedLookups(unknown)
        for number in (0, 0, 1, 1, *range(FAILURES_KEPT_MAX + 1), 0):
            with pytest.raises(NameUnresolved):
                await look_up(f"h{number}", 443)

        # The oldest of them made room.
        assert asked == [*(f"h{number}" for number in range(FAILURES_KEPT_MAX + 1)), "h0"]

    async def test_a_lookup_that_fails_when_nobody_waits_any_longer_is_no_mistake(self) -> None:
        mistakes: list[dict[str, object]] = []
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda _, context: mistakes.append(context))
        answering = asyncio.Event()

        async def late(host: str, _port: int) -> Sequence[str]:
            await answering.wait()
            raise NameUnresolved(host)

        async with calling(seconds_max=SHORT_SECONDS, resolve=late) as (http, _):
            assert (await trouble(http, "http://silent.example.com/")).code == "timeout"
            answering.set()
            assert (await trouble(http, f"http://{HOST}/")).code == "dns_failed"

        gc.collect()
        assert mistakes == []

    async def test_a_status_that_was_said_counts_though_its_body_never_ends(self) -> None:
        async with calling(seconds_max=SHORT_SECONDS) as (http, receiver):
            receiver.trouble = Trouble.SLOW_BODY
            said = await answer(http, receiver.url())

            assert (said.status, said.body) == (200, b"thanks")

    async def test_a_status_that_was_said_counts_though_its_body_is_cut(self) -> None:
        async with calling() as (http, receiver):
            receiver.trouble = Trouble.CUT_BODY
            said = await answer(http, receiver.url())

            assert (said.status, said.body) == (200, b"thanks")

    async def test_a_body_without_end_is_cut_at_64_kib(self) -> None:
        async with calling() as (http, receiver):
            receiver.trouble = Trouble.HUGE_BODY
            said = await answer(http, receiver.url())

            assert len(said.body) == BODY_BYTES_MAX == 65_536
            assert len(said.excerpt) == 500
            assert receiver.bytes_sent < BUFFERS_BYTES_MAX

    async def test_after_a_trouble_the_next_call_goes_well(self) -> None:
        async with calling(seconds_max=SHORT_SECONDS) as (http, receiver):
            for receiver.trouble in Trouble:
                await post(http, receiver.url())
            receiver.trouble = Trouble.NONE

            assert (await answer(http, receiver.url())).status == 200


class TestWhatMayHaveLeft:
    """Whoever moves money must know whether asking anew is safe."""

    @pytest.mark.parametrize(
        "wrong", [Trouble.HANG, Trouble.RESET, Trouble.SLOW_HEADERS, Trouble.NO_HTTP]
    )
    async def test_is_the_call_once_somebody_took_the_connection(self, wrong: Trouble) -> None:
        async with calling(seconds_max=SHORT_SECONDS) as (http, receiver):
            receiver.trouble = wrong
            assert (await trouble(http, receiver.url())).was_sent

    async def test_is_nothing_where_nobody_takes_the_connection(self) -> None:
        async with calling() as (http, receiver):
            url = receiver.url()
        async with OutboundHttp(InnerAddresses.ALLOWED) as http:
            assert not (await trouble(http, url)).was_sent

    async def test_is_nothing_before_the_name_is_resolved_though_time_is_up(self) -> None:
        async def never(_host: str, _port: int) -> Sequence[str]:
            await asyncio.Event().wait()
            return []

        async with calling(seconds_max=SHORT_SECONDS, resolve=never) as (http, receiver):
            said = await trouble(http, receiver.url())
            assert (said.code, said.was_sent) == ("timeout", False)

    async def test_is_nothing_before_tls_is_agreed_on(self) -> None:
        async with calling() as (http, receiver):
            receiver.trouble = Trouble.NO_HTTP
            said = await trouble(http, receiver.url().replace("http:", "https:"))
            assert (said.code, said.was_sent) == ("tls_failed", False)

    async def test_is_nothing_of_a_header_that_http_refuses(self) -> None:
        async with calling() as (http, receiver):
            said = await http.request("POST", receiver.url(), headers={"X-API-Key": "\0"})
            assert isinstance(said, HttpTrouble)
            assert not said.was_sent


class TestTheExcerpt:
    async def test_is_one_printable_line(self) -> None:
        async with calling() as (http, receiver):
            receiver.body = "<p>\x1b[31mKiitos\u202e\r\n\tähky\x00</p>\xff".encode() + b"\xff\xfe"
            said = await answer(http, receiver.url())

            assert said.excerpt == "<p> [31mKiitos ähky </p>ÿ��"

    async def test_masks_what_the_call_keeps_secret(self) -> None:
        async with calling() as (http, receiver):
            receiver.body = b"No route [POST] /w/token0123456789/on?key=a%2Bsecret-value, a+secret-value, Bearer sesame-open-up"
            said = await http.request(
                "POST",
                receiver.url("/w/token0123456789/on?key=a%2Bsecret-value"),
                headers={"Authorization": "Bearer sesame-open-up"},
            )

            assert isinstance(said, HttpAnswer)
            assert said.excerpt == "No route [POST] •••, •••, Bearer •••"


class TestTheConnection:
    async def test_that_nobody_takes_is_retryable(self) -> None:
        with socket.socket() as closed:
            closed.bind(("127.0.0.1", 0))
            port = closed.getsockname()[1]
            async with calling() as (http, _):
                said = await trouble(http, f"http://127.0.0.1:{port}/")

        assert (said.code, said.is_retryable) == ("connection_refused", True)

    @pytest.mark.parametrize("broken", [Trouble.RESET, Trouble.NO_HTTP])
    async def test_that_breaks_off_is_retryable(self, broken: Trouble) -> None:
        async with calling() as (http, receiver):
            receiver.trouble = broken
            said = await trouble(http, receiver.url())

            assert (said.code, said.is_retryable) == ("connection_lost", True)

    async def test_tries_the_next_address_when_one_takes_none(self) -> None:
        names = Names(["127.0.0.99", "127.0.0.1"])
        async with calling(resolve=names) as (http, receiver):
            assert (await answer(http, receiver.url(host=HOST))).status == 200

    async def test_to_an_unknown_name_is_retryable(self) -> None:
        async def unknown(host: str, _port: int) -> Sequence[str]:
            raise NameUnresolved(host)

        for nothing in (unknown, Names([])):
            async with calling(resolve=nothing) as (http, receiver):
                said = await trouble(http, receiver.url(host=HOST))

                assert (said.code, said.is_retryable) == ("dns_failed", True)
                assert receiver.connections == 0

    async def test_names_that_the_machine_cannot_resolve_are_told_apart_from_mistakes(self) -> None:
        for host in ("nowhere.invalid", "a" * 64 + ".example.com"):
            with pytest.raises(NameUnresolved):
                await resolve(host, 443)


class TestTls:
    async def test_is_verified_for_the_name_though_the_call_goes_to_an_address(
        self, tmp_path: Path
    ) -> None:
        authority = Authority(tmp_path)
        names = Names(["127.0.0.1"])
        async with calling(
            resolve=names, tls=authority.client(), server_tls=authority.server(HOST)
        ) as (http, receiver):
            for _ in range(2):
                assert (await answer(http, receiver.url(host=HOST))).status == 200

            assert receiver.received[0].headers["host"] == f"{HOST}:{receiver.port}"
            assert names.asked == [HOST]

    async def test_a_connection_verified_for_one_name_serves_no_other_at_the_same_address(
        self, tmp_path: Path
    ) -> None:
        authority = Authority(tmp_path)
        names = Names(["127.0.0.1"], ["127.0.0.1"])
        async with calling(
            resolve=names, tls=authority.client(), server_tls=authority.server(HOST)
        ) as (http, receiver):
            await answer(http, receiver.url(host=HOST))
            said = await trouble(http, receiver.url(host="other.example.com"))

            assert (said.code, said.is_retryable) == ("tls_failed", False)
            assert len(receiver.received) == 1

    async def test_a_certificate_of_an_unknown_authority_is_refused(self, tmp_path: Path) -> None:
        async with calling(
            resolve=Names(["127.0.0.1"]), server_tls=Authority(tmp_path).server(HOST)
        ) as (http, receiver):
            assert (await trouble(http, receiver.url(host=HOST))).code == "tls_failed"
            assert receiver.received == []

    async def test_a_server_that_speaks_none_is_refused(self) -> None:
        async with calling(resolve=Names(["127.0.0.1"])) as (http, receiver):
            receiver.trouble = Trouble.NO_HTTP
            said = await trouble(http, f"https://{HOST}:{receiver.port}/")

            assert (said.code, said.is_retryable) == ("tls_failed", False)


class TestInnerAddresses:
    @pytest.mark.parametrize(
        "address",
        [
            "127.0.0.1", "127.8.8.8", "0.0.0.1", "10.0.0.1", "172.16.0.1", "172.31.255.255",
            "192.168.1.1", "169.254.169.254", "169.254.0.1", "100.64.0.1", "100.100.100.200",
            "168.63.129.16", "192.0.0.192", "192.0.2.1", "192.88.99.1", "198.18.0.1",
            "198.51.100.1", "203.0.113.1", "224.0.0.1", "224.0.1.1", "239.255.255.250",
            "240.0.0.1", "255.255.255.255",
            "::", "::1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::127.0.0.1", "::8.8.8.8",
            "64:ff9b::7f00:1", "64:ff9b::808:808", "64:ff9b:1::7f00:1", "2002:7f00:1::",
            "2002:808:808::", "2001:0:7f00:1::", "2001:db8::1", "fe80::1", "fe80::1%1",
            "fec0::1", "fc00::1", "fd00:ec2::254", "ff02::1", "100::1",
        ],
    )  # fmt: skip
    async def test_are_refused_before_anything_connects(self, address: str) -> None:
        names = Names([address])
        async with calling(inner=InnerAddresses.REFUSED, resolve=names) as (http, _):
            said = await trouble(http, f"https://{HOST}/")

            assert (said.code, said.is_retryable) == ("address_refused", False)

    @pytest.mark.parametrize(
        "address", ["8.8.8.8", "93.184.216.34", "172.32.0.1", "2001:4860:4860::8888", "2a00::1"]
    )
    def test_are_told_from_public_ones(self, address: str) -> None:
        assert is_public(address)

    async def test_one_among_public_ones_is_enough_to_refuse(self) -> None:
        names = Names(["93.184.216.34", "127.0.0.1"])
        async with calling(inner=InnerAddresses.REFUSED, resolve=names) as (http, _):
            assert (await trouble(http, f"https://{HOST}/")).code == "address_refused"

    @pytest.mark.parametrize(
        "host", ["localhost", "127.0.0.1", "2130706433", "127.1", "0x7f.1", "0", "[::1]", "[::]"]
    )
    async def test_are_refused_however_they_are_written(self, host: str) -> None:
        async with calling(inner=InnerAddresses.REFUSED) as (http, receiver):
            said = await trouble(http, f"https://{host}:{receiver.port}/")

            assert said.code == "address_refused"
            assert receiver.connections == 0

    @pytest.mark.parametrize("address", ["8.8.8.8", "10.0.0.1", "169.254.169.254", "fd00::1"])
    async def test_alone_are_called_in_a_trial(self, address: str) -> None:
        names = Names([address])
        async with calling(inner=InnerAddresses.ONLY, resolve=names) as (http, _):
            assert (await trouble(http, f"https://{HOST}/")).code == "address_refused"

    async def test_of_this_machine_are_called_in_a_trial(self) -> None:
        async with calling(inner=InnerAddresses.ONLY) as (http, receiver):
            said = await post(http, receiver.url("/hook"))

            assert isinstance(said, HttpAnswer)

    async def test_a_name_is_resolved_once_for_the_judging_and_the_connection(self) -> None:
        rebound = Names(["127.0.0.1"], ["127.0.0.99"])
        async with calling(resolve=rebound) as (http, receiver):
            assert (await answer(http, receiver.url(host=HOST))).status == 200

            assert rebound.asked == [HOST]


class TestAUrl:
    @pytest.mark.parametrize(
        "url",
        [
            "", "hooks.example.com", "//hooks.example.com/x", "ftp://hooks.example.com/",
            "file:///etc/passwd", "https://", "https:///path", "http://hooks.example.com/",
            "https://user@hooks.example.com/", "https://user:secret@hooks.example.com/",
            "https://hooks.example.com\\@127.0.0.1/", "https://hooks.example.com:22/",
            "https://hooks.example.com:80/", "https://hooks.example.com:99999/",
            "https://hooks.example.com:x/", "https://ex\x00ample.com/", "https://[::1/",
            "https://hooks.example.com\\secret/x", "https://hooks.example.com/\ud800",
            f"https://{'secret.' * 40}example/", "https://hooks.example.com:secret/",
        ],
    )  # fmt: skip
    async def test_that_may_not_be_called_is_refused_without_being_repeated(self, url: str) -> None:
        async with calling(inner=InnerAddresses.REFUSED) as (http, _):
            said = await trouble(http, url)

            assert (said.code, said.is_retryable) == ("url_refused", False)
            assert "hooks.example.com" not in said.message
            assert "secret" not in said.message

    @pytest.mark.parametrize(
        "url", ["https://hooks.example.com/", "https://hooks.example.com:443/", "https://a:8443/"]
    )
    def test_may_go_to_443_and_the_unprivileged_ports(self, url: str) -> None:
        assert target_of(url, InnerAddresses.REFUSED).scheme == "https"

    @pytest.mark.parametrize(
        ("url", "endpoint"),
        [
            ("https://hooks.example.com/a?key=1#x", "https://hooks.example.com/a"),
            ("HTTPS://Hooks.Example.COM:443/a", "https://hooks.example.com/a"),
            ("https://hooks.example.com:8443", "https://hooks.example.com:8443/"),
            ("https://häkki.example/ä", "https://xn--hkki-loa.example/%C3%A4"),
            ("http://[::1]:8080/a", "http://[::1]:8080/a"),
        ],
    )
    def test_is_named_by_its_endpoint(self, url: str, endpoint: str) -> None:
        assert endpoint_of(url) == endpoint
        assert endpoint_of(endpoint) == endpoint

    def test_that_cannot_be_read_has_no_endpoint(self) -> None:
        with pytest.raises(UrlRefused):
            endpoint_of("not a url")


class TestAnOutcome:
    @pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
    def test_of_2xx_is_success(self, status: int) -> None:
        answered = HttpAnswer(host=HOST, status=status)
        assert outcome_of(answered) is answered

    @pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504, 599])
    def test_that_may_pass_is_retryable_when_the_other_side_says(self, status: int) -> None:
        failed = outcome_of(HttpAnswer(host=HOST, status=status, retry_after_seconds=30))

        assert isinstance(failed, Failed)
        assert (failed.code, failed.is_retryable) == (f"http_{status}", True)
        assert failed.retry_after_seconds == 30

    @pytest.mark.parametrize("status", [301, 307, 400, 401, 403, 404, 409, 410, 422, 451])
    def test_that_needs_a_person_is_not_retryable(self, status: int) -> None:
        failed = outcome_of(HttpAnswer(host=HOST, status=status, excerpt="Sorry"))

        assert isinstance(failed, Failed)
        assert (failed.code, failed.is_retryable) == (f"http_{status}", False)
        assert failed.message.startswith(f"{HOST} answered {status}")
        assert failed.message.endswith(": Sorry")

    def test_of_410_says_that_the_endpoint_is_gone(self) -> None:
        failed = outcome_of(HttpAnswer(host=HOST, status=410))

        assert isinstance(failed, Failed)
        assert "gone for good" in failed.message


class TestRetryAfter:
    NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)

    @pytest.mark.parametrize(
        ("header", "seconds"),
        [
            ("", 0),
            ("0", 0),
            ("120", 120),
            (" 120 ", 120),
            ("900", 900),
            ("901", 900),
            ("9" * 5_000, 900),
            ("-5", 0),
            ("1.5", 0),
            ("soon", 0),
            ("٣", 0),
            ("Mon, 23 Nov 2026 12:01:00 GMT", 60),
            ("Mon, 23 Nov 2026 12:01:00 -0000", 60),
            ("Mon, 23 Nov 2026 11:59:00 GMT", 0),
            ("Tue, 23 Nov 2027 12:00:00 GMT", 900),
            ("1 Jan 99999999999 00:00:00 GMT", 0),
            ("1 Jan 2027 00:00:00 +99999999999999", 0),
            (f"1 Jan 2027 {'9' * 5_000}:00:00 GMT", 0),
            ("1 Jan 0000 00:00:00 GMT", 0),
        ],
    )
    def test_is_read_and_bounded(self, header: str, seconds: int) -> None:
        assert retry_after_seconds(header, self.NOW) == seconds

    @given(
        some.text()
        | some.from_regex(NEAR_DATES, fullmatch=True)
        | some.lists(DATE_PARTS).map(" ".join)
    )
    def test_never_breaks(self, header: str) -> None:
        assert 0 <= retry_after_seconds(header, self.NOW) <= 900

    async def test_beside_a_success_means_nothing(self) -> None:
        async with calling() as (http, receiver):
            receiver.headers = {"Retry-After": "42"}

            assert (await answer(http, receiver.url())).retry_after_seconds == 0

    async def test_of_a_real_answer_reaches_the_outcome(self) -> None:
        async with calling() as (http, receiver):
            receiver.status = 429
            receiver.headers = {"Retry-After": "42"}
            failed = outcome_of(await post(http, receiver.url()))

            assert isinstance(failed, Failed)
            assert failed.retry_after_seconds == 42
