"""`kerascheck annotate`: output shapes and parameters as comments behind layers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from kerascheck.cli.common import FAILED, FOUND, OK, analyse_each
from kerascheck.fixes.patches import show_difference
from kerascheck.text.escaping import say

if TYPE_CHECKING:
    from kerascheck.configuration.config import Resolver
    from kerascheck.machine import Analysis
    from kerascheck.project.source import Source


def annotate(resolver: Resolver, paths: Sequence[Path], write: bool) -> int:
    """Write the comments of files and folders, or show what would change.

    The exit status: 0 all comments are true, or written; 1 something would change; 2 a file cannot be read or written.

    Raises:
        Failure: a path does not exist.
    """
    from kerascheck.fixes.write import ChangedMeanwhile, write_atomically
    from kerascheck.project.source import Unfaithful
    from kerascheck.views.annotate import annotated

    changed = failed = False

    def use(source: Source, analysis: Analysis) -> None:
        nonlocal changed, failed
        try:
            new = annotated(source, analysis)
        except (Unfaithful, UnicodeEncodeError) as error:
            say("warning", f"{source.filename}: left as it is: {error}")
            return
        if new == source.raw:
            return
        if not write:
            changed = True
            show_difference(source.raw, new, source.filename)
            return
        try:
            write_atomically(source.filename, new, source.raw)
        except ChangedMeanwhile:
            say("warning", f"{source.filename}: not written, it has changed meanwhile")
            failed = True
        except OSError as error:
            say("warning", f"{source.filename}: not written: {error.strerror or error}")
            failed = True

    status = analyse_each(paths, resolver, use)
    if status != OK or failed:
        return FAILED
    return FOUND if changed else OK
