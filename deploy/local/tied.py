"""How does a program become a child that cannot outlive whoever started it?

Run as a script by path, with nothing but the standard library, since it stands between fork and exec:

    python -I -S tied.py SIGNAL PARENT UID GID PROGRAM [ARGUMENT ...]

It ties the process to its parent (Linux: the kernel sends SIGNAL when the parent ends, also by SIGKILL), gives
up root when UID and GID are not "-", and then becomes PROGRAM. Doing this here rather than between fork and exec
of a threaded Python keeps that gap free of locks. Elsewhere than on Linux only the reaper watches.
"""

import ctypes
import os
import sys

PR_SET_PDEATHSIG = 1  # linux/prctl.h


def give_up_root(uid: str, gid: str) -> None:
    if uid == "-":
        return
    os.setgroups([])
    os.setgid(int(gid))
    os.setuid(int(uid))


def tie_to_parent(signal_number: int, parent: int | None = None) -> None:
    """`parent`: who it was when it started us; it may have ended since."""
    if not sys.platform.startswith("linux"):
        return
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal_number)
    if parent is not None and os.getppid() != parent:
        sys.exit(f"the parent {parent} ended before this process was tied to it")


def main() -> None:
    signal_number, parent, uid, gid, *command = sys.argv[1:]
    give_up_root(uid, gid)
    # Changing the user clears the tie, so it comes second.
    tie_to_parent(int(signal_number), int(parent))
    os.execvp(command[0], command)  # noqa: S606 - no shell is the point


if __name__ == "__main__":
    main()
