"""What concerns no model changes nothing: an unrelated statement before a program moves its rows and no more.

Every statement hangs on something that is not known. None of them touches a model, so the summary and the findings of
each program in `fixtures/` must be those that it has without it.
"""

from __future__ import annotations

import ast
import json
import random
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from kerascheck.configuration.config import Settings
from kerascheck.engine import examine
from kerascheck.runtime.recursion import deep_recursion
from kerascheck.views.summary import summarize

pytestmark = pytest.mark.slow

FIXTURES = Path(__file__).parents[2] / "fixtures"
FILES = sorted(path for path in FIXTURES.glob("*/*") if path.suffix in (".py", ".ipynb"))
#: Fixtures per statement in the quick test.
SAMPLE = 3

UNRELATED = {
    "if": """
        if os.environ.get("UNRELATED"):
            unrelated_folder = "a"
        """,
    "if with else": """
        if os.environ.get("UNRELATED") == "1":
            unrelated_folder = "a"
        else:
            unrelated_folder = "b"
        """,
    "elif": """
        if os.environ.get("UNRELATED") == "1":
            unrelated_folder = "a"
        elif os.path.exists("unrelated.txt"):
            unrelated_folder = "b"
        elif "OTHER" in os.environ:
            print("c")
        """,
    "nested if": """
        unrelated_steps = 1
        if os.environ.get("UNRELATED"):
            unrelated_steps += 1
            if os.environ.get("OTHER"):
                unrelated_steps = unrelated_steps * 2
        """,
    "two conditions": """
        unrelated_steps = 1
        if os.environ.get("UNRELATED"):
            unrelated_steps += 1
        if os.environ.get("OTHER"):
            unrelated_steps += 1
        """,
    "assert": """
        assert os.path.exists("unrelated.txt"), "no data"
        """,
    "if that leaves": """
        if not os.path.exists("unrelated.txt"):
            raise SystemExit("no data")
        """,
    "if that raises": """
        if int(os.environ.get("UNRELATED", "3")) > 4:
            raise ValueError("too many")
        """,
    "for": """
        unrelated_files = []
        for unrelated_file in glob.glob("unrelated/*.csv"):
            unrelated_files.append(unrelated_file)
        """,
    "for with break": """
        for unrelated_file in glob.glob("unrelated/*.csv"):
            if unrelated_file.endswith("x.csv"):
                continue
            if os.path.exists(unrelated_file):
                break
        else:
            unrelated_file = None
        """,
    "for of known count": """
        unrelated_files = []
        for unrelated_count in range(3):
            if os.path.exists(f"{unrelated_count}.csv"):
                unrelated_files.append(unrelated_count)
        """,
    "while": """
        unrelated_count = 0
        while os.path.exists(f"unrelated{unrelated_count}.csv"):
            unrelated_count += 1
        """,
    "while with break": """
        unrelated_count = 0
        while True:
            unrelated_count += 1
            if unrelated_count > 3 or os.environ.get("UNRELATED"):
                break
        """,
    "try": """
        try:
            unrelated_number = int(os.environ["UNRELATED"])
        except (KeyError, ValueError):
            unrelated_number = 3
        """,
    "try with an import": """
        try:
            import unrelated_package
        except ImportError:
            unrelated_package = None
        """,
    "try with an unknown call": """
        import unrelated_package

        try:
            unrelated_package.set_up("a")
        except RuntimeError as unrelated_error:
            print(unrelated_error)
        """,
    "try with finally": """
        try:
            if os.environ.get("UNRELATED"):
                print("a")
        finally:
            unrelated_done = True
        """,
    "with": """
        with open("unrelated.txt") as unrelated_file:
            unrelated_text = unrelated_file.read()
        """,
    "with that swallows": """
        with contextlib.suppress(KeyError):
            unrelated_number = os.environ["UNRELATED"]
        """,
    "helper": """
        def unrelated_helper(number):
            if os.environ.get("UNRELATED"):
                return number
            return number + 1


        unrelated_number = unrelated_helper(3)
        """,
    "helper that leaves a loop": """
        def unrelated_helper(names):
            for name in names:
                if os.path.exists(name):
                    return name
            return None


        unrelated_name = unrelated_helper(["a", "b"])
        """,
    "helper that recurses": """
        def unrelated_helper(number):
            if number > int(os.environ.get("UNRELATED", "3")):
                return number
            return unrelated_helper(number + 1)


        unrelated_number = unrelated_helper(0)
        """,
    "closure": """
        def unrelated_maker():
            count = 0

            def unrelated_step():
                nonlocal count
                if os.environ.get("UNRELATED"):
                    count += 1
                return count

            return unrelated_step


        unrelated_number = unrelated_maker()()
        """,
    "generator": """
        def unrelated_numbers():
            for number in range(4):
                if os.environ.get("UNRELATED"):
                    continue
                yield number


        unrelated_list = list(unrelated_numbers())
        """,
    "class": """
        class UnrelatedState:
            def __init__(self):
                self.steps = 1
                if os.environ.get("UNRELATED"):
                    self.steps = 2

            def step(self):
                if self.steps > 1:
                    return self
                self.steps += 1
                return self


        unrelated_state = UnrelatedState().step()
        """,
    "flag": """
        unrelated_flag = os.environ.get("UNRELATED", "0") == "1"
        """,
    "conditional expression": """
        unrelated_number = 3 if os.environ.get("UNRELATED") else 4
        unrelated_other = unrelated_number * 2 + 1
        """,
    "and, or, chain": """
        unrelated_flag = os.environ.get("UNRELATED") and not os.environ.get("OTHER") or os.path.exists("a")
        unrelated_other = 1 < int(os.environ.get("UNRELATED", "3")) <= 4
        """,
    "comprehension": """
        unrelated_list = [name for name in ("a", "b", "c") if os.path.exists(name)]
        """,
    "match": """
        match os.environ.get("UNRELATED"):
            case "a":
                unrelated_number = 1
            case "b" | "c":
                unrelated_number = 2
            case _:
                print("d")
        """,
    "alias": """
        unrelated_list = [1, 2]
        unrelated_other = unrelated_list
        if os.environ.get("UNRELATED"):
            unrelated_other.append(3)
        unrelated_list.append(4)
        """,
    "conditional definition": """
        if os.environ.get("UNRELATED"):

            def unrelated_helper():
                return 1

        else:

            def unrelated_helper():
                return 2


        unrelated_number = unrelated_helper()
        """,
    "unknown data": """
        import unrelated_package

        unrelated_data = unrelated_package.read("a.bin")
        if unrelated_data.size > 10:
            unrelated_data = unrelated_data[:10]
        """,
}  # fmt: skip

HEAD = "import contextlib\nimport glob\nimport os\n\n"


#: Statements that do not end the program: all of these together change nothing either.
TOGETHER = [kind for kind in UNRELATED if kind not in ("assert", "if that leaves", "if that raises")]


def added(*kinds: str) -> str:
    rows = [row for kind in kinds for row in UNRELATED[kind].split("\n")[1:-1]]
    return HEAD + "".join(f"{row[8:]}\n" for row in rows)


def first_row(code: str) -> int:
    """The row of the first statement behind docstring and imports."""
    for number, statement in enumerate(ast.parse(code).body):
        if isinstance(statement, (ast.Import, ast.ImportFrom)):
            continue
        if number == 0 and isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
            continue
        decorators = getattr(statement, "decorator_list", [])
        return min([statement.lineno, *(one.lineno for one in decorators)])
    return len(code.splitlines()) + 1


def changed(path: Path, text: str) -> tuple[str, int | None, int]:
    """The file with the text put in: its content, and the cell and the row of it that move down."""
    content = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        row = first_row(content)
        return _with(content, row, text), None, row
    notebook = json.loads(content)
    codes = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    for number, cell in enumerate(codes, 1):
        code = "".join(cell["source"])
        row = first_row("\n".join("" if line.startswith(("%", "!")) else line for line in code.splitlines()))
        if row <= len(code.splitlines()):
            cell["source"] = _with(code, row, text)
            return json.dumps(notebook), number, row
    raise AssertionError(f"{path} has no code")


def _with(code: str, row: int, text: str) -> str:
    lines = code.splitlines(keepends=True)
    return "".join(lines[: row - 1]) + text + "".join(lines[row - 1 :])


def seen(content: str, path: Path) -> tuple[list[dict[str, Any]], list[tuple[int | None, int, str, str]]]:
    """The summary, as JSON has it, and the findings."""
    found = examine(content.encode(), str(path), Settings())
    assert found.source is not None and found.analysis is not None
    with deep_recursion():
        models = [model.as_dict() for model in summarize(found.source, found.analysis)]
    findings = [(one.cell, one.span.start.row, one.code, one.message) for one in found.report.diagnostics]
    return models, findings


@cache
def original(path: Path) -> tuple[str, str]:
    """What is seen of the file as it is."""
    models, findings = seen(path.read_text(encoding="utf-8"), path)
    return json.dumps(models), json.dumps(findings)


def check(path: Path, *kinds: str) -> None:
    text = added(*kinds)
    content, in_cell, from_row = changed(path, text)
    by = text.count("\n")

    def back(cell: int | None, row: int | None) -> int | None:
        return row - by if row is not None and cell == in_cell and row >= from_row + by else row

    models, findings = seen(content, path)
    for model in models:
        model["row"] = back(model["cell"], model["row"])
        for layer in model["layers"]:
            if layer is not None and path.suffix == ".py":
                layer["row"] = back(None, layer["row"])
    shifted = [(cell, back(cell, row), code, message) for cell, row, code, message in findings]
    expected_models, expected_findings = map(json.loads, original(path))
    if path.suffix != ".py":  # the rows of layers do not say in which cell
        for model in (*models, *expected_models):
            model["layers"] = [layer and {**layer, "row": None} for layer in model["layers"]]
    assert models == expected_models
    assert sorted(map(list, shifted), key=repr) == sorted(expected_findings, key=repr)


@pytest.mark.parametrize("kind", UNRELATED)
def test_an_unrelated_statement_changes_nothing(kind: str) -> None:
    for path in random.Random(kind).sample(FILES, SAMPLE):
        check(path, kind)


@pytest.mark.parametrize("count", [2, 5, 10, len(TOGETHER)])
def test_nor_do_many_unrelated_statements(count: int) -> None:
    chosen = random.Random(count)
    for path in chosen.sample(FILES, SAMPLE):
        check(path, *chosen.sample(TOGETHER, count))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_nor_do_all_of_them_anywhere(path: Path) -> None:
    check(path, *TOGETHER)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
@pytest.mark.parametrize("kind", UNRELATED)
def test_an_unrelated_statement_changes_nothing_anywhere(kind: str, path: Path) -> None:
    check(path, kind)


def test_statements_are_put_behind_the_imports() -> None:
    assert first_row('"""Text."""\nimport a\nfrom b import c\n\n@d\ndef e(): ...\n') == 5
    assert first_row("x = 1\nimport a\n") == 1


def test_the_comparison_is_not_idle() -> None:
    """Most fixtures have models, and the bad ones findings."""
    results = [original(path) for path in FILES]
    assert sum(models != "[]" for models, _ in results) > 10
    assert sum(findings != "[]" for _, findings in results) >= 8
