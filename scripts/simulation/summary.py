"""What a run came to, for people: how much happened, how much of it went wrong on purpose."""

from collections import Counter

from scripts.simulation.schedule import Result
from scripts.simulation.transitions import STEPS, Step


class Summary:
    """Adds up results."""

    def __init__(self) -> None:
        self.failed: list[int] = []
        self._schedules = 0
        self._counted: Counter[str] = Counter()
        self.injected: Counter[str] = Counter()
        self.transitions: Counter[Step] = Counter()

    def add(self, result: Result) -> None:
        """Count one schedule in."""
        self._schedules += 1
        self.injected += result.injected
        self.transitions += result.transitions
        self._counted += Counter(
            steps=result.steps,
            events=result.events,
            runs=result.runs,
            calls=result.calls,
            emails=result.emails,
            asks=result.asks,
        )
        if result.problem:
            self.failed.append(result.seed)

    def steps(self) -> str:
        """List how often each step of the state tables happened, the rarest first."""
        counted = sorted(STEPS, key=lambda step: (self.transitions[step], step))
        return "\n".join(f"  {self.transitions[step]:>7,}  {step}" for step in counted)

    def text(self, seconds: float) -> str:
        """Write it down."""
        counted = ", ".join(f"{count:,} {name}" for name, count in self._counted.items())
        faults = ", ".join(
            f"{name} {count:,}" for name, count in self.injected.most_common() if count
        )
        pace = f"{self._schedules:,} schedules in {seconds:,.1f} s ({self._schedules / seconds:,.0f}/s)"
        return (
            f"{pace}, {len(self.failed)} failed\n"
            f"  happened: {counted}\n"
            f"  faults:   {faults or 'none'}"
        )
