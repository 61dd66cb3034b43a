"""What a run came to, for people: how much happened, how much of it went wrong on purpose."""

from collections import Counter

from scripts.simulation.schedule import Result


class Summary:
    """Adds up results."""

    def __init__(self) -> None:
        self.failed: list[int] = []
        self._schedules = 0
        self._counted: Counter[str] = Counter()
        self.injected: Counter[str] = Counter()

    def add(self, result: Result) -> None:
        """Count one schedule in."""
        self._schedules += 1
        self.injected += result.injected
        self._counted += Counter(
            steps=result.steps,
            events=result.events,
            runs=result.runs,
            calls=result.calls,
            emails=result.emails,
        )
        if result.problem:
            self.failed.append(result.seed)

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
