"""`kerascheck diff`: what has changed in the models of a program."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from kerascheck.cli.common import FAILED, FOUND, OK, Failure, analyse_text, check_format
from kerascheck.configuration.config import Resolver
from kerascheck.errors import ConfigError
from kerascheck.runtime.reading import read_program
from kerascheck.text.escaping import as_json, say

if TYPE_CHECKING:
    from kerascheck.views.model_changes import ModelChange, ModelFacts

FORMATS = ("text", "json", "markdown")


def diff(resolver: Resolver, paths: Sequence[Path], base: str | None, output_format: str, stream: TextIO) -> int:
    """Compare two files or folders, or files with what they were at a revision; the exit status.

    Raises:
        Failure: the paths are not those of two files or of two folders, there is no such format or revision.
    """
    check_format(output_format, FORMATS)
    for path in paths:
        if not path.exists():
            raise Failure(f"{path}: no such file or folder")
    pairs = _since(paths, base, resolver) if base is not None else _two(paths, resolver)
    found: list[ModelChange] = []
    status = OK
    for old, new in pairs:
        changes = _compared(old, new, resolver)
        if changes is None:
            status = FAILED
        else:
            found += changes
    _write(found, output_format, stream)
    return FOUND if status == OK and any(change.differs for change in found) else status


#: One version of a file: its name and its bytes; None where it is not there.
_Version = tuple[str, Callable[[], bytes | None]]


def _two(paths: Sequence[Path], resolver: Resolver) -> Iterator[tuple[_Version, _Version]]:
    if len(paths) != 2:
        raise Failure("expected two files or folders, or --base REV to compare with a git revision")
    old, new = paths
    if old.is_dir() != new.is_dir():
        raise Failure(f"{old} and {new}: a file cannot be compared with a folder")
    if not old.is_dir():
        yield _version(old), _version(new)
        return
    before, after = _below(old, resolver), _below(new, resolver)
    for name in dict.fromkeys([*after, *before]):
        yield _version(old / name), _version(new / name)


def _below(folder: Path, resolver: Resolver) -> list[str]:
    from kerascheck.project.discovery import discover

    return [os.path.relpath(path, folder) for path in discover([folder], resolver.settings_for)]


def _version(path: Path) -> _Version:
    return str(path), lambda: read_program(str(path)) if path.is_file() else None


def _since(paths: Sequence[Path], base: str, resolver: Resolver) -> Iterator[tuple[_Version, _Version]]:
    from kerascheck.configuration.changes import Changes, ChangesError
    from kerascheck.project.discovery import discover

    changes = Changes(base)

    def before(name: str) -> bytes | None:
        try:
            return changes.before(name)
        except ChangesError as error:
            raise Failure(str(error)) from None

    for path in discover(paths or [Path()], resolver.settings_for):
        yield (str(path), lambda name=str(path): before(name)), _version(path)  # type: ignore[misc]


def _compared(old: _Version, new: _Version, resolver: Resolver) -> list[ModelChange] | None:
    """None where one of them cannot be analysed, which is said on stderr."""
    from kerascheck.views.model_changes import compared

    before, after = (_facts(name, read, resolver) for name, read in (old, new))
    return None if before is None or after is None else compared(before, after)


def _facts(name: str, read: Callable[[], bytes | None], resolver: Resolver) -> list[ModelFacts] | None:
    from kerascheck.views.model_changes import models_in

    found: list[ModelFacts] = []
    try:
        raw = read()
        settings = resolver.settings_for(Path(name))
    except (OSError, ConfigError) as error:
        say("kerascheck: error", f"{name}: {error}")
        return None
    if raw is None:
        return found
    problem = analyse_text(name, raw, settings, lambda source, analysis, _: found.extend(models_in(source, analysis)))
    if problem is not None:
        say("kerascheck: error", problem)
        return None
    return found


def _write(found: list[ModelChange], output_format: str, stream: TextIO) -> None:
    from kerascheck.views.changes_text import write_markdown, write_text

    if output_format == "json":
        stream.write(as_json([change.as_dict() for change in found if change.differs], stream) + "\n")
    else:
        (write_text if output_format == "text" else write_markdown)(found, stream)
