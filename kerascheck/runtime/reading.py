"""Reading files of which nothing is known: never what is no regular file, never more than is wanted, never waiting.

A folder may hold a pipe or a socket called `model.py`, or a link to a device that never ends.
"""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

#: Larger files are not read: of a program no more than could be parsed anyway; a notebook may hold pictures.
MAX_SOURCE_BYTES = 8_000_000
MAX_NOTEBOOK_BYTES = 64_000_000
#: Files that say how kerascheck is to work, and what it has found before.
MAX_SETTINGS_BYTES = 4_000_000
MAX_BASELINE_BYTES = 64_000_000


class TooLarge(OSError):
    """The file has more bytes than are wanted."""

    def __init__(self, filename: str, limit: int) -> None:
        super().__init__(errno.EFBIG, f"it has more than {limit // 1_000_000} MB", filename)


def read_bytes(path: str | Path, limit: int) -> bytes:
    """The content of a regular file of so many bytes at most.

    Raises:
        OSError: there is none, it is another kind of file, or it is larger (TooLarge).
    """
    name = os.fspath(path)
    # A pipe would be waited for; with this it is open at once, and seen to be one.
    descriptor = os.open(name, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0) | _NO_TERMINAL)
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(file.fileno())
        if stat.S_ISDIR(status.st_mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), name)
        if not stat.S_ISREG(status.st_mode):
            raise OSError(errno.EINVAL, "it is a pipe, a device or a socket, and no file", name)
        if status.st_size > limit:
            raise TooLarge(name, limit)
        raw = file.read(limit + 1)
    if len(raw) > limit:  # it grows, or does not say how large it is
        raise TooLarge(name, limit)
    return raw


_NO_TERMINAL = getattr(os, "O_NOCTTY", 0)


def source_limit(filename: str) -> int:
    """How many bytes a program or notebook of this name may have."""
    return MAX_NOTEBOOK_BYTES if filename.endswith(".ipynb") else MAX_SOURCE_BYTES


def read_program(filename: str) -> bytes:
    """The bytes of a program or notebook. Raises OSError."""
    return read_bytes(filename, source_limit(filename))
