"""`python -m adapters.cli`: how the ledger starts its own process roles, whatever is on PATH."""

from adapters.cli import main

if __name__ == "__main__":
    main()
