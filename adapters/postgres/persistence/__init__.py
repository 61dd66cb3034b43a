"""The journal as a persistence module of the eventsourcing library.

Set PERSISTENCE_MODULE to this module's name, and any application, projection or process written
for the library runs on the journal.
"""

from adapters.postgres.persistence.factory import JournalFactory

__all__ = ["JournalFactory"]
