"""What the operating system grants this process, set and checked at its start.

Decides that as many files may be open as the administrator's hard limit allows, that a start says
plainly where this is little, and that no core dump is ever written: it would hold people's words
and the keys (laws 1 and 2). Children inherit the limits; a worker calls `harden` itself.
"""

from __future__ import annotations

import ctypes
import resource
import sys

MOST_FILES = 65_536
"""Open files that are asked for; more than anybody connects to one process."""

RESERVED_FILES = 256
"""Files of a process that are no connection of people's: calls of the stores, model, library."""

FEW_FILES = 4096
"""Fewer than this keep too little room while somebody holds connections open."""

_PR_SET_DUMPABLE = 4


def harden() -> None:
    """Raise the limit of open files; no core dumps, and no other process may read this one."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_FILES if hard == resource.RLIM_INFINITY else min(MOST_FILES, hard)
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)


def most_connections() -> int:
    """Connections of people's that one process holds open, with room left for its own files."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return max(32, min(MOST_FILES // 4, soft - RESERVED_FILES))


def warning() -> str:
    """What the administrator should know of the limits; empty where they are good."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft >= FEW_FILES:
        return ""
    return (
        f"Only {soft} files may be open, so {most_connections()} connections: somebody who opens "
        f"many makes others wait. Allow {FEW_FILES} or more (ulimit -n, LimitNOFILE)."
    )
