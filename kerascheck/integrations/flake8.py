"""The flake8 plugin: entry point `KC` of the group `flake8.extension`.

kerascheck's own configuration decides which rules run. What they find goes to flake8, whose options and `# noqa`
comments choose from it.
"""

from __future__ import annotations

import re
from argparse import Namespace
from ast import AST
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from kerascheck import __version__
from kerascheck.runtime import safe_path

with safe_path.own_imports():  # `python -m flake8` has the current folder on the path
    from kerascheck.configuration.config import Resolver
    from kerascheck.configuration.selection import Layer, Selection
    from kerascheck.errors import ConfigError
    from kerascheck.project.import_graph import concerns_keras
    from kerascheck.text.escaping import one_line
    from kerascheck.text.file_rows import FileRows

if TYPE_CHECKING:
    from flake8.options.manager import OptionManager

    from kerascheck.configuration.config import Settings
    from kerascheck.diagnostics import Report

_CODE_OR_FAMILY = re.compile(r"[A-Z]+\d+")


class Plugin:
    """What flake8 makes for each file and asks for findings.

    A file that flake8 cannot parse never gets here: its E999 stands for KC001.

    Raises:
        ConfigError: kerascheck's configuration for the file is wrong; flake8 shows it and exits with 1.
    """

    name: ClassVar[str] = "kerascheck"
    version: ClassVar[str] = __version__

    # What flake8 was told, the same for all files and set in each process by `parse_options`.
    _resolver: ClassVar[Resolver] = Resolver()
    _noqa: ClassVar[bool] = True
    _selected: ClassVar[Layer] = Layer()
    _stdin: ClassVar[str | None] = None

    def __init__(self, tree: AST, filename: str, lines: Sequence[str]) -> None:
        # flake8 gives its tree to those that are asked once for each file. It lacks the comments, so it is not used.
        with safe_path.own_imports():
            self._raw = b""
            self._report = self._check(filename, lines) if concerns_keras("".join(lines), filename) else None

    @staticmethod
    def add_options(manager: OptionManager) -> None:
        """Called before flake8 reads its options: the codes of other packages' rules are on by default, as KC is.

        Raises:
            ExecutionError: the rules of another package cannot be used.
        """
        from flake8.exceptions import ExecutionError

        try:
            with safe_path.own_imports():
                from kerascheck.rules.registry import foreign_prefixes

            manager.extend_default_select(foreign_prefixes())
        except ConfigError as error:
            raise ExecutionError(f"kerascheck: {error}") from None

    @classmethod
    def parse_options(cls, options: Namespace) -> None:
        """Called with flake8's options, in each process.

        Raises:
            ExecutionError: kerascheck's configuration for the current folder is wrong.
        """
        from flake8.exceptions import ExecutionError

        cls._resolver = Resolver()
        cls._noqa = not options.disable_noqa
        cls._selected = Layer(extend_select=_rules_named((*(options.select or ()), *(options.extend_select or ()))))
        cls._stdin = (options.stdin_display_name or "stdin") if "-" in options.filenames else None
        try:
            cls._resolver.settings_for(Path.cwd())
        except ConfigError as error:
            raise ExecutionError(f"kerascheck: {error}") from None

    def run(self) -> Iterator[tuple[int, int, str, type[Plugin]]]:
        """Row, 0-based column, code and message of each finding, and who says so."""
        for found in self._report.diagnostics if self._report is not None else ():
            start = found.span.start
            if found.cell is None:
                yield start.row, start.column - 1, f"{found.code} {one_line(found.message)}", type(self)
                continue
            # flake8 knows the notebook as a file of rows, in which the columns of a cell mean nothing.
            row, _ = FileRows(self._raw, found.filename).of(found)
            message = f"{found.code} cell {found.cell}, row {start.row}: {one_line(found.message)}"
            yield row, 0, message, type(self)

    def _check(self, filename: str, lines: Sequence[str]) -> Report:
        from kerascheck.api import to_bytes
        from kerascheck.diagnostics import Report
        from kerascheck.engine import read_file
        from kerascheck.workers.parallel import check_for_host

        settings = self._settings(filename)
        # flake8 has decoded the lines somehow; the bytes say more, but those of standard input are gone.
        source = "".join(lines) if filename == self._stdin else read_file(filename, settings)
        if isinstance(source, Report):  # larger than what is read, or gone since flake8 read it
            return source
        self._raw = to_bytes(source, filename)
        return check_for_host(self._raw, filename, settings)

    @classmethod
    def _settings(cls, filename: str) -> Settings:
        settings = cls._resolver.settings_for(Path(filename))
        selection = Selection((cls._selected, *settings.selection.layers))
        return replace(settings, selection=selection, noqa=cls._noqa)


def _rules_named(selectors: Iterable[str]) -> tuple[str, ...]:
    """Those that ask for rules that are off by default: `KC0` and `KC003`, but not `KC`, which is the plugin."""
    return tuple(selector for selector in selectors if _CODE_OR_FAMILY.fullmatch(selector))
