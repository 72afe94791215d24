"""What has been run in a session, as one program: each cell by the number of its prompt."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kerascheck import api

if TYPE_CHECKING:
    from kerascheck.configuration.config import Settings
    from kerascheck.diagnostics import Diagnostic
    from kerascheck.engine import Examination

#: The name under which a session is checked: imports and settings are those of the folder that it works in.
NAME = "In.ipynb"


@dataclass
class Session:
    """Facts about the cells so far that their texts do not tell, by the numbers of their prompts."""

    failed: set[int] = field(default_factory=set)
    never_ran: set[int] = field(default_factory=set)  # only checked, or refused before their first statement
    ids: dict[int, str] = field(default_factory=dict)  # of the cells of a notebook, which may run several times

    def superseded(self, cell: int) -> bool:
        """Whether the cell of the notebook has been run again since: what it held then is not to be seen any more."""
        mine = self.ids.get(cell)
        return mine is not None and any(other > cell and found == mine for other, found in self.ids.items())

    def examine(self, cells: Mapping[int, str], settings: Settings) -> Examination:
        """Check cells as one program.

        What a cell that failed did before it failed is not known, so what it may have changed is not either.
        """
        from kerascheck.text.notebook import Notebook

        cells = {number: "" if number in self.never_ran else text for number, text in cells.items()}
        text = _notebook(cells)
        failed = self.failed & cells.keys()
        if failed:
            notebook = Notebook(text)
            notebook.leave_out(failed)
            text = _notebook({**cells, **{number: notebook.program_of(number) for number in failed}})
        return api.examine(text, NAME, settings=settings)

    def findings(self, cells: Mapping[int, str], settings: Settings) -> tuple[list[Diagnostic], Examination]:
        """The findings in cells that still stand as they were run."""
        found = self.examine(cells, settings)
        shown = [d for d in found.report.diagnostics if d.cell is None or not self.superseded(d.cell)]
        return shown, found


def new_findings(after: Iterable[Diagnostic], before: Iterable[Diagnostic], cell: int) -> list[Diagnostic]:
    """What a cell brings: the findings in it, and those elsewhere that are only there since."""
    known = {(d.cell, d.span, d.code, d.message) for d in before}
    return [d for d in after if d.cell == cell or (d.cell, d.span, d.code, d.message) not in known]


def _notebook(cells: Mapping[int, str]) -> str:
    """The JSON of a notebook in which each cell has its number."""
    last = max(cells, default=0)
    code = [{"cell_type": "code", "source": cells.get(number, "")} for number in range(1, last + 1)]
    return json.dumps({"cells": code, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
