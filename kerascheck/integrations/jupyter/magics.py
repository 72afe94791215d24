"""The magics `%kerascheck` and `%%kerascheck`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from IPython.core.error import UsageError
from IPython.core.magic import Magics, line_magic, magics_class
from IPython.core.magic_arguments import argument, magic_arguments, parse_argstring
from IPython.display import display

from kerascheck import api
from kerascheck.diagnostics import Severity
from kerascheck.integrations.jupyter.display import Findings, Picture, Summaries
from kerascheck.integrations.jupyter.session import Session, new_findings
from kerascheck.runtime import safe_path

if TYPE_CHECKING:
    from collections.abc import Sequence

    from IPython.core.interactiveshell import ExecutionResult, InteractiveShell

    from kerascheck.configuration.config import Settings
    from kerascheck.diagnostics import Diagnostic

_CELL_MAGIC = re.compile(r"%%kerascheck\b")
_CHECK_ONLY = re.compile(r"\s--check-only\b")
#: How the line magic is told that it stands for the cell magic.
_CELL_OPTION = "--this-cell"


class NotRun(Exception):
    """The rest of a cell is not run, because of what was found in it."""

    def _render_traceback_(self) -> list[str]:
        return [f"kerascheck: {self}"]


@magics_class
class KerascheckMagics(Magics):
    """Checks of what is run in one shell.

    `%%kerascheck` is turned into `%kerascheck` as the first line of its cell before IPython sees it. So the rest runs
    as any other cell does: with its own line numbers, tracebacks, results and `await`.
    """

    def __init__(self, shell: InteractiveShell) -> None:
        super().__init__(shell)
        self._shell = shell
        self._session = Session()
        self._last_cell = ""
        self._checks_only = False

    def attach(self) -> None:
        """Begin to serve the shell."""
        self._shell.register_magics(self)
        self._shell.input_transformers_cleanup.append(self._rewrite)
        self._shell.events.register("post_run_cell", self._note_result)

    def detach(self) -> None:
        """Stop it."""
        self._shell.magics_manager.magics["line"].pop("kerascheck", None)
        self._shell.magics_manager.registry.pop(type(self).__name__, None)
        if self._rewrite in self._shell.input_transformers_cleanup:
            self._shell.input_transformers_cleanup.remove(self._rewrite)
        self._shell.events.unregister("post_run_cell", self._note_result)

    @magic_arguments()
    @argument("command", nargs="?", default="check", choices=("check", "summary", "graph"), help="what to show")
    @argument("model", nargs="?", help="graph: the variable or the name of the model (default: the last one)")
    @argument("--select", help="codes, prefixes or names to report, with commas; ALL for all")
    @argument("--ignore", help="codes, prefixes or names not to report")
    @argument("--extend-select", help="codes, prefixes or names to report besides the others")
    @argument("--check-only", action="store_true", help="%%%%kerascheck: do not run the cell")
    @argument("--stop", action="store_true", help="%%%%kerascheck: do not run the cell if an error is found")
    @argument(_CELL_OPTION, action="store_true", help="used by %%%%kerascheck itself")
    @line_magic
    def kerascheck(self, line: str) -> None:
        """Check what has been run in this session, show its models, or draw one.

        `%%kerascheck` as the first line of a cell checks that cell, together with all that was run before, and runs it.
        """
        with safe_path.own_imports():  # the kernel has the folder of the notebook on the path
            self._answer(line)

    def _answer(self, line: str) -> None:
        arguments = parse_argstring(self.kerascheck, line)
        try:
            settings = _settings(arguments)
        except api.ConfigError as error:
            raise UsageError(str(error)) from None
        if arguments.command == "summary":
            display(Summaries(self._models(settings)))
        elif arguments.command == "graph":
            display(self._picture(settings, arguments.model))
        elif arguments.this_cell:
            found = self._check_cell(settings)
            errors = sum(d.severity is Severity.ERROR for d in found)
            if arguments.stop and errors:
                raise NotRun(f"the cell is not run, {errors} error{'s' * (errors != 1)} found")
        else:
            findings, examination = self._session.findings(self._cells(), settings)
            display(Findings(findings, examination.source, _note(examination.report)))

    def _check_cell(self, settings: Settings) -> list[Diagnostic]:
        """Show and return what the cell that runs now brings."""
        cells = self._cells()
        current = max(cells)
        after, examination = self._session.findings(cells, settings)
        before: list[Diagnostic] = []
        if any(d.cell != current for d in after):
            earlier = {number: text for number, text in cells.items() if number != current}
            before, _ = self._session.findings(earlier, settings)
        found = new_findings(after, before, current)
        display(Findings(found, examination.source, _note(examination.report)))
        return found

    def _models(self, settings: Settings) -> Sequence[Any]:
        from kerascheck.views.summary import summarize

        found = self._session.examine(self._cells(), settings)
        if found.source is None or found.analysis is None:
            return []
        models = summarize(found.source, found.analysis)
        return [model for model in models if model.cell is None or not self._session.superseded(model.cell)]

    def _picture(self, settings: Settings, name: str | None) -> Picture:
        from kerascheck.views.graph import architecture, sites_of
        from kerascheck.views.summary import summarize

        findings, found = self._session.findings(self._cells(), settings)
        if found.source is not None and found.analysis is not None:
            for model in reversed(summarize(found.source, found.analysis)):
                if name in (None, model.name, model.network.name):
                    sites = sites_of(model.network, found.analysis.paths)
                    return Picture(architecture(model, model.network, found.source, findings, sites))
        raise UsageError("no model" + (f" called {name}" if name is not None else "") + " in this session")

    def _cells(self) -> dict[int, str]:
        """All that was typed, by the numbers of the prompts; the cell that runs now is the last."""
        history = self._shell.history_manager
        typed = list(history.input_hist_raw) if history is not None else [""]
        cells = dict(enumerate(typed[1:], 1))
        if self._last_cell and not (cells and "%%kerascheck" in typed[-1]):
            cells[len(cells) + 1] = self._last_cell  # it runs without being kept
        return cells or {1: ""}

    def _rewrite(self, lines: list[str]) -> list[str]:
        """The lines of a cell with `%%kerascheck` as what IPython runs in its place."""
        self._last_cell, self._checks_only = "", False
        if not lines or not _CELL_MAGIC.match(lines[0]):
            return lines
        self._last_cell = "".join(lines)
        options = _CELL_MAGIC.sub("", lines[0]).rstrip("\n")
        first = f"%kerascheck {_CELL_OPTION}{options}\n"
        self._checks_only = _CHECK_ONLY.search(options) is not None
        return [first] if self._checks_only else [first, *lines[1:]]

    def _note_result(self, result: ExecutionResult) -> None:
        """Keep what the history does not tell of a cell: whether it failed, and which cell of a notebook it was."""
        number = result.execution_count
        if number is None:
            return
        checks_only, self._checks_only = self._checks_only, False
        if checks_only or isinstance(result.error_in_exec, NotRun) or result.error_before_exec is not None:
            self._session.never_ran.add(number)
        elif not result.success:
            self._session.failed.add(number)
        cell_id = getattr(result.info, "cell_id", None)
        if cell_id is not None:
            self._session.ids[number] = cell_id


def _settings(arguments: Any) -> Settings:
    def split(text: str | None) -> list[str]:
        return [part.strip() for part in (text or "").split(",") if part.strip()]

    return api.settings_for(
        select=split(arguments.select) if arguments.select else None,
        ignore=split(arguments.ignore),
        extend_select=split(arguments.extend_select),
    )


def _note(report: api.Report) -> str | None:
    if report.skipped is not None:
        return f"a comment {report.skipped}"
    return f"analysed in part, {report.incomplete}" if report.incomplete is not None else None
