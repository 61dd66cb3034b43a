"""The command `order-ledger`. Commands ask and print; no business rule lives here."""


def main() -> None:
    """Run the command that the shell's arguments name."""
    from adapters.cli.app import run  # noqa: PLC0415 - `import adapters.cli` stays cheap

    run()
