"""A figure: what we reached, what the peer reached in the same run, and the ratio over rounds."""

from collections.abc import Awaitable, Callable, Sequence
from statistics import median

from msgspec import Struct

Measure = Callable[[], Awaitable[float]]
"""Run one round and answer its rate, in units per second."""


class Spread(Struct, frozen=True, kw_only=True):
    """The ratio over the rounds."""

    median: float
    least: float
    most: float


class Figure(Struct, frozen=True, kw_only=True):
    """One measured figure."""

    name: str
    what: str
    unit: str
    ours: float
    """The median over rounds."""
    peer: float
    peer_name: str
    ratio: Spread
    rounds: int
    target: str
    met: bool
    remarks: tuple[str, ...] = ()


async def side_by_side(ours: Measure, peer: Measure, rounds: int) -> list[tuple[float, float]]:
    """Measure both in turn, the first one alternating, so that a slow moment hits either."""
    pairs = []
    for number in range(rounds):
        if number % 2:
            of_peer = await peer()
            pairs.append((await ours(), of_peer))
        else:
            of_ours = await ours()
            pairs.append((of_ours, await peer()))
    return pairs


def figure(
    pairs: Sequence[tuple[float, float]],
    *,
    name: str,
    what: str,
    unit: str,
    peer_name: str,
    ratio_target: float,
    remarks: tuple[str, ...] = (),
) -> Figure:
    """Sum up rounds of (ours, peer) against a ratio that must be reached by their median."""
    ratios = [ours / peer for ours, peer in pairs]
    return Figure(
        name=name,
        what=what,
        unit=unit,
        ours=median(ours for ours, _ in pairs),
        peer=median(peer for _, peer in pairs),
        peer_name=peer_name,
        ratio=Spread(median=median(ratios), least=min(ratios), most=max(ratios)),
        rounds=len(pairs),
        target=f"ratio >= {ratio_target:g}",
        met=median(ratios) >= ratio_target,
        remarks=remarks,
    )
