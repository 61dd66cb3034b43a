"""Free ports on the loopback address; one that was used before is kept where it is free."""

import socket

LOOPBACK = "127.0.0.1"
ANY_PORT = 0


def is_free(port: int) -> bool:
    """Tell whether nobody listens there; a port whose last connections linger counts as free."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def free_port(preferred: int = ANY_PORT) -> int:
    """Find a free port: the preferred one if it may be had."""
    if preferred != ANY_PORT and is_free(preferred):
        return preferred
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind((LOOPBACK, ANY_PORT))
        port: int = probe.getsockname()[1]
    return port
