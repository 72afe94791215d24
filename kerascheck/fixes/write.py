"""Writing a file so that it is either as before or complete."""

from __future__ import annotations

import os
import shutil
import tempfile


def write_atomically(filename: str, raw: bytes) -> None:
    """Replace the content of a file; a link keeps pointing to its target, the mode stays.

    Raises:
        OSError: the folder or the file cannot be written; the file is then as it was.
    """
    target = os.path.realpath(filename)
    if not os.access(target, os.W_OK):
        raise PermissionError(13, "the file is read-only", filename)
    descriptor, temporary = tempfile.mkstemp(dir=os.path.dirname(target), prefix=".kerascheck-")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())
        shutil.copymode(target, temporary)
        os.replace(temporary, target)
    except BaseException:
        os.unlink(temporary)
        raise
