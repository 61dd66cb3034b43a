"""What goes wrong in one schedule, and how often: drawn anew for each, so that some are calm.

The rule to know: a schedule has few kinds of fault, each often enough to matter; a little of
everything at once would hide more than it finds.
"""

from datetime import timedelta
from random import Random

from msgspec import Struct
from msgspec.structs import fields

KINDS_MAX = 7
RATES = (0.005, 0.02, 0.05)
"""At each step of a process."""
SHARES = (0.1, 0.4, 0.8)
"""Of messages, or of calls."""
BY_STEP = frozenset({"crash", "trouble", "delay", "clock_jump"})
DELAYS_SECONDS = (0.05, 0.5, 5.0, 40.0, 200.0, 900.0)
RESTARTS_SECONDS = (0.1, 1.0, 10.0, 90.0)
SKEWS_SECONDS = (-3_600, -60, -2, 0, 0, 2, 60, 600)


class Faults(Struct, frozen=True, kw_only=True):
    """How likely each fault is wherever it can strike, from 0 to 1."""

    crash: float = 0.0
    trouble: float = 0.0
    """A server is away, or a connection is cut."""
    delay: float = 0.0
    """A process is paused."""
    clock_jump: float = 0.0
    late_commit: float = 0.0
    """What a dead or cut-off process had sent takes hold afterwards."""
    double: float = 0.0
    """The bus delivers a message twice."""
    disorder: float = 0.0
    """The bus keeps a message back."""
    second_runner: float = 0.0
    """A follower has two runners at once."""
    slow: float = 0.0
    """A receiver takes its time; likewise below, what receivers do wrong."""
    refuse: float = 0.0
    fail: float = 0.0
    hang: float = 0.0
    reset: float = 0.0
    """The line is cut after the call took effect."""

    def strikes(self, random: Random, trouble: type[Exception] | None) -> str | None:
        """Say which fault strikes at a step, if one does."""
        chance = random.random()
        if chance >= self.crash + self.delay + self.clock_jump + self.trouble:
            return None
        for name in ("crash", "delay", "clock_jump"):
            rate = getattr(self, name)
            if chance < rate:
                return name
            chance -= rate
        return "trouble" if trouble is not None else None


NO_FAULTS = Faults()


def drawn_faults(random: Random) -> Faults:
    """Choose a few kinds of fault, and for each how often it strikes."""
    names = [field.name for field in fields(Faults)]
    chosen = random.sample(names, random.randint(0, KINDS_MAX))
    rates = {name: random.choice(RATES if name in BY_STEP else SHARES) for name in chosen}
    return Faults(**rates)


def delay(random: Random) -> timedelta:
    """Draw how long something is held up: most often briefly, at times beyond every lease."""
    return timedelta(seconds=random.choice(DELAYS_SECONDS) * random.random())


def restart_delay(random: Random) -> timedelta:
    """Draw how long a dead process stays away."""
    return timedelta(seconds=random.choice(RESTARTS_SECONDS) * random.random())


def skew(random: Random) -> timedelta:
    """Draw how wrong the clock on the wall is."""
    return timedelta(seconds=random.choice(SKEWS_SECONDS))
