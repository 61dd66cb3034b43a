from adapters.display.lines import one_line


def test_foreign_words_become_one_printable_line() -> None:
    assert one_line("  550\tNo\r\nsuch \x1b[31m\u2028mailbox\0 ") == "550 No such [31m mailbox"


def test_a_long_line_is_cut_without_a_space_at_its_end() -> None:
    assert one_line("aino virtanen", 5) == "aino"
    assert len(one_line("x" * 1_000)) == 500
