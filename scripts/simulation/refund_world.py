"""A world where people hardly do anything but refund: what the two ledgers are compared in."""

from random import Random

from msgspec.structs import replace

from domain.identifiers import StreamName
from processors.fulfilment import FULFILMENT
from processors.process_manager import ProcessManager
from scripts.simulation.operators import Button, Press, drawn_presses
from scripts.simulation.providers import Habits
from scripts.simulation.scheduler import BEGAN_AT
from scripts.simulation.stories import Story, drawn_story
from scripts.simulation.world import Wiring

BUTTONS = (
    *(Button.PAY_BACK,) * 6,
    *(Button.PAY_BY_HAND,) * 6,
    *(Button.DASHBOARD,) * 5,
    *(Button.ALLOCATE,) * 2,
    *(Button.COMPLETE,) * 2,
    *(Button.RESTORE,) * 3,
    *(Button.REFUND,) * 2,
)
PRESSES = (8, 20)
IN_PARTS = 0.9
FAILS = (0.0, 0.3, 0.8, 0.8)
WITHIN_SECONDS = (60, 600, 1_500, 40_000, 300_000)


class RefundWiring(Wiring):
    """All parts as they should be; people refund, restore, pay by hand and allocate."""

    def story(self, random: Random) -> Story:
        """Let more orders be paid in parts, so that a refund has several transfers."""
        return drawn_story(random, BEGAN_AT, IN_PARTS)

    def habits(self, random: Random) -> Habits:
        """Let more refunds fail after they were done."""
        return replace(super().habits(random), fails=random.choice(FAILS))

    def presses(self, random: Random, streams: tuple[StreamName, ...]) -> list[Press]:
        """Choose what people want."""
        return drawn_presses(
            random, BEGAN_AT, streams, buttons=BUTTONS, presses=PRESSES, within=WITHIN_SECONDS
        )

    def process_managers(self, _: Random) -> tuple[ProcessManager, ...]:
        """Let fulfilment alone react."""
        return (FULFILMENT,)


REFUNDS = RefundWiring()
