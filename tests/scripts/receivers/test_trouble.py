"""Trouble that is switched on for receivers of the sandbox: what a caller sees, and what took effect."""

import smtplib
import subprocess
from collections import Counter
from pathlib import Path
from random import Random

import pytest

from scripts.receivers.book import TEXTS_MAX, Book, Effect, Received
from scripts.receivers.client import Sandbox, SandboxRefused, SandboxSilent
from scripts.receivers.places import LISTENING, Receiver
from scripts.receivers.trouble import Kind, Trouble, Troubles
from tests.sandbox_program import SANDBOX, SandboxProgram, sandbox_program
from tests.scripts.receivers.calling import ask, deliver, send_mail


def last(sandbox: Sandbox, receiver: str) -> Received:
    return sandbox.received(receiver)[-1]


def trouble(sandbox: Sandbox, target: str, kind: Kind, **more: float) -> None:
    wanted = {name: int(value) if name == "next" else value for name, value in more.items()}
    sandbox.trouble(Trouble(target=target, kind=kind, **wanted))  # type: ignore[arg-type]


class TestOfHttpReceivers:
    def test_500_is_answered_and_nothing_takes_effect(self, sandbox: SandboxProgram) -> None:
        trouble(sandbox, "books", Kind.ERROR)
        assert deliver(sandbox, "err").status == 500
        assert last(sandbox, "books").effect is Effect.NONE

    def test_429_says_how_long_to_wait(self, sandbox: SandboxProgram) -> None:
        trouble(sandbox, "books", Kind.THROTTLE, seconds=7)
        said = deliver(sandbox, "throttled")
        assert (said.status, said.retry_after) == (429, "7")

    def test_a_hanging_receiver_takes_the_call_and_never_answers(
        self, sandbox: SandboxProgram
    ) -> None:
        trouble(sandbox, "books", Kind.HANG)
        with pytest.raises(TimeoutError):
            deliver(sandbox, "hanging", seconds_max=0.5)
        assert last(sandbox, "books").words == "hang"

    def test_a_reset_comes_before_anything_takes_effect(self, sandbox: SandboxProgram) -> None:
        trouble(sandbox, "books", Kind.RESET, next=1)
        with pytest.raises(ConnectionResetError):
            deliver(sandbox, "reset")
        assert last(sandbox, "books").effect is Effect.NONE
        assert deliver(sandbox, "reset").status == 200
        assert last(sandbox, "books").effect is Effect.DONE

    def test_a_lost_answer_has_taken_effect_so_the_repeat_is_known(
        self, sandbox: SandboxProgram
    ) -> None:
        trouble(sandbox, "books", Kind.LOST, next=1)
        with pytest.raises(ConnectionResetError):
            deliver(sandbox, "lost")
        assert last(sandbox, "books").effect is Effect.DONE
        assert deliver(sandbox, "lost").status == 200
        assert last(sandbox, "books").effect is Effect.KNOWN

    def test_a_slow_receiver_does_what_it_should_in_the_end(self, sandbox: SandboxProgram) -> None:
        trouble(sandbox, "books", Kind.SLOW, seconds=1)
        with pytest.raises(TimeoutError):
            deliver(sandbox, "slow", seconds_max=0.2)
        sandbox.calm()
        trouble(sandbox, "books", Kind.SLOW, seconds=0.01)
        assert deliver(sandbox, "slow-too").status == 200

    def test_other_receivers_have_none_of_it(self, sandbox: SandboxProgram) -> None:
        trouble(sandbox, "crm", Kind.ERROR)
        assert deliver(sandbox, "elsewhere", "books").status == 200
        assert deliver(sandbox, "here", "crm").status == 500

    def test_a_part_alone_can_have_trouble(self, sandbox: SandboxProgram) -> None:
        trouble(sandbox, "kajabi/yoga", Kind.ERROR)
        member = {"name": "A", "email": "part@example.com", "external_user_id": "part"}
        offers = f"{sandbox.places.url(Receiver.KAJABI)}/webhooks/offers"
        assert ask(f"{offers}/yoga/1/activate", document=member).status == 500
        assert ask(f"{offers}/sleep/1/activate", document=member).status == 200
        sandbox.calm("kajabi")
        assert ask(f"{offers}/yoga/1/activate", document=member).status == 200


class TestOfMail:
    def test_a_message_is_taken_with_its_id(self, sandbox: SandboxProgram) -> None:
        send_mail(sandbox, "<taken@example.com>")
        taken = last(sandbox, "mail")
        assert (taken.part, taken.key, taken.words) == (
            "aino@example.com",
            "<taken@example.com>",
            "Kiitos!",
        )

    @pytest.mark.parametrize(("kind", "code"), [(Kind.REFUSE, 550), (Kind.TEMPORARY, 451)])
    def test_it_is_refused_for_good_or_for_now(
        self, sandbox: SandboxProgram, kind: Kind, code: int
    ) -> None:
        trouble(sandbox, "mail", kind)
        with pytest.raises(smtplib.SMTPDataError) as refusal:
            send_mail(sandbox, "<refused@example.com>")
        assert refusal.value.smtp_code == code
        assert last(sandbox, "mail").effect is Effect.NONE

    @pytest.mark.parametrize(
        ("kind", "effect"), [(Kind.RESET, Effect.NONE), (Kind.LOST, Effect.DONE)]
    )
    def test_the_line_drops_before_or_after_the_message_is_accepted(
        self, sandbox: SandboxProgram, kind: Kind, effect: Effect
    ) -> None:
        trouble(sandbox, "mail", kind, next=1)
        with pytest.raises(smtplib.SMTPServerDisconnected):
            send_mail(sandbox, f"<{kind}@example.com>")
        assert last(sandbox, "mail").effect is effect

    def test_the_same_message_twice_is_counted_as_doubled(self, sandbox: SandboxProgram) -> None:
        def doubled() -> int:
            standing = sandbox.standing()
            return next(t.doubled for t in standing.receivers if t.receiver == Receiver.MAIL)

        before = doubled()
        for _ in range(2):
            send_mail(sandbox, "<twice@example.com>")
        assert doubled() == before + 1

    def test_one_mailbox_alone_can_have_trouble(self, sandbox: SandboxProgram) -> None:
        trouble(sandbox, "mail/full@example.com", Kind.REFUSE)
        send_mail(sandbox, "<fine@example.com>", "fine@example.com")
        with pytest.raises(smtplib.SMTPDataError):
            send_mail(sandbox, "<full@example.com>", "full@example.com")


class TestTheSwitch:
    def test_the_next_calls_only(self) -> None:
        troubles = Troubles(Random(1))
        troubles.set(Trouble(target="kajabi", kind=Kind.ERROR, next=2))
        befallen = [troubles.befall("kajabi", "yoga") is not None for _ in range(3)]
        assert befallen == [True, True, False]
        assert troubles.all() == []

    def test_a_share_of_the_calls(self) -> None:
        troubles = Troubles(Random(1))
        troubles.set(Trouble(target="kajabi", kind=Kind.ERROR, share=0.25))
        befallen = Counter(troubles.befall("kajabi", "") is not None for _ in range(1_000))
        assert 200 < befallen[True] < 300

    def test_trouble_of_a_part_comes_before_that_of_the_whole(self) -> None:
        troubles = Troubles(Random(1))
        troubles.set(Trouble(target="kajabi", kind=Kind.ERROR))
        troubles.set(Trouble(target="kajabi/yoga", kind=Kind.HANG))
        kinds = [one.kind for part in ("yoga", "sleep") if (one := troubles.befall("kajabi", part))]
        assert kinds == [Kind.HANG, Kind.ERROR]

    def test_calming_the_whole_calms_its_parts_and_nobody_else(self) -> None:
        troubles = Troubles(Random(1))
        for target in ("kajabi", "kajabi/yoga", "kajabi-api"):
            troubles.set(Trouble(target=target, kind=Kind.ERROR))
        troubles.calm("kajabi")
        assert [one.target for one in troubles.all()] == ["kajabi-api"]
        troubles.calm()
        assert troubles.all() == []

    @pytest.mark.parametrize(
        ("target", "kind"),
        [
            ("nobody", Kind.ERROR),
            ("mail", Kind.ERROR),
            ("books", Kind.REFUSE),
            ("systeme/tag", Kind.ERROR),
        ],
    )
    def test_trouble_that_cannot_be_is_refused(
        self, sandbox: SandboxProgram, target: str, kind: Kind
    ) -> None:
        with pytest.raises(SandboxRefused):
            trouble(sandbox, target, kind)


class TestTheProgram:
    def test_a_second_start_listens_where_the_first_did(self, tmp_path: Path) -> None:
        with sandbox_program(tmp_path) as first:
            assert len(set(first.places.ports.values())) == len(LISTENING)
        with sandbox_program(tmp_path) as second:
            assert second.places == first.places

    def test_it_says_who_holds_the_folder(self, sandbox: SandboxProgram) -> None:
        with pytest.raises(SandboxSilent, match=f"in use by process {sandbox.process.pid}"):
            SandboxProgram(sandbox.folder)

    def test_a_place_that_is_taken_is_told(self, sandbox: SandboxProgram, tmp_path: Path) -> None:
        sandbox.places.save(tmp_path)
        with pytest.raises(SandboxSilent, match=r"orders of .* expect 'mail', is in use"):
            SandboxProgram(tmp_path)

    def test_every_behaviour_names_its_page_or_says_that_it_is_assumed(
        self, sandbox: SandboxProgram
    ) -> None:
        behaviours = sandbox.standing().behaviours
        assert {one.receiver for one in behaviours} == set(Receiver)
        sources = {one.source.partition(":")[0] for one in behaviours}
        assert sources == {"https", "assumed"}

    def test_commands_switch_trouble_and_show_what_came(self, sandbox: SandboxProgram) -> None:
        assert "500 (next 1)" in _command(sandbox, "trouble", "books", "500", "--next", "1")
        deliver(sandbox, "by-command")
        assert "500" not in _command(sandbox, "calm")
        deliver(sandbox, "by-command")
        *_, troubled, done = _command(sandbox, "received", "books").splitlines()
        assert troubled.split()[1:] == ["books", "orders", "none", "500"]
        assert done.split()[1:] == ["books", "orders", "done", "by-command"]
        assert "assumed" in _command(sandbox, "state")

    @pytest.mark.parametrize(
        ("words", "sentence"),
        [
            (("trouble", "crm", "600"), "no trouble '600'"),
            (("trouble", "mail", "500"), "mail cannot have 500"),
            (("trouble", "nobody", "500"), "no receiver 'nobody': there are mail, books, crm"),
            (("calm", "nobody"), "no receiver 'nobody': there are mail, books, crm"),
            (("received", "nobody"), "no receiver 'nobody': there are mail, books, crm"),
            (("trouble", "kajabi-api/7", "500"), "kajabi-api has no parts"),
        ],
    )
    def test_a_mistake_is_one_sentence(
        self, sandbox: SandboxProgram, words: tuple[str, ...], sentence: str
    ) -> None:
        ended = _run(sandbox.folder, *words)
        assert (ended.returncode, ended.stderr.count("\n")) == (1, 1)
        assert sentence in ended.stderr

    def test_a_part_that_nothing_has_called_is_told_with_those_that_something_has(
        self, sandbox: SandboxProgram
    ) -> None:
        deliver(sandbox, "a-part")
        said = _command(sandbox, "trouble", "books/order", "500")
        assert "Nothing has called books/order yet; called so far: orders" in said
        assert "Nothing" not in _command(sandbox, "trouble", "books/orders", "500")

    def test_one_part_can_be_listed_alone(self, sandbox: SandboxProgram) -> None:
        for mailbox in ("alone@example.com", "other@example.com"):
            send_mail(sandbox, f"<to-{mailbox}>", mailbox)
        found = sandbox.received("mail/alone@example.com")
        assert {one.part for one in found} == {"alone@example.com"}

    def test_the_text_of_a_mail_can_be_read(self, sandbox: SandboxProgram) -> None:
        send_mail(sandbox, "<read@example.com>", "read@example.com")
        words = ("received", "mail/read@example.com")
        assert "Thank you" in _command(sandbox, *words, "--body")
        assert "Thank you" not in _command(sandbox, *words)

    def test_verifying_is_said_shown_and_ended(self, sandbox: SandboxProgram) -> None:
        secrets = "\n".join(["whsec_" + 44 * "A"] * 2)
        said = _run(sandbox.folder, "verify", "books", said=secrets).stdout
        assert "answers 401" in said
        assert "scripts/sandbox calm books" in said
        assert "verifies signatures (secrets: 2)" in _command(sandbox, "state")
        assert "verifies signatures (" not in _command(sandbox, "calm", "books")

    def test_a_folder_without_a_sandbox_is_told(self, tmp_path: Path) -> None:
        assert "has no sandbox" in _run(tmp_path, "calm").stderr


def _command(sandbox: SandboxProgram, *words: str) -> str:
    ended = _run(sandbox.folder, *words)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def _run(folder: Path, *words: str, said: str = "") -> subprocess.CompletedProcess[str]:
    command = (*SANDBOX, *words, "--data", str(folder))
    return subprocess.run(
        command, capture_output=True, text=True, check=False, timeout=60, input=said
    )


def test_of_many_texts_only_the_newest_are_kept() -> None:
    book = Book()
    for number in range(TEXTS_MAX + 1):
        book.keep("mail", str(number), "text")
        book.note("mail", "", str(number), Effect.DONE)
    texts = [one.text for one in book.entries("mail", "", TEXTS_MAX + 1)]
    assert texts == ["", *["text"] * TEXTS_MAX]
