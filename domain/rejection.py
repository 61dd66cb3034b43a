"""A business no. Each rejection has a stable code for programs and a sentence for people."""

from typing import ClassVar


class Rejection(Exception):
    """A command is refused; nothing is recorded.

    `is_early` says that a fact which it needs may still arrive, so that a message which caused
    it is parked instead of quarantined.
    """

    code: ClassVar[str] = "rejected"
    is_early: ClassVar[bool] = False

    @property
    def says(self) -> str:
        """Give the sentence, as a Phrase where it was said as one."""
        return self.args[0] if self.args else ""
