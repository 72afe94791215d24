"""One small run for the tests of the formats: findings of every kind, in files with every kind of trouble."""

from __future__ import annotations

import json

from kerascheck.diagnostics import Applicability, Diagnostic, Edit, Fix, Position, Report, Severity, Span
from kerascheck.reporters.base import Outcome

#: A name and a message with all that some format gives a meaning.
NASTY_NAME = "src/50% a,b:c\n<&>\"'\x1b[1m\udcff.py"
NASTY_MESSAGE = "100% of: a,b\r\nnew\x00\x1b[31m \ud800 <&> ]]> é 日本 🙂 ::error::"

PROGRAM = "import keras\n\nmodel.add(Dense('é 🙂', input_dim=8))\nmodel.fit(\n    x,\n)\nmodel.fit(\n    x,\n)\n"

NOTEBOOK = {
    "cells": [
        {"cell_type": "markdown", "metadata": {}, "source": ["# Title\n", "import keras"]},
        {
            "cell_type": "code",
            "execution_count": None,
            "metadata": {},
            "outputs": [],
            "source": ["import keras\n", "\n", "x = 1"],
        },
        {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": [], "source": "y = 1\nz = 2\n"},
    ],
    "metadata": {},
    "nbformat": 4,
    "nbformat_minor": 5,
}

FILES = {
    "src/model.py": PROGRAM.encode(),
    "src/notebook.ipynb": json.dumps(NOTEBOOK, indent=1).encode(),
    "src/broken.py": b"import keras\n\nprint keras\n",
    "src/latin.py": b"import keras\n# \xe9\n",
    NASTY_NAME: b"import keras\n",
}


def read(filename: str) -> bytes:
    """The bytes of one of the files; OSError for those that are not there."""
    try:
        return FILES[filename]
    except KeyError:
        raise FileNotFoundError(filename) from None


def found(
    filename: str,
    code: str,
    name: str,
    severity: Severity,
    message: str,
    *place: int,
    cell: int | None = None,
    fix: Applicability | None = None,
    help: str | None = None,
) -> Diagnostic:
    """A finding at (row, column, last row, last column)."""
    span = Span(Position(*place[:2]), Position(*place[2:]))
    edit = Edit(Span(Position(span.start.row, span.start.column - 2), span.end), "")
    repair = Fix(fix, "Remove it", (edit,)) if fix is not None else None
    return Diagnostic(code, name, severity, message, filename, span, cell, repair, help, span.start.row)


def outcome() -> Outcome:
    """The run: a fix of each kind, two findings that differ in their place only, a notebook, faults of files."""
    shape = ("KC103", "redundant-input-shape", Severity.WARNING, "input_dim=8 is ignored here")
    fit = ("KC210", "fit-input-shape", Severity.ERROR, "fgot (8,)")
    advice = ("KC107", "deep-for-its-width", Severity.INFO, "5 layers of 2")
    reports = [
        Report(
            "src/model.py",
            [
                found("src/model.py", *shape, 3, 24, 3, 35, fix=Applicability.SAFE, help="Take it out."),
                found("src/model.py", *fit, 4, 1, 6, 2),
                found("src/model.py", *fit, 7, 1, 9, 2),
                found("src/model.py", *advice, 3, 11, 3, 35, fix=Applicability.UNSAFE),
            ],
            incomplete="the budget for one file is used up",
        ),
        Report(
            "src/notebook.ipynb",
            [
                found("src/notebook.ipynb", *shape, 3, 1, 3, 6, cell=2),
                found("src/notebook.ipynb", *shape, 2, 1, 2, 6, cell=3),
            ],
        ),
        Report(
            "src/broken.py",
            [found("src/broken.py", "KC001", "syntax-error", Severity.ERROR, "Missing parentheses", 3, 1, 3, 1)],
        ),
        Report(
            "src/latin.py",
            [found("src/latin.py", "KC002", "unreadable-file", Severity.ERROR, "not valid utf-8", 2, 3, 2, 3)],
        ),
        Report(
            "src/gone.py",
            [found("src/gone.py", "KC002", "unreadable-file", Severity.ERROR, "internal error", 1, 1, 1, 1)],
            crashed=True,
        ),
        Report(
            NASTY_NAME,
            [found(NASTY_NAME, "KC003", "unused-suppression", Severity.WARNING, NASTY_MESSAGE, 1, 1, 1, 7)],
        ),
        Report("src/clean.py"),
        Report("src/other.py", skipped="does not mention Keras"),
    ]
    return Outcome(reports, read)
