"""Become a server: `python child.py PARENT USER GROUP PROGRAM ARGUMENT…`, user -1 for our own.

The server has a session of its own, so that Ctrl-C reaches only us and we stop it in order; and
it is told to stop when its parent ends in whatever way. Standard library only.
"""

import ctypes
import os
import signal
import sys

SET_PARENT_DEATH_SIGNAL = 1
"""PR_SET_PDEATHSIG of <linux/prctl.h>; the kernel forgets it when the user changes."""


def become(parent: int, user_id: int, group_id: int, command: list[str]) -> None:
    """Replace this process by the server."""
    os.setsid()
    os.umask(0o077)
    for inherited in (signal.SIGINT, signal.SIGPIPE):
        signal.signal(inherited, signal.SIG_DFL)
    if user_id >= 0:
        os.setgroups([])
        os.setgid(group_id)
        os.setuid(user_id)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(SET_PARENT_DEATH_SIGNAL, signal.SIGINT)
    if os.getppid() == parent:
        os.execv(command[0], command)  # noqa: S606 - the point of this file


if __name__ == "__main__":
    parent_id, user, group = map(int, sys.argv[1:4])
    become(parent_id, user, group, sys.argv[4:])
