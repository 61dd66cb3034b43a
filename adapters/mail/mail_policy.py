"""How headers are written: as the standard library does, but with the spaces kept.

The rule to know: Python 3.11 loses spaces where it folds a subject or a name that is not plain
ASCII (its `EmailPolicy`; `email.header.Header` folds rightly), so those are folded here.
"""

from email.header import Header
from email.headerregistry import Address
from email.policy import EmailPolicy
from typing import Any


class MailPolicy(EmailPolicy):
    """`email.policy.SMTP` with headers in other letters than English folded rightly."""

    def fold_binary(self, name: str, value: Any) -> bytes:
        """Write one header with its line ends."""
        if hasattr(value, "addresses"):
            written = ", ".join(_address(name, address) for address in value.addresses)
        elif name == "Subject":
            written = _words(name, str(value))
        else:
            folded: bytes = super().fold_binary(name, value)
            return folded
        return f"{name}: {written}\r\n".encode("utf-8" if self.utf8 else "ascii")


POLICY = MailPolicy(linesep="\r\n", cte_type="7bit")
"""What every mail server takes."""


def _address(header: str, address: Address) -> str:
    if address.display_name.isascii():
        return str(address)
    return f"{_words(header, address.display_name)}\r\n <{address.addr_spec}>"


def _words(header: str, text: str) -> str:
    charset = "us-ascii" if text.isascii() else "utf-8"
    return Header(text, charset, header_name=header).encode(linesep="\r\n")
