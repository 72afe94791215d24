"""`kerascheck diff`: two files, two folders, or files and what they were at a revision."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from typer.testing import CliRunner

from kerascheck.cli.app import app

MODEL = "import keras\nmodel = keras.Sequential([keras.Input((4,)), keras.layers.Dense({units})])\n"


def run(*arguments: object) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, ["diff", *map(str, arguments)])
    return result.exit_code, result.stdout, result.stderr


def write(path: Path, units: object) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(MODEL.format(units=units))
    return path


def git(folder: Path, *arguments: str) -> None:
    identity = ("-c", "user.name=a", "-c", "user.email=a@b", "-c", "init.defaultBranch=main")
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)


def test_two_files(tmp_path: Path) -> None:
    old, new = write(tmp_path / "old.py", 2), write(tmp_path / "new.py", 3)
    status, out, _ = run(old, new)
    assert status == 1
    assert "units 2 -> 3" in out and "parameters 10 -> 15" in out
    assert run(old, old) == (0, "No differences.\n", "")


def test_json(tmp_path: Path) -> None:
    status, out, _ = run(write(tmp_path / "old.py", 2), write(tmp_path / "new.py", 3), "--format", "json")
    (change,) = json.loads(out)
    assert status == 1 and change["change"] == "changed"
    assert {"what": "units", "old": "2", "new": "3"} in change["layers"][0]["changes"]


def test_two_folders(tmp_path: Path) -> None:
    for folder, units in (("old", 2), ("new", 3)):
        write(tmp_path / folder / "same.py", 1)
        write(tmp_path / folder / "deep" / "changed.py", units)
    write(tmp_path / "new" / "added.py", 7)
    status, out, _ = run(tmp_path / "old", tmp_path / "new")
    assert status == 1
    assert (
        out.count("(Sequential)") == 2
        and "same.py" not in out
        and f"+ model (Sequential) {tmp_path}/new/added.py" in out
    )


def test_a_revision(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    git(tmp_path, "init", "-q")
    write(tmp_path / "a.py", 2)
    write(tmp_path / "gone.py", 9)
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "one")
    assert run("--base", "HEAD") == (0, "No differences.\n", "")
    git(tmp_path, "mv", "a.py", "renamed.py")
    write(tmp_path / "renamed.py", 5)
    write(tmp_path / "new.py", 6)
    status, out, _ = run("--base", "HEAD", "renamed.py", "new.py")
    assert status == 1 and "+ model (Sequential) new.py" in out
    assert "units 2 -> 5" in out or "units 5" in out  # git may take the small file for a new one


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["one.py"], "expected two files or folders"),
        (["one.py", "missing.py"], "missing.py: no such file or folder"),
        (["one.py", "."], "a file cannot be compared with a folder"),
        (["one.py", "one.py", "--format", "xml"], "'xml' is not a format of this command"),
        (["--base", "HEAD", "one.py"], "not in a git repository"),
    ],
)
def test_what_cannot_be_compared(
    arguments: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "one.py", 1)
    status, out, err = run(*arguments)
    assert (status, out) == (2, "") and said in err


def test_a_broken_file_is_named_and_the_others_are_compared(tmp_path: Path) -> None:
    for folder, units in (("old", 2), ("new", 3)):
        write(tmp_path / folder / "a.py", units)
    (tmp_path / "new" / "broken.py").write_text("import keras\nmodel = (\n")
    status, out, err = run(tmp_path / "old", tmp_path / "new")
    assert status == 2 and "broken.py:2:" in err and "units 2 -> 3" in out
