"""`kerascheck report`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from kerascheck.cli.common import (
    STDIN,
    CheckOptions,
    Failure,
    check_format,
    read_stdin,
    refuse_others_beside_stdin,
    shown_progress,
    status_of,
    stdin_job,
    warn_if_incomplete,
    write_output,
)
from kerascheck.configuration.config import Resolver
from kerascheck.errors import ConfigError

if TYPE_CHECKING:
    from kerascheck.views.report.collect import FilePart
    from kerascheck.workers.parallel import Job


def write_report(
    options: CheckOptions,
    output: Path,
    output_format: str,
    title: str | None,
    processes: int,
    stream: TextIO,
) -> int:
    """`kerascheck report`: findings and models of files and folders as one page; the exit status.

    Raises:
        Failure: a path does not exist, the configuration is wrong, or the page cannot be written.
    """
    from kerascheck.project.discovery import NoSuchPath, discover
    from kerascheck.reporters.base import models_of
    from kerascheck.views.report.collect import file_part
    from kerascheck.views.report.data import json_of
    from kerascheck.views.report.page import page
    from kerascheck.workers.parallel import Job

    check_format(output_format, ("html", "json"))
    try:
        resolver = Resolver(options.overrides, options.config, options.isolated)
        if STDIN in map(str, options.paths):
            refuse_others_beside_stdin(options.paths)
            name, settings = stdin_job(options.stdin_filename, resolver)
            files = [file_part(read_stdin(name), Job(name, settings))]
        else:
            paths = discover(options.paths, resolver.settings_for)
            jobs = [Job(str(path), resolver.settings_for(path)) for path in paths]
            files = _collected(jobs, processes)
    except (ConfigError, NoSuchPath) as error:
        raise Failure(str(error)) from None
    for file in files:
        warn_if_incomplete(file.filename, file.report.incomplete)
    heading = title or f"kerascheck: {', '.join(map(_called, options.paths))}"
    text = json_of(files) if output_format == "json" else page(files, heading)
    content = text.encode("utf-8", "replace")
    if str(output) == STDIN:
        sys.stdout.buffer.write(content)
        sys.stdout.flush()
    else:
        write_output(output, content)
        found = sum(len(file.findings) for file in files)
        models = sum(models_of([file.report for file in files]).values())
        counts = [f"{number} {noun}{'s' * (number != 1)}" for number, noun in ((found, "finding"), (models, "model"))]
        stream.write(f"{output}: {' and '.join(counts)} in {len(files)} file{'s' * (len(files) != 1)}.\n")
    return status_of([file.report for file in files], False)


def _called(path: Path) -> str:
    """What a path is called above the page: the folder itself has a name, too."""
    return path.resolve().name if str(path) in (".", "..") else str(path)


def _collected(jobs: list[Job], processes: int) -> list[FilePart]:
    """What the page says of each file."""
    from kerascheck.views.report.collect import collect

    done = 0
    with shown_progress() as progress:

        def advance(count: int) -> None:
            nonlocal done
            done += count
            if progress is not None:
                progress(done, len(jobs))

        return collect(jobs, processes, advance)
