"""What can go wrong with the embedded servers, in sentences for the person who starts them."""


class EmbeddedServerFailed(Exception):
    """A server did not start, or its folder cannot be used; the message says what to do."""


class FolderHeld(EmbeddedServerFailed):
    """Another running program holds the data folder."""


class PortTaken(EmbeddedServerFailed):
    """Another program has begun to listen on the chosen port."""
