"""Small whole programs: what Keras runs is not blamed, what it refuses is named.

They stand in the files of `tests/programs`, one subject each, under titles `# -- title: verdict`; what stands above the
first title comes before each of them. The verdicts: `fine`, `refused` (in the row of the last statement), `refused
inside` (in a row that the last statement leads to), and `fine (not run)` for what needs files or packages that are not
there; `unwise` is blamed in the row of `compile`, though Keras runs it.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from kerascheck.configuration.config import Settings
from kerascheck.diagnostics import Severity
from kerascheck.engine import check_source

_FOLDER = Path(__file__).parent / "programs"
#: Advice on the architecture, which these programs are too small to follow.
_ADVICE = re.compile(r"KC1\d\d|KC405")


def _programs(*verdicts: str) -> list[Any]:
    found = []
    for file in sorted(_FOLDER.glob("*.py")):
        before, *parts = re.split(r"^# -- (.+)\n", file.read_text(), flags=re.MULTILINE)
        for title, code in zip(parts[::2], parts[1::2], strict=True):
            name, _, verdict = title.partition(": ")
            assert verdict in ("fine", "refused", "refused inside", "fine (not run)", "unwise"), title
            if verdict in verdicts:
                found.append(pytest.param(before + code, id=f"{file.stem}: {name}"))
    return found


def _blamed(code: str) -> dict[int, list[str]]:
    report = check_source(code.encode(), "example.py", Settings())
    rows: dict[int, list[str]] = {}
    for found in report.diagnostics:
        harmful = found.severity in (Severity.ERROR, Severity.WARNING)
        if harmful and not _ADVICE.fullmatch(found.code):
            rows.setdefault(found.span.start.row, []).append(f"{found.code} {found.message}")
    return rows


@pytest.mark.parametrize("code", _programs("fine", "fine (not run)"))
def test_a_correct_program_is_not_blamed(code: str) -> None:
    assert _blamed(code) == {}


@pytest.mark.parametrize("code", _programs("refused"))
def test_a_refused_program_is_blamed_for_its_last_statement(code: str) -> None:
    last = len(code.rstrip().splitlines())
    assert list(_blamed(code)) == [last]


@pytest.mark.parametrize("code", _programs("unwise"))
def test_an_unwise_program_is_blamed_where_it_compiles(code: str) -> None:
    rows = _blamed(code)
    assert rows and all(".compile(" in code.splitlines()[row - 1] for row in rows)


@pytest.mark.parametrize("code", _programs("refused inside"))
def test_a_refused_program_is_blamed_where_it_fails(code: str) -> None:
    assert len(_blamed(code)) == 1


@pytest.mark.oracle
@pytest.mark.parametrize("code", _programs("fine", "unwise"))
def test_keras_runs_what_is_fine(keras: Any, code: str) -> None:
    exec(compile(code, "example.py", "exec"), {"__name__": "example"})


@pytest.mark.oracle
@pytest.mark.parametrize("code", _programs("refused", "refused inside"))
def test_keras_refuses_what_is_refused(keras: Any, code: str) -> None:
    before, last = code.rstrip().rsplit("\n", 1)
    names: dict[str, Any] = {"__name__": "example"}
    exec(compile(before, "example.py", "exec"), names)
    with pytest.raises(Exception):  # noqa: B017 (which one is Keras's affair)
        exec(compile(last, "example.py", "exec"), names)
