"""What a process in the zone gives up, and in what words that is told."""

import ctypes
import os
import resource
import signal
import sys
from typing import Any, Final

PR_SET_PDEATHSIG: Final = 1
PR_SET_NO_NEW_PRIVS: Final = 38
CLONE_NEWUSER: Final = 0x10000000
CLONE_NEWNET: Final = 0x40000000
REFUSED: Final = (
    "subprocess.",
    "os.system",
    "os.exec",
    "os.posix_spawn",
    "os.spawn",
    "os.fork",
    "os.remove",
    "os.rename",
    "os.mkdir",
    "os.rmdir",
    "os.link",
    "os.symlink",
    "os.chmod",
    "os.truncate",
    "socket.",
    "ctypes.dlopen",
    "ctypes.dlsym",
    "winreg.",
)
"""Audit events that nothing in the zone has a reason to cause."""
CHANGES: Final = (
    "open",
    "os.mkdir",
    "os.rename",
    "os.remove",
    "os.rmdir",
    "os.chmod",
)
"""Audit events of changing files, those that only read among them."""
WRITES: Final = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


def limit(*limits: tuple[int, int, str]) -> list[str]:
    """Set limits on resources and return the words for those that have any.

    Args:
        limits: Number of the resource, most of it, words.
    """
    words = []
    for kind, most, text in limits:
        hard = resource.getrlimit(kind)[1]
        hard = sys.maxsize if hard == resource.RLIM_INFINITY else hard
        value = min(most, hard)
        # The first limit on time ends the process by a signal that tells why.
        later = value + 1 if kind == resource.RLIMIT_CPU and value < hard else value
        resource.setrlimit(kind, (value, later))
        if text:
            words.append(text)
    return words


def isolate() -> list[str]:
    """Give up network and privileges where the kernel allows; return words for it.

    Only the calling thread leaves the network: call it before there are others.
    """
    words = []
    libc = ctypes.CDLL(None, use_errno=True)
    prctl = getattr(libc, "prctl", None)
    if prctl is not None and prctl(PR_SET_PDEATHSIG, signal.SIGKILL) == 0:
        words.append("ends with the process that started it")
    if prctl is not None and prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0:
        words.append("no new privileges")
    unshare = getattr(libc, "unshare", None)
    if unshare is not None and (
        unshare(CLONE_NEWNET) == 0 or unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0
    ):
        words.append("no network (own namespace)")
    else:
        words.append("network refused by an audit hook only")
    return words


def refuse() -> str:
    """Have Python refuse from now on what has no reason to be done; return words."""
    sys.addaudithook(_refuse)
    return "no processes, sockets or native libraries (audit hook)"


def keep_to(folder: str) -> str:
    """Refuse the same, save for writing below a folder; return words."""
    root = os.path.realpath(folder) + os.sep

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event in CHANGES:
            paths = arguments[: 2 if event == "os.rename" else 1]
            if all(isinstance(path, str | bytes) for path in paths) and all(
                os.path.realpath(os.fsdecode(path)).startswith(root) for path in paths
            ):
                return
        _refuse(event, arguments)

    sys.addaudithook(hook)
    return f"no processes, sockets or native libraries, and writing only in {root}"


def _refuse(event: str, arguments: tuple[Any, ...]) -> None:
    """Stop what nothing in the zone has a reason to do (PEP 578)."""
    writes = event == "open" and isinstance(arguments[2], int) and arguments[2] & WRITES
    if writes or event.startswith(REFUSED):
        raise PermissionError(f"{event} is refused in the zone")
