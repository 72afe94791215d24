"""What all commands share: exit statuses, failures, options, and the analysis of files."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from kerascheck.configuration.config import Overrides, Resolver
from kerascheck.errors import ConfigError
from kerascheck.runtime.reading import MAX_NOTEBOOK_BYTES, MAX_SOURCE_BYTES, read_program, source_limit
from kerascheck.text.escaping import say

if TYPE_CHECKING:
    from kerascheck.configuration.config import Settings
    from kerascheck.diagnostics import Diagnostic, Report
    from kerascheck.machine import Analysis
    from kerascheck.project.source import Source


OK, FOUND, FAILED = 0, 1, 2


STDIN = "-"


_DELAY_OF_PROGRESS = 1.0  # seconds


@dataclass(frozen=True)
class CheckOptions:
    """The arguments of `kerascheck check`: what may stand in a configuration, too, is in `overrides`."""

    paths: tuple[Path, ...]
    overrides: Overrides = field(default_factory=Overrides)
    config: Path | None = None
    isolated: bool = False
    diff: bool = False
    stdin_filename: str | None = None
    write_baseline: Path | None = None
    watch: bool = False
    show_files: bool = False
    add_noqa: bool = False
    depends: set[str] | None = None  # takes the names of the files on which the findings depend


class Failure(Exception):
    """The command cannot be carried out: a message for stderr, exit status 2."""


def warn_if_incomplete(filename: str, reason: str | None) -> None:
    """Say on stderr that a part of a file is not analysed."""
    if reason is not None:
        say("warning", f"{filename}: analysed in part, {reason}")


def write_output(file: Path, content: bytes) -> None:
    """Write what a command makes. Raises Failure; what was there before is then as it was."""
    from kerascheck.fixes.write import write_whole

    try:
        write_whole(os.fspath(file), content)
    except OSError as error:
        raise Failure(f"{file}: cannot be written: {error.strerror or error}") from None


def given_settings(config: Sequence[str] | None) -> tuple[Path | None, tuple[str, ...]]:
    """The file, and the settings `key=value`, that `--config` names. Raises Failure for two files."""
    inline = tuple(item for item in config or () if "=" in item and not os.path.isfile(item))
    files = [item for item in config or () if item not in inline]
    if len(files) > 1:
        raise Failure(f"--config takes one file, not {' and '.join(files)}; a file can extend another")
    return (Path(files[0]) if files else None), inline


def resolver_of(config: Sequence[str] | None, isolated: bool) -> Resolver:
    """What gives each file its settings. Raises Failure, ConfigError."""
    file, inline = given_settings(config)
    return Resolver(Overrides(inline=inline), file, isolated)


def check_format(output_format: str, formats: Sequence[str]) -> None:
    """Raises Failure for a format that a command does not have."""
    if output_format not in formats:
        listed = f"{', '.join(formats[:-1])} or {formats[-1]}"
        raise Failure(f"{output_format!r} is not a format of this command: {listed}")


#: What standard input held, where it was read before it is known as what.
_held: list[bytes] = []


def hold_stdin() -> None:
    """Read standard input, for commands whose work may be begun again in another process."""
    _held[:] = [sys.stdin.buffer.read(max(MAX_SOURCE_BYTES, MAX_NOTEBOOK_BYTES) + 1)]


def read_stdin(filename: str) -> bytes:
    """What standard input holds. Raises Failure where it is too much."""
    limit = source_limit(filename)
    raw = _held.pop() if _held else sys.stdin.buffer.read(limit + 1)
    if len(raw) > limit:
        raise Failure(f"standard input has more than {limit // 1_000_000} MB")
    return raw


def status_of(reports: Sequence[Report], found: bool, exit_zero: bool = False) -> int:
    if any(report.crashed and not report.given_up for report in reports):
        return FAILED
    if any(report.given_up for report in reports):
        looked_at = [report for report in reports if report.skipped is None]
        if all(report.given_up for report in looked_at):
            return FAILED
    return FOUND if found and not exit_zero else OK


def read_file(filename: str) -> bytes:
    return read_program(filename)


def wants_colour(stream: TextIO, when: str = "auto") -> bool:
    """Whether output to the stream is coloured: on a terminal, unless NO_COLOR or FORCE_COLOR say otherwise."""
    if when != "auto":
        return when == "always"
    if os.environ.get("NO_COLOR"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or (stream.isatty() and os.environ.get("TERM") != "dumb")


@contextlib.contextmanager
def shown_progress() -> Iterator[Callable[[int, int], None] | None]:
    """A function to call with the files done and all files: a bar on a terminal, from the second second on."""
    if not sys.stderr.isatty():
        yield None
        return
    began = time.monotonic()
    with contextlib.ExitStack() as stack:
        show: Callable[[int], None] | None = None

        def advance(finished: int, total: int) -> None:
            nonlocal show
            if show is None and time.monotonic() - began > _DELAY_OF_PROGRESS:
                from rich.console import Console
                from rich.progress import Progress

                bar = stack.enter_context(Progress(console=Console(stderr=True), transient=True))
                task = bar.add_task("Checking", total=total)
                show = lambda done: bar.update(task, completed=done)  # noqa: E731
            if show is not None:
                show(finished)

        yield advance


def settings_of(path: Path, resolver: Resolver) -> Settings:
    """The settings for a file. Raises Failure where the configuration is wrong."""
    try:
        return resolver.settings_for(path)
    except ConfigError as error:
        raise Failure(str(error)) from None


def analyse_each(
    paths: Sequence[Path],
    resolver: Resolver,
    use: Callable[[Source, Analysis], None],
    limited: bool = True,
    stdin_filename: str | None = None,
) -> int:
    """Analyse each file that mentions Keras; what cannot be read is said on stderr and gives the exit status FAILED.

    Raises:
        Failure: a path does not exist.
    """
    from kerascheck.project.discovery import NoSuchPath, discover

    def use_it(source: Source, models: Analysis, _: object) -> None:
        use(source, models)

    status = OK
    try:
        if STDIN in map(str, paths):
            refuse_others_beside_stdin(paths)
            name, settings = stdin_job(stdin_filename, resolver)
            problems = iter([analyse_text(name, read_stdin(name), settings, use_it, limited=limited)])
        else:
            problems = (
                analyse_file(str(path), resolver.settings_for(path), use_it, limited=limited)
                for path in discover(paths, resolver.settings_for)
            )
        for problem in problems:
            if problem is not None:
                say("kerascheck: error", problem)
                status = FAILED
    except (ConfigError, NoSuchPath) as error:
        raise Failure(str(error)) from None
    return status


def stdin_job(filename: str | None, resolver: Resolver) -> tuple[str, Settings]:
    """What standard input is called in findings, and the settings for it: those of here where it has no name."""
    return filename or "<stdin>", resolver.settings_for(Path(filename) if filename else Path.cwd())


def refuse_others_beside_stdin(paths: Sequence[Path]) -> None:
    """Raises Failure for `-` among other paths."""
    if len(paths) > 1:
        raise Failure("- reads standard input and goes with no other path")


def analyse_file(
    filename: str,
    settings: Settings,
    use: Callable[[Source, Analysis, list[Diagnostic]], None],
    examine: bool = False,
    limited: bool = True,
) -> str | None:
    """Analyse one file and hand it on, with what `check` finds in it if that is asked for; why that is not possible."""
    try:
        raw = read_file(filename)
    except OSError as error:
        return f"{filename}: cannot be read: {error.strerror or error}"
    return analyse_text(filename, raw, settings, use, examine, limited)


def analyse_text(
    filename: str,
    raw: bytes,
    settings: Settings,
    use: Callable[[Source, Analysis, list[Diagnostic]], None],
    examine: bool = False,
    limited: bool = True,
) -> str | None:
    """Analyse the bytes of a file and hand the outcome on; why that is not possible, or None."""
    from kerascheck import api
    from kerascheck.crashes import internal_error
    from kerascheck.project.source import SourceError
    from kerascheck.runtime.recursion import deep_recursion
    from kerascheck.workers.supervision import given_up, on_file

    if filename in given_up:
        return f"{filename}: {given_up[filename]}"
    try:
        with on_file(filename, settings.budget):
            found = (api.examine if examine else api.analyze)(raw, filename, settings=settings)
            if found.analysis is None:
                found = api.analyze(raw, filename, settings=settings)  # says what is wrong, and passes over skip-file
        if found.source is None or found.analysis is None:
            return None
        for error in found.source.broken:
            cell, row = found.source.in_cell(error.position.row)
            place = f"{filename}:cell {cell}:{row}:{error.position.column}"
            say("warning", f"{place}: this cell is left out: {error.code} {error.message}")
        warn_if_incomplete(filename, found.report.incomplete)
        with deep_recursion(), on_file(filename, settings.budget) if limited else contextlib.nullcontext():
            use(found.source, found.analysis, found.report.diagnostics)
        if found.analysis.fault is not None:
            return f"{filename}: {internal_error('the analysis', found.analysis.fault)}"
    except SourceError as error:
        return f"{filename}:{error.position.row}:{error.position.column}: {error.code} {error.message}"
    except RecursionError:
        return f"{filename}: nested too deeply to analyse"
    except MemoryError:
        return f"{filename}: too large to analyse"
    except Exception as error:  # one file never loses the others
        return f"{filename}: {internal_error('the analysis', error)}"
    return None
