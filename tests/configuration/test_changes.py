"""Findings on rows changed since a git revision, in real repositories."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from kerascheck.cli.app import app
from kerascheck.configuration.changes import Changes, ChangesError
from kerascheck.diagnostics import Diagnostic, Position, Report, Severity, Span

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="needs git")

SCRIPT = """\
from keras.layers import Dense
from keras.models import Sequential

model = Sequential()
model.add(Dense(8, input_dim=4, activation="relu"))
model.add(Dense(8, input_dim=9, activation="relu"))
model.add(Dense(1, activation="sigmoid"))
"""
NEW = 'model.add(Dense(6, input_dim=9, activation="relu"))\n'
ANOTHER = SCRIPT.replace("model.add(Dense(1, ", NEW + "model.add(Dense(1, ")


def git(*arguments: str, folder: Path | None = None) -> str:
    command = ["git", "-c", "user.name=n", "-c", "user.email=e", "-c", "commit.gpgsign=false", *arguments]
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with one commit, of x.py."""
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.setenv("KERASCHECK_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setattr("platformdirs.user_config_dir", lambda *_, **__: str(tmp_path / "none"))
    repository = tmp_path / "r"
    repository.mkdir()
    monkeypatch.chdir(repository)
    git("init", "-q", "-b", "main")
    commit("x.py", SCRIPT)
    return repository


def commit(name: str, text: str) -> None:
    Path(name).parent.mkdir(parents=True, exist_ok=True)
    Path(name).write_text(text)
    git("add", "-A")
    git("commit", "-q", "-m", "x")


def run(*arguments: str, stdin: str | None = None) -> Result:
    return CliRunner().invoke(app, list(arguments), input=stdin)


def rows(*arguments: str, revision: str = "main") -> list[str]:
    """The places of the findings that are reported."""
    result = run("--diff-base", revision, "--output-format", "json-lines", *(arguments or ["."]))
    assert result.exit_code in (0, 1), result.output
    found = [json.loads(line) for line in result.stdout.splitlines()]
    return [f"{Path(item['filename']).name}:{item['location']['row']}" for item in found]


def touched(raw: str, *spans: tuple[int, int, int, int], name: str = "x.py") -> list[int]:
    """The first rows of the findings at these places that are kept."""
    found = [
        Diagnostic("KC103", "n", Severity.ERROR, "m", name, Span(Position(a, b), Position(c, d)))
        for a, b, c, d in spans
    ]
    return [item.span.start.row for item in Changes("main").touched(Report(name, found), raw.encode())]


# What counts as changed ---------------------------------------------------------------------------------------------


def test_nothing_has_changed() -> None:
    assert rows() == []


def test_rows_that_are_not_committed(folder: Path) -> None:
    (folder / "x.py").write_text("# first\n" + ANOTHER)
    assert rows() == ["x.py:8"]
    git("add", "-A")
    assert rows() == ["x.py:8"]


def test_rows_of_a_branch_since_it_parted() -> None:
    git("checkout", "-q", "-b", "feature")
    commit("x.py", ANOTHER)
    git("checkout", "-q", "main")
    commit("y.py", SCRIPT)  # changes of the other side are not ours
    commit("x.py", "# other\n" + SCRIPT)
    git("checkout", "-q", "feature")
    assert rows() == ["x.py:7"]
    assert rows(revision="HEAD") == []
    assert rows(revision="HEAD~1") == ["x.py:7"]


def test_files_that_are_not_tracked_have_changed_as_a_whole(folder: Path) -> None:
    (folder / "new.py").write_text(SCRIPT)
    (folder / "staged.py").write_text(SCRIPT)
    git("add", "staged.py")
    (folder / ".gitignore").write_text("ignored.py\n")
    (folder / "ignored.py").write_text(SCRIPT)
    assert rows() == ["new.py:6", "staged.py:6"]
    assert rows("ignored.py") == ["ignored.py:6"]
    git("add", "-N", "new.py")
    assert rows("new.py") == ["new.py:6"]


def test_renames_are_followed(folder: Path) -> None:
    git("mv", "x.py", "moved.py")
    assert rows() == []
    (folder / "moved.py").write_text(ANOTHER)
    assert rows() == ["moved.py:7"]


@pytest.mark.parametrize(
    "name", ["a b.py", 'é"\\.py', "日本.py", "-x.py", "[a]*.py", ":(top)x.py", "tab\there.py", "new\nline.py"]
)
def test_names_of_every_kind(folder: Path, name: str) -> None:
    commit("sub/" + name, SCRIPT)
    assert rows("sub") == []
    (folder / "sub" / name).write_text(ANOTHER)
    assert rows("sub") == [f"{name}:7"]
    git("mv", "--", "sub/" + name, "renamed.py")
    assert rows("renamed.py") == ["renamed.py:7"]


def test_in_a_folder_of_the_repository(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commit("a/b/y.py", SCRIPT)
    (folder / "a" / "b" / "y.py").write_text(ANOTHER)
    monkeypatch.chdir(folder / "a")
    git("config", "diff.relative", "true")
    assert rows("b/y.py") == ["y.py:7"]
    monkeypatch.chdir("/")
    assert rows(str(folder / "a")) == ["y.py:7"]


def test_spans_of_several_rows() -> None:
    before = "".join(f"{row}\n" for row in range(1, 11))
    commit("x.py", before)
    text = before.replace("5\n", "five\n")
    Path("x.py").write_text(text)
    spans = [(4, 1, 4, 2), (4, 1, 5, 2), (5, 1, 5, 2), (5, 3, 9, 1), (6, 1, 9, 1), (1, 1, 5, 1), (1, 2, 10, 2)]
    assert touched(text, *spans) == [4, 5, 5, 1]


def test_rows_that_were_taken_out() -> None:
    before = "".join(f"{row}\n" for row in range(1, 11))
    commit("x.py", before)
    text = before.replace("5\n", "")
    Path("x.py").write_text(text)
    assert touched(text, (4, 1, 4, 2), (5, 1, 5, 2), (4, 1, 5, 2), (3, 1, 8, 2), (5, 1, 8, 2)) == [4, 3]


def test_a_file_with_other_ends_of_lines() -> None:
    git("config", "core.autocrlf", "true")
    Path("x.py").write_bytes(ANOTHER.replace("\n", "\r\n").encode())
    assert rows() == ["x.py:7"]


def test_rows_of_a_notebook_are_those_of_its_cells(folder: Path) -> None:
    def notebook(*lines: str) -> str:
        code = {"cell_type": "code", "source": list(lines), "metadata": {}, "outputs": [], "execution_count": None}
        text = {"cell_type": "markdown", "source": ["# A\n", "model"], "metadata": {}}
        return json.dumps({"cells": [text, code], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}, indent=1)

    lines = SCRIPT.splitlines(keepends=True)
    commit(".gitattributes", "*.ipynb -diff\n")
    commit("n.ipynb", notebook(*lines))
    assert rows("n.ipynb") == []
    (folder / "n.ipynb").write_text(notebook("\n", *lines[:6], NEW, *lines[6:]))
    assert rows("n.ipynb") == ["n.ipynb:8"]


def test_a_file_that_cannot_be_checked_counts_if_it_has_changed(folder: Path) -> None:
    commit("x.py", "import keras\n\n\n\nprint keras\n")
    assert rows() == []
    (folder / "x.py").write_text("import keras\n# changed\n\n\nprint keras\n")
    assert rows() == ["x.py:5"]
    (folder / "x.py").write_bytes(b"import keras\n# changed\n\n\n#\xff\n")
    assert rows() == ["x.py:5"]


def test_rows_that_end_with_a_return_alone(folder: Path) -> None:
    commit("x.py", SCRIPT.replace("\n", "\r"))
    assert rows() == []
    (folder / "x.py").write_bytes(ANOTHER.replace("\n", "\r").encode())
    assert rows() == ["x.py:6", "x.py:7"]


def test_a_conflict(folder: Path) -> None:
    git("checkout", "-q", "-b", "other")
    commit("x.py", SCRIPT.replace("Dense(1,", "Dense(2,"))
    git("checkout", "-q", "main")
    commit("x.py", SCRIPT.replace("Dense(1,", "Dense(3,"))
    with pytest.raises(subprocess.CalledProcessError):
        git("merge", "other")
    assert rows() == ["x.py:7"]  # where the markers are


# With other options -------------------------------------------------------------------------------------------------


def test_only_changed_rows_are_fixed(folder: Path) -> None:
    (folder / "x.py").write_text(ANOTHER)
    shown = run("--diff-base", "main", "--diff", "x.py")
    assert "-model.add(Dense(6, input_dim=9" in shown.stdout and "-model.add(Dense(8" not in shown.stdout
    result = run("--diff-base", "main", "--fix", "x.py")
    assert (result.exit_code, result.stdout) == (0, "Fixed 1 finding.\nChecked 1 file, 1 model: 1 exact.\n")
    assert (folder / "x.py").read_text() == ANOTHER.replace("Dense(6, input_dim=9, ", "Dense(6, ")


def test_stdin_is_a_version_of_its_file(folder: Path) -> None:
    def found(text: str) -> list[int]:
        result = run("-", "--stdin-filename", "x.py", "--diff-base", "main", "--output-format", "json", stdin=text)
        return [item["location"]["row"] for item in json.loads(result.stdout)]

    assert found(SCRIPT) == []
    assert found("# one\n" + ANOTHER) == [8]
    (folder / "x.py").write_text("# one\n" + ANOTHER)
    assert found("# one\n# two\n" + ANOTHER) == [9]
    assert found(SCRIPT) == []
    no_name = run("-", "--diff-base", "main", stdin=SCRIPT)
    assert no_name.exit_code == 2 and "--stdin-filename" in no_name.stderr


def test_with_a_baseline(folder: Path) -> None:
    (folder / "x.py").write_text(ANOTHER)
    run("--write-baseline", "b.json", "x.py")
    assert rows("--baseline", "b.json", "x.py") == []


# Errors -------------------------------------------------------------------------------------------------------------


def test_outside_of_a_repository(tmp_path: Path) -> None:
    (tmp_path / "y.py").write_text(SCRIPT)
    result = run("--diff-base", "main", "x.py", str(tmp_path / "y.py"))
    assert (result.exit_code, result.stdout) == (2, "")
    assert f"{tmp_path / 'y.py'}: not in a git repository" in result.stderr


@pytest.mark.parametrize("revision", ["nowhere", "", "main..HEAD", "--help", "-p", "HEAD:x.py", "main^{tree}"])
def test_no_such_revision(revision: str) -> None:
    result = run(f"--diff-base={revision}", "x.py")
    assert (result.exit_code, result.stdout) == (2, "")
    assert f"{revision!r} is not a branch, tag or commit of the repository" in result.stderr


def test_without_a_common_commit() -> None:
    git("checkout", "-q", "--orphan", "lonely")
    git("commit", "-q", "-m", "another")
    result = run("--diff-base", "main", "x.py")
    assert result.exit_code == 2 and "have no common commit" in result.stderr


def test_without_git(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    result = run("--diff-base", "main", "x.py")
    assert result.exit_code == 2 and "git cannot be run: No such file or directory" in result.stderr


def test_nothing_that_a_repository_configures_is_run(folder: Path) -> None:
    trap = folder.parent / "trap"
    for key in ("diff.external", "core.fsmonitor", "core.pager", "diff.trap.command", "diff.trap.textconv"):
        git("config", key, f"touch {trap}; cat")
    git("config", "color.ui", "always")
    git("config", "diff.noprefix", "true")
    git("config", "diff.interHunkContext", "9")
    git("config", "diff.context", "9")
    (folder / ".gitattributes").write_text("*.py diff=trap\n")
    (folder / "x.py").write_text(ANOTHER)
    os.environ["GIT_EXTERNAL_DIFF"] = f"touch {trap}"
    try:
        assert rows("x.py") == ["x.py:7"]
    finally:
        del os.environ["GIT_EXTERNAL_DIFF"]
    assert not trap.exists()


def test_a_file_of_another_repository_is_compared_there(folder: Path, tmp_path: Path) -> None:
    inner = folder / "inner"
    inner.mkdir()
    git("init", "-q", "-b", "main", folder=inner)
    (inner / "z.py").write_text(SCRIPT)
    git("add", "-A", folder=inner)
    git("commit", "-q", "-m", "x", folder=inner)
    assert rows("inner/z.py") == []
    (inner / "z.py").write_text(ANOTHER)
    assert rows("inner/z.py", "x.py") == ["z.py:7"]


def test_a_worktree(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    git("worktree", "add", "-q", str(tmp_path / "w"), "-b", "side")
    monkeypatch.chdir(tmp_path / "w")
    assert rows() == []
    (tmp_path / "w" / "x.py").write_text(ANOTHER)
    assert rows() == ["x.py:7"]


def test_the_report_of_a_fault_of_kerascheck_is_kept() -> None:
    report = Report(
        "x.py",
        [Diagnostic("KC002", "n", Severity.ERROR, "m", "x.py", Span(Position(1, 1), Position(1, 1)))],
        crashed=True,
    )
    assert Changes("main").touched(report, SCRIPT.encode()) == report.diagnostics
    with pytest.raises(ChangesError):
        Changes("nowhere").touched(report, SCRIPT.encode())


FILTERS = """\
[filter "evil"]
    clean = touch ran-clean; cat
    smudge = touch ran-smudge; cat
    required = true
[filter "a=b.c"]
    process = touch ran-process
    clean = touch ran-other; cat
[core]
    fsmonitor = touch ran-fsmonitor
    hooksPath = .
    pager = touch ran-pager; cat
[diff "evil"]
    command = touch ran-command
    textconv = touch ran-textconv; cat
[extensions]
    partialClone = origin
[remote "origin"]
    url = .
    promisor = true
    uploadpack = touch ran-uploadpack
"""


@pytest.mark.parametrize("name", ["evil", "a=b.c"])
def test_no_program_that_a_repository_names_is_run(name: str, folder: Path) -> None:
    (folder / ".gitattributes").write_text(f"*.py filter={name} diff=evil\n")
    (folder / "x.py").write_text(ANOTHER)
    for hook in ("post-index-change", "pre-auto-gc"):
        (folder / hook).write_text("#!/bin/sh\ntouch ran-hook\n")
        (folder / hook).chmod(0o755)
    with (folder / ".git" / "config").open("a") as file:
        file.write(FILTERS)
    os.utime(folder / "x.py", (1, 1))
    assert rows() == ["x.py:7"]
    assert not list(folder.rglob("ran-*"))


def test_content_that_a_repository_lacks_is_not_fetched(folder: Path) -> None:
    with (folder / ".git" / "config").open("a") as file:
        file.write(FILTERS)
    blob = git("rev-parse", "HEAD:x.py")
    (folder / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    (folder / "x.py").write_text(ANOTHER)
    result = run("--diff-base", "main", ".")
    assert result.exit_code == 2 and "git diff fails" in result.stderr
    assert not list(folder.rglob("ran-*"))


def test_another_work_tree_that_a_repository_names_is_not_looked_at(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    git("config", "core.worktree", str(tmp_path / "elsewhere"))
    Path("x.py").write_text(ANOTHER)
    assert rows() == ["x.py:7"]
