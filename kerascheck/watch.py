"""Checking again whenever a file changes."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import TextIO

from kerascheck.config import DEFAULT_EXCLUDE
from kerascheck.discovery import SUFFIXES
from kerascheck.target.pins import reader_of

_CLEAR = "\x1b[2J\x1b[3J\x1b[H"  # the screen, what has been scrolled away, and back to the corner
_EVERY = 200  # milliseconds; also how long the first check waits for the watcher to begin

#: Other files on which it depends what is found.
_SETTINGS = frozenset({"pyproject.toml", ".kerascheck.toml", ".gitignore"})


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
    # The watcher begins with its first round, which comes without changes: none during the first check is missed.
    for changes in watchfiles.watch(
        *roots, watch_filter=matters, yield_on_timeout=True, rust_timeout=_EVERY, ignore_permission_denied=True
    ):
        if changes or not begun:
            begun = True
            if screen.isatty():
                screen.write(_CLEAR)
            check()
            screen.flush()
            print("Watching for changes; Ctrl-C ends.", file=sys.stderr, flush=True)


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
