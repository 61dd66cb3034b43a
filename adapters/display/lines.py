"""Foreign words as one line: for headers, for messages, for tables."""

LENGTH_MAX = 500


def one_line(text: str, length_max: int = LENGTH_MAX) -> str:
    """Make one printable line of any text, cut where it is long."""
    printable = "".join(sign if sign.isprintable() else " " for sign in text)
    return " ".join(printable.split())[:length_max].rstrip()
