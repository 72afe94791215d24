"""Patches: what `git apply` and `patch -p0` take, byte for byte."""

from __future__ import annotations

import difflib
import os
import sys
from pathlib import Path

from kerascheck.text.escaping import patch_path, visible
from kerascheck.text.lines import NEWLINE

_NO_NEWLINE = b"\n\\ No newline at end of file\n"


def patch(old: bytes, new: bytes, filename: str) -> bytes:
    """The change of a file as a unified diff; empty for none.

    Rows are those of the bytes: a carriage return belongs to its row, and so does a byte order mark. Names begin with
    `./`, which `git apply` strips as the first part of the path and `patch -p0` leaves.
    """
    name = _header(filename)
    rows = difflib.diff_bytes(difflib.unified_diff, _rows(old), _rows(new), name, name, lineterm=b"\n")
    return b"".join(row if row.endswith(b"\n") else row + _NO_NEWLINE for row in rows)


def show_difference(old: bytes, new: bytes, filename: str) -> None:
    """Write the change of a file to stdout: as a patch, or, on a terminal, cell by cell and with no sign unseen."""
    if not _is_terminal():
        sys.stdout.flush()
        sys.stdout.buffer.write(patch(old, new, filename))
        sys.stdout.buffer.flush()
        return
    from kerascheck.project.source import Source

    for (cell, before), (_, after) in zip(Source(old, filename).texts(), Source(new, filename).texts(), strict=True):
        name = patch_path(filename if cell is None else f"{filename}:cell {cell}")
        for line in difflib.unified_diff(NEWLINE.split(before), NEWLINE.split(after), name, name, lineterm=""):
            print(visible(line))


def _is_terminal() -> bool:
    return sys.stdout.isatty()


def _rows(raw: bytes) -> list[bytes]:
    """The rows with their ends; a form feed or a lone carriage return ends none."""
    parts = raw.split(b"\n")
    rows = [part + b"\n" for part in parts[:-1]]
    return [*rows, parts[-1]] if parts[-1] else rows


def _header(filename: str) -> bytes:
    """The name of a file as it stands in the header."""
    path = filename
    if os.path.isabs(path):
        try:
            path = os.path.relpath(path)
        except ValueError:  # on another drive
            path = filename
        if path.startswith(os.pardir):
            path = filename
    if not os.path.isabs(path) and not path.startswith((os.pardir, f".{os.sep}")):
        path = f"./{Path(path).as_posix()}"
    shown = patch_path(path)
    return os.fsencode(f"{shown}\t" if " " in shown and not shown.startswith('"') else shown)
