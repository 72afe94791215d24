"""Writing files so that they are either as before or complete, and stay what they were: links, owner, mode."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import stat
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager

_PREFIX, _SUFFIX = ".kerascheck-", ".part"  # no name that an import or a search for programs would find
#: How a copy of what was in a file ends that is being overwritten. It is never thrown away.
_COPY = ".before"
#: What a killed process left, where files without a name are not to be had, is thrown away after so many seconds.
_MAX_AGE_OF_PARTS = 3600


class ChangedMeanwhile(Exception):
    """The file does not hold any more what was read of it; it was left as it is."""


def write_atomically(filename: str, raw: bytes, expected: bytes | None = None) -> None:
    """Replace the content of a file; links, owner, mode and attributes stay as they are.

    A file of several names, or one that cannot be replaced without a change of these, is written in place: what can
    fail is done before anything is overwritten, and a copy is kept until all is written.

    Args:
        filename: the file.
        raw: the new content.
        expected: what it must still hold.

    Raises:
        ChangedMeanwhile: it holds something else.
        OSError: the folder or the file cannot be written; the file is then as it was.
    """
    target = os.path.realpath(filename)
    status = os.stat(target)
    if not stat.S_ISREG(status.st_mode):
        raise OSError(errno.EINVAL, "it is not a regular file", filename)
    if not os.access(target, os.W_OK):
        raise PermissionError(errno.EACCES, "the file is read-only", filename)
    if status.st_nlink > 1:
        _write_in_place(target, raw, expected)
        return
    try:
        with _part_beside(target, raw, 0o600, status) as part:
            _compare(target, expected)
            os.replace(part, target)
    except PermissionError:  # nothing may be made in the folder, or not with this owner
        _write_in_place(target, raw, expected)


def write_whole(filename: str, raw: bytes) -> None:
    """Write what is made by a program, such as a report: a new file, or the whole content of one that is there.

    Raises:
        OSError: it cannot be written; a file is then as it was, a new one is not there.
    """
    if _is_stream(filename):
        with open(filename, "wb") as file:
            file.write(raw)
        return
    target = os.path.realpath(filename)
    if os.path.lexists(target):
        write_atomically(target, raw)
        return
    with _part_beside(target, raw, 0o666, None) as part:
        os.replace(part, target)


def _is_stream(filename: str) -> bool:
    """Whether it is a device or a pipe, or what the output of this process goes to anyway."""
    try:
        status = os.stat(filename)
    except OSError:
        return False
    if not stat.S_ISREG(status.st_mode):
        return not stat.S_ISDIR(status.st_mode)
    for descriptor in (0, 1, 2):
        with contextlib.suppress(OSError):
            if os.path.samestat(status, os.fstat(descriptor)):
                return True
    return False


def _compare(target: str, expected: bytes | None) -> None:
    """Raises ChangedMeanwhile."""
    if expected is not None:
        with open(target, "rb") as file:
            if file.read(len(expected) + 1) != expected:
                raise ChangedMeanwhile(target)


@contextmanager
def _part_beside(target: str, raw: bytes, mode: int, like: os.stat_result | None) -> Iterator[str]:
    """A file in the same folder that holds the bytes, until it has taken the place of another. Raises OSError.

    On Linux it has no name while it is written: of a process that is killed nothing is left.
    """
    folder = os.path.dirname(target)
    _tidy(folder)
    name = os.path.join(folder, f"{_PREFIX}{os.getpid()}-{secrets.token_hex(4)}{_SUFFIX}")
    try:
        if not _write_nameless(target, name, raw, mode, like):
            descriptor = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), mode)
            try:
                _fill(descriptor, target, name, raw, like)
            finally:
                os.close(descriptor)
        yield name
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(name)
        raise


def _write_nameless(target: str, name: str, raw: bytes, mode: int, like: os.stat_result | None) -> bool:
    """Write a file without a name, and name it; whether that is to be had here."""
    descriptor = _nameless(os.path.dirname(name), mode)
    if descriptor is None:
        return False
    try:
        _fill(descriptor, target, name, raw, like)
        try:
            # The folder of the source is of no matter to an absolute path, but only with one are links followed.
            os.link(f"/proc/self/fd/{descriptor}", name, src_dir_fd=descriptor, follow_symlinks=True)
        except OSError:
            return False
        return True
    finally:
        os.close(descriptor)


def _fill(descriptor: int, target: str, name: str, raw: bytes, like: os.stat_result | None) -> None:
    _write_all(descriptor, raw)
    os.fsync(descriptor)
    if like is not None:
        _take_over(target, descriptor, name, like)


def _nameless(folder: str, mode: int) -> int | None:
    """A new file of no name; None where there is no such thing."""
    if not hasattr(os, "O_TMPFILE") or not os.path.isdir("/proc/self/fd"):
        return None
    try:
        return os.open(folder, os.O_TMPFILE | os.O_WRONLY, mode)
    except OSError as error:
        if error.errno in (errno.EOPNOTSUPP, errno.EISDIR, errno.EINVAL):
            return None
        raise


def _write_all(descriptor: int, raw: bytes) -> None:
    left = memoryview(raw)
    while left:
        left = left[os.write(descriptor, left) :]


def _take_over(target: str, descriptor: int, name: str, like: os.stat_result) -> None:
    """Give a new file the owner, the mode and the attributes of another.

    Raises:
        PermissionError: that is not ours to do.
    """
    if not hasattr(os, "fchown"):
        os.chmod(name, stat.S_IMODE(like.st_mode))
        return
    own = os.fstat(descriptor)
    if (own.st_uid, own.st_gid) != (like.st_uid, like.st_gid):
        os.fchown(descriptor, like.st_uid, like.st_gid)
    os.fchmod(descriptor, stat.S_IMODE(like.st_mode))
    if hasattr(os, "listxattr"):
        for attribute in _attributes(target):
            value = os.getxattr(target, attribute)
            try:
                os.setxattr(descriptor, attribute, value)
            except OSError as error:
                if not attribute.startswith("security."):  # which the system looks after
                    raise PermissionError(errno.EPERM, error.strerror, target) from None


def _attributes(target: str) -> list[str]:
    try:
        return os.listxattr(target)
    except OSError:  # there are none on this file system
        return []


def _write_in_place(target: str, raw: bytes, expected: bytes | None) -> None:
    """Overwrite a file. The room is taken before anything is written, and what was there comes back where it fails.

    Meanwhile a copy of what was there lies beside it: it is what is left where this process is killed.
    """
    with open(target, "r+b", buffering=0) as file:
        before = file.readall()
        if expected is not None and before != expected:
            raise ChangedMeanwhile(target)
        copy = _copy(target, before)
        try:
            if len(raw) > len(before) and hasattr(os, "posix_fallocate"):
                os.posix_fallocate(file.fileno(), 0, len(raw))
            _overwrite(file.fileno(), raw)
        except BaseException as error:
            try:
                _overwrite(file.fileno(), before)
            except OSError:
                raise OSError(errno.EIO, f"what was in it is in {copy}", target) from error
            os.unlink(copy)
            raise
        os.unlink(copy)


def _copy(target: str, content: bytes) -> str:
    """The name of a new file with this content: beside the other one, or where temporary files are. Raises OSError."""
    name = f"{_PREFIX}{os.path.basename(target)[:50]}-{secrets.token_hex(4)}{_COPY}"
    for folder in (os.path.dirname(target), tempfile.gettempdir()):
        copy = os.path.join(folder, name)
        try:
            descriptor = os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
        except PermissionError:
            continue
        try:
            _write_all(descriptor, content)
            os.fsync(descriptor)
        except BaseException:
            os.close(descriptor)
            os.unlink(copy)
            raise
        os.close(descriptor)
        return copy
    raise PermissionError(errno.EACCES, "there is no place for a copy of what is in it", target)


def _overwrite(descriptor: int, raw: bytes) -> None:
    os.lseek(descriptor, 0, os.SEEK_SET)
    _write_all(descriptor, raw)
    os.ftruncate(descriptor, len(raw))
    os.fsync(descriptor)


def _tidy(folder: str) -> None:
    """Throw away what processes have left that were killed while they wrote."""
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith(_PREFIX) and entry.name.endswith(_SUFFIX):
                with contextlib.suppress(OSError):
                    if time.time() - entry.stat(follow_symlinks=False).st_mtime > _MAX_AGE_OF_PARTS:
                        os.unlink(entry)
