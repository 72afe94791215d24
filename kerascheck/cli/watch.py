"""Checking again whenever a file changes."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import TextIO

from kerascheck.configuration.converting import CONFIGURATION_FILES, DEFAULT_EXCLUDE
from kerascheck.project.discovery import SUFFIXES
from kerascheck.project.target.pins import reader_of

_CLEAR = "\x1b[2J\x1b[3J\x1b[H"  # the screen, what has been scrolled away, and back to the corner
_EVERY = 200  # milliseconds; also how long the first check waits for the watcher to begin

#: How many files outside of the watched folders are looked at.
_MAX_ELSEWHERE = 5_000

#: Nanoseconds by which the times of files may be behind the clock.
_COARSE = 5_000_000

#: Other files on which it depends what is found.
_SETTINGS = frozenset({*CONFIGURATION_FILES, ".gitignore"})


class MissingPackage(Exception):
    """The package that watches files is not installed; the message says how to get it."""


def watch(
    paths: Sequence[Path],
    check: Callable[[], None],
    screen: TextIO,
    others: Sequence[Path] = (),
    depends: Collection[str] = (),
) -> None:
    """Call `check` now, and whenever a file changes on which its outcome may depend; until interrupted.

    Args:
        paths: files and folders. Around a file its folder is watched: editors replace files, and imports are followed.
        check: does the work; what it raises ends the watching.
        screen: cleared before each check, if it is a terminal.
        others: single files besides, such as a baseline.
        depends: the absolute names of files and folders on which the last outcome depends, as `check` finds them.

    Raises:
        MissingPackage: watchfiles is not installed.
        KeyboardInterrupt: the user has enough.
    """
    try:
        import watchfiles
    except ImportError:
        raise MissingPackage("--watch needs watchfiles: pip install 'kerascheck[watch]'") from None

    watched = _folders(paths)
    alone = {os.path.abspath(path) for path in others}

    def matters(_: object, path: str) -> bool:
        return path in alone or path in depends or os.path.dirname(path) in depends or _matters(path, watched)

    roots = sorted({*watched, *(os.path.dirname(path) for path in alone if os.path.isdir(os.path.dirname(path)))})
    begun = False
    elsewhere = _Elsewhere(roots)
    # The watcher begins with its first round, which comes without changes: none during the first check is missed.
    for changes in watchfiles.watch(
        *roots, watch_filter=matters, yield_on_timeout=True, rust_timeout=_EVERY, ignore_permission_denied=True
    ):
        if changes or not begun or elsewhere.have_changed():
            begun = True
            if screen.isatty():
                screen.write(_CLEAR)
            elsewhere.begin()
            check()
            elsewhere.end(depends)
            screen.flush()
            print("Watching for changes; Ctrl-C ends.", file=sys.stderr, flush=True)


class _Elsewhere:
    """The files outside of the watched folders on which the last outcome depends: they are few, and looked at by turns.

    (A watcher takes no further folders once it has begun, and a new one would miss what happens before it begins.)
    """

    def __init__(self, roots: Sequence[str]) -> None:
        self._roots = tuple(os.path.join(root, "") for root in roots)
        self._begun = 0
        self._stamps: dict[str, tuple[int, ...]] = {}

    def begin(self) -> None:
        """A check begins."""
        self._begun = time.time_ns() - _COARSE
        self._stamps = {name: _stamp(name) for name in self._stamps}

    def end(self, depends: Collection[str]) -> None:
        """It is over, and these are the files on which its outcome depends."""
        outside = [name for name in depends if not name.startswith(self._roots)][:_MAX_ELSEWHERE]
        before, self._stamps = self._stamps, {}
        for name in outside:
            stamp = before[name] if name in before else _stamp(name)
            is_late = name not in before and stamp and stamp[0] > self._begun  # it may have been read before that
            self._stamps[name] = (-1,) if is_late else stamp

    def have_changed(self) -> bool:
        """Whether one of them is another than then."""
        return any(_stamp(name) != stamp for name, stamp in self._stamps.items())


def _stamp(name: str) -> tuple[int, ...]:
    """What changes when a file or the content of a folder does."""
    try:
        status = os.stat(name)
    except (OSError, ValueError):
        return ()
    return (max(status.st_mtime_ns, status.st_ctime_ns), status.st_size, status.st_ino)


def _folders(paths: Sequence[Path]) -> list[str]:
    return [os.path.abspath(path if path.is_dir() else path.parent) for path in paths]


def _matters(path: str, roots: Sequence[str]) -> bool:
    """Whether the outcome may depend on a file: by its name, and the folders between a root and it."""
    name = os.path.basename(path)
    if not name.endswith(SUFFIXES) and name not in _SETTINGS and reader_of(name) is None:
        return False
    for root in roots:
        relative = os.path.relpath(path, root)
        if not relative.startswith(os.pardir) and not any(part in DEFAULT_EXCLUDE for part in Path(relative).parts):
            return True
    return False
