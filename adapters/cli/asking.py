"""The question before a wish that is easily regretted, on a terminal.

The rule to know: whoever is asked has read every caution first, not only what made us ask.
"""

import sys
from collections.abc import Iterator

from adapters.cli.exits import Refused
from adapters.cli.output import tell
from adapters.commands.operating import CommandAnswer
from projections.order_view.caution_words import CautionCode

YES = frozenset({"y", "yes"})
REGRETTED = frozenset(
    {
        CautionCode.FIRES_AGAIN,
        CautionCode.NOT_PAID,
        CautionCode.IMPORTED,
        CautionCode.REFUNDED,
        CautionCode.DATA_RESTORED,
    }
)
"""What is given or done again, or whose money does not fit it: nobody can take it back."""


def ask_about(tried: CommandAnswer) -> None:
    """Go on only if a person who has read all that a dry run warns of says yes; raise Refused."""
    codes = {caution.code for caution in tried.cautions}
    if not codes & REGRETTED:
        return
    for caution in tried.cautions:
        tell(f"▲ {caution.says}")
    tell(" ".join([*_again(tried), "Go on? [y/N]"]))
    if sys.stdin.readline().strip().lower() not in YES:
        raise Refused("nothing was recorded", _instead(tried))


def _again(tried: CommandAnswer) -> Iterator[str]:
    again = sum(caution.code is CautionCode.FIRES_AGAIN for caution in tried.cautions)
    if again:
        yield f"{again} of {len(tried.fires)} that fire succeeded before."


def _instead(tried: CommandAnswer) -> str:
    if tried.fires:
        return "`--no-run-actions` completes it and fires nothing."
    return "Without `--restore-refunded-data` its refunds stay in its data."
