"""Baselines: which findings are known, through the command line and by themselves."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from kerascheck.cli.app import app
from kerascheck.configuration.baseline import Baseline, BaselineError
from kerascheck.diagnostics import Diagnostic, Position, Report, Severity, Span

SCRIPT = """\
from keras.layers import Dense
from keras.models import Sequential

model = Sequential()
model.add(Dense(8, input_dim=4, activation="relu"))
model.add(Dense(8, input_dim=8, activation="relu"))
model.add(Dense(1, activation="sigmoid"))
"""
ANOTHER = SCRIPT.replace(
    "model.add(Dense(1, ", 'model.add(Dense(6, input_dim=8, activation="relu"))\nmodel.add(Dense(1, '
)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KERASCHECK_CACHE_DIR", str(tmp_path / ".cache"))
    monkeypatch.setattr("platformdirs.user_config_dir", lambda *_, **__: str(tmp_path / "none"))
    (tmp_path / "x.py").write_text(SCRIPT)
    return tmp_path


def run(*arguments: str, stdin: str | None = None) -> Result:
    return CliRunner().invoke(app, list(arguments), input=stdin)


def finding(row: int = 1, code: str = "KC103", message: str = "m", filename: str = "x.py") -> Diagnostic:
    place = Span(Position(row, 1), Position(row, 5))
    return Diagnostic(code, "n", Severity.ERROR, message, filename, place)


def known_then_new(
    before: tuple[str, list[Diagnostic]], after: tuple[str, list[Diagnostic]], file: Path = Path("b.json")
) -> list[Diagnostic]:
    """What is new in the second text for a baseline of the first."""
    baseline = Baseline.of(file, [Report("x.py", before[1])], lambda _: before[0].encode())
    baseline.write()
    return Baseline.load(file).new(Report("x.py", after[1]), after[0].encode())


# What is recognised -------------------------------------------------------------------------------------------------


def test_a_finding_is_known_after_its_row_has_moved() -> None:
    assert known_then_new(("a(1)\nb\n", [finding(1)]), ("# new\n\nb\na(1)\n", [finding(4)])) == []


@pytest.mark.parametrize("row", ["    a(1)", "a(1),", "\ta( 1 ) ,".replace("( 1 )", "(1)")])
def test_indentation_and_a_comma_at_the_end_do_not_matter(row: str) -> None:
    assert known_then_new(("a(1)\n", [finding()]), (row + "\n", [finding()])) == []


@pytest.mark.parametrize(
    ("text", "now"),
    [
        ("a(2)\n", finding()),
        ("a(1)\n", finding(code="KC104")),
        ("a(1)\n", finding(message="another")),
    ],
    ids=["row", "code", "message"],
)
def test_what_differs_is_new(text: str, now: Diagnostic) -> None:
    assert known_then_new(("a(1)\n", [finding()]), (text, [now])) == [now]


def test_of_equal_findings_as_many_are_known_as_were_there() -> None:
    text, three = "a\n" * 3, [finding(1), finding(2), finding(3)]
    assert known_then_new((text, three[:2]), (text, three)) == [three[2]]


def test_the_same_finding_in_another_file_is_new() -> None:
    baseline = Baseline.of(Path("b.json"), [Report("x.py", [finding()])], lambda _: b"a\n")
    other = finding(filename="y.py")
    assert baseline.new(Report("y.py", [other]), b"a\n") == [other]


def test_paths_count_from_the_baseline_whatever_the_current_folder(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "ci").mkdir()
    assert run("--write-baseline", "ci/base.json", "x.py").exit_code == 0
    assert list(json.loads((folder / "ci" / "base.json").read_text())["findings"]) == ["../x.py"]
    monkeypatch.chdir(folder / "ci")
    assert run("--baseline", "base.json", "../x.py").exit_code == 0
    assert run("--baseline", "base.json", str(folder / "x.py")).exit_code == 0


def test_a_fault_of_kerascheck_itself_is_never_known() -> None:
    crash = Report("x.py", [finding(code="KC002")], crashed=True)
    baseline = Baseline.of(Path("b.json"), [crash], lambda _: b"a\n")
    assert len(baseline) == 0
    assert Baseline.of(Path("b.json"), [Report("x.py", [finding(code="KC002")])], lambda _: b"").new(crash, b"")


def test_files_that_are_no_text_or_no_python_have_known_findings_too(folder: Path) -> None:
    (folder / "latin.py").write_bytes(b"import keras\n# \xe9\n")
    (folder / "broken.py").write_bytes(b"import keras\nprint keras\n")
    assert run("latin.py", "broken.py").exit_code == 1
    run("--write-baseline", "b.json", "latin.py", "broken.py")
    assert run("--baseline", "b.json", "latin.py", "broken.py").exit_code == 0


def test_cells_of_a_notebook_may_move(folder: Path) -> None:
    def notebook(*sources: str) -> str:
        cells = [{"cell_type": "code", "source": text, "metadata": {}, "outputs": []} for text in sources]
        return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})

    (folder / "n.ipynb").write_text(notebook(SCRIPT))
    assert run("n.ipynb").exit_code == 1
    run("--write-baseline", "b.json", "n.ipynb")
    (folder / "n.ipynb").write_text(notebook("x = 1\n", "# more\n" + SCRIPT))
    assert run("--baseline", "b.json", "n.ipynb").exit_code == 0


# The command line ---------------------------------------------------------------------------------------------------


def test_what_is_written_is_known_and_the_rest_is_reported(folder: Path) -> None:
    written = run("--write-baseline", "b.json", "x.py")
    assert (written.exit_code, written.stdout) == (0, "")
    assert "b.json: 1 finding written" in written.stderr
    known = run("--baseline", "b.json", "x.py")
    assert (known.exit_code, known.stdout) == (0, "No findings.\nChecked 1 file, 1 model: 1 exact.\n")
    assert known.stderr == "note: b.json: 1 known finding not shown\n"
    (folder / "x.py").write_text("# one more row\n" + ANOTHER)
    new = run("--baseline", "b.json", "x.py")
    assert new.exit_code == 1 and new.stdout.startswith("x.py:8:20: KC103 ")
    assert new.stdout.count("KC103") == 1


def test_the_file_is_sorted_and_ends_with_a_newline(folder: Path) -> None:
    run("--write-baseline", "b.json", "x.py")
    first = (folder / "b.json").read_text()
    [entry] = json.loads(first)["findings"]["x.py"]
    assert list(entry) == ["code", "message", "line", "count"] and entry["code"] == "KC103"
    assert first.endswith("}\n")
    run("--write-baseline", "b.json", "x.py")
    assert (folder / "b.json").read_text() == first


def test_by_configuration_relative_to_its_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run("--write-baseline", "b.json", "x.py")
    (folder / "pyproject.toml").write_text("[tool.kerascheck]\nbaseline = 'b.json'\n")
    assert run("x.py").exit_code == 0
    assert run("--no-baseline", "x.py").exit_code == 1
    (folder / "sub").mkdir()
    monkeypatch.chdir(folder / "sub")
    assert run("../x.py").exit_code == 0
    assert f"{folder / 'b.json'}" in run("config").stdout


def test_writing_takes_all_findings_whatever_baseline_is_configured(folder: Path) -> None:
    (folder / "pyproject.toml").write_text("[tool.kerascheck]\nbaseline = 'b.json'\n")
    assert run("--write-baseline", "b.json", "x.py").exit_code == 0  # though there is none yet
    run("--write-baseline", "b.json", "x.py")
    assert len(Baseline.load(folder / "b.json")) == 1


def test_entries_that_are_gone_are_told(folder: Path) -> None:
    (folder / "y.py").write_text(SCRIPT)
    (folder / "z.py").write_text(SCRIPT)
    run("--write-baseline", "b.json", ".")
    (folder / "x.py").write_text("import keras\n")
    (folder / "y.py").unlink()
    gone = run("--baseline", "b.json", "x.py")
    assert gone.exit_code == 0
    assert gone.stderr == (
        "note: b.json: 0 known findings not shown, 2 no longer there; `kerascheck --write-baseline b.json` refreshes it\n"
    )


def test_rules_that_do_not_run_tell_nothing_about_their_entries(folder: Path) -> None:
    run("--write-baseline", "b.json", "x.py")
    assert "no longer there" not in run("--baseline", "b.json", "--select", "KC101", "x.py").stderr
    assert "no longer there" not in run("--baseline", "b.json", "--ignore", "KC103", "x.py").stderr


def test_only_new_findings_are_fixed(folder: Path) -> None:
    run("--write-baseline", "b.json", "x.py")
    (folder / "x.py").write_text(ANOTHER)
    shown = run("--baseline", "b.json", "--diff", "x.py")
    assert shown.exit_code == 1 and "-model.add(Dense(6, input_dim=8" in shown.stdout
    assert "-model.add(Dense(8" not in shown.stdout
    result = run("--baseline", "b.json", "--fix", "x.py")
    assert (result.exit_code, result.stdout) == (0, "Fixed 1 finding.\nChecked 1 file, 1 model: 1 exact.\n")
    assert (folder / "x.py").read_text() == ANOTHER.replace("Dense(6, input_dim=8, ", "Dense(6, ")


def test_fixes_come_before_writing(folder: Path) -> None:
    run("--fix", "--write-baseline", "b.json", "x.py")
    assert len(Baseline.load(folder / "b.json")) == 0 and "input_dim=8" not in (folder / "x.py").read_text()


def test_stdin(folder: Path) -> None:
    run("--write-baseline", "b.json", "x.py")
    known = run("-", "--baseline", "b.json", "--stdin-filename", "x.py", stdin=SCRIPT)
    assert known.exit_code == 0 and "1 known finding" in known.stderr
    assert run("-", "--baseline", "b.json", "--stdin-filename", "x.py", stdin=ANOTHER).exit_code == 1
    fixed = run("-", "--baseline", "b.json", "--fix", "--stdin-filename", "x.py", stdin=ANOTHER)
    assert fixed.exit_code == 0 and fixed.stdout == ANOTHER.replace("Dense(6, input_dim=8, ", "Dense(6, ")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "b.json: no such baseline; `kerascheck --write-baseline b.json` writes it"),
        ("", "b.json: a broken baseline (JSONDecodeError"),
        ("[]", "b.json: not a baseline of kerascheck"),
        ('{"findings": {}}', "b.json: not a baseline of kerascheck"),
        ('{"version": 99, "findings": {}}', "b.json: a baseline of version 99, not 1"),
        ('{"version": 1}', "b.json: a broken baseline (KeyError"),
        ('{"version": 1, "findings": {"x.py": [{}]}}', "b.json: a broken baseline (KeyError"),
        ('{"version": 1, "findings": {"x.py": 1}}', "b.json: a broken baseline (TypeError"),
        (
            '{"version": 1, "findings": {"x.py": [{"code": 1, "message": "", "line": "", "count": 1}]}}',
            "an entry of x.py has values of other types",
        ),
        ("[" * 100_000, "b.json: a broken baseline (RecursionError"),
    ],
)
def test_a_baseline_that_cannot_be_read_is_an_error(folder: Path, content: str | None, message: str) -> None:
    if content is not None:
        (folder / "b.json").write_text(content)
    result = run("--baseline", "b.json", "x.py")
    assert (result.exit_code, result.stdout) == (2, "")
    assert message in result.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--write-baseline", "nowhere/b.json", "x.py"], "nowhere/b.json: cannot be written: No such file"),
        (["--write-baseline", "b.json", "--diff", "x.py"], "goes not with --diff"),
        (["--write-baseline", "b.json", "--diff-base", "main", "x.py"], "goes not with --diff-base"),
        (["--write-baseline", "b.json", "-"], "goes not with standard input"),
    ],
)
def test_what_cannot_be_done_is_an_error(arguments: list[str], message: str) -> None:
    result = run(*arguments)
    assert result.exit_code == 2 and message in result.stderr


def test_a_configured_path_must_be_a_text(folder: Path) -> None:
    (folder / "pyproject.toml").write_text("[tool.kerascheck]\nbaseline = 1\n")
    assert "'baseline' must be the path of a file" in run("x.py").stderr


def test_a_folder_is_no_baseline(folder: Path) -> None:
    with pytest.raises(BaselineError, match="cannot be read: Is a directory"):
        Baseline.load(folder)


def test_names_that_are_no_text_survive() -> None:
    def read(_: str) -> bytes:
        return b"a\n"

    name = "\udcff.py"
    report = Report(name, [finding(filename=name, message="\ud800")])
    Baseline.of(Path("b.json"), [report], read).write()
    assert Baseline.load(Path("b.json")).new(report, b"a\n") == []
