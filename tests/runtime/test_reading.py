"""Reading files of which nothing is known."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from kerascheck.cli.app import app
from kerascheck.runtime.reading import TooLarge, read_bytes

pytestmark = pytest.mark.skipif(os.name == "nt", reason="pipes and devices have no names there")

PROGRAM = """\
from keras import layers, models
model = models.Sequential([layers.Dense(8, activation="relu", input_dim=4), layers.Dense(1, input_dim=8)])
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("KERASCHECK_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setattr("platformdirs.user_config_dir", lambda *_, **__: str(tmp_path / "none"))
    path = tmp_path / "project"
    path.mkdir()
    (path / "model.py").write_text(PROGRAM)
    monkeypatch.chdir(path)
    return path


def _pipe(path: Path) -> None:
    os.mkfifo(path)


def _device(path: Path) -> None:
    path.symlink_to("/dev/zero")


def _socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(path.name)  # the whole path may be too long


KINDS = {"pipe": _pipe, "device": _device, "socket": _socket}


@pytest.fixture(params=KINDS)
def put(request: pytest.FixtureRequest) -> Iterator[object]:
    """Makes something that is no file."""
    yield KINDS[request.param]


def test_what_is_no_file_is_not_read(put: object, folder: Path) -> None:
    put(folder / "x")  # type: ignore[operator]
    with pytest.raises(OSError):
        read_bytes(folder / "x", 100)


def test_no_more_is_read_than_is_wanted(folder: Path) -> None:
    (folder / "x").write_bytes(b"12345")
    assert read_bytes(folder / "x", 5) == b"12345"
    with pytest.raises(TooLarge):
        read_bytes(folder / "x", 4)


@pytest.mark.parametrize("arguments", [["x.py"], ["x.py", "model.py"], ["."], ["--diff", "x.py"], ["--fix", "x.py"]])
def test_as_a_program(put: object, arguments: list[str], folder: Path) -> None:
    put(folder / "x.py")  # type: ignore[operator]
    result = CliRunner().invoke(app, ["check", *arguments])
    assert result.exit_code == 1 or (result.exit_code == 0 and "--diff" in arguments)
    if "." in arguments:
        assert "x.py" not in result.output
    elif "--diff" not in arguments:
        assert "x.py:1:1: KC002 error: cannot be read" in result.output
    assert ("model.py:2" in result.output) == (arguments[-1] in (".", "model.py"))


@pytest.mark.parametrize("name", [".gitignore", ".kerascheck.toml", "pyproject.toml", "requirements.txt", "data.py"])
def test_beside_a_program(put: object, name: str, folder: Path) -> None:
    (folder / ".git").mkdir()
    (folder / "model.py").write_text("from data import x\n" + PROGRAM)
    put(folder / name)  # type: ignore[operator]
    result = CliRunner().invoke(app, ["check", "."])
    assert result.exit_code == 1 and "model.py:3" in result.output


@pytest.mark.parametrize("option", ["--baseline", "--config"])
def test_as_a_baseline_or_a_configuration(put: object, option: str, folder: Path) -> None:
    put(folder / "x")  # type: ignore[operator]
    result = CliRunner().invoke(app, ["check", option, "x", "."])
    assert result.exit_code == 2 and "x: cannot be read" in result.output


@pytest.mark.parametrize("command", ["summary", "graph", "report"])
def test_in_other_commands(put: object, command: str, folder: Path) -> None:
    put(folder / "x.py")  # type: ignore[operator]
    result = CliRunner().invoke(app, [command, "x.py"])
    assert result.exit_code in ((0,) if command == "report" else (1, 2))


def test_a_program_that_is_too_large_is_not_read(folder: Path) -> None:
    with (folder / "large.py").open("wb") as file:
        file.write(PROGRAM.encode())
        file.truncate(100_000_000)
    result = CliRunner().invoke(app, ["check", "."])
    assert result.exit_code == 1
    assert "large.py:1:1: KC002 error: cannot be read: it has more than 8 MB" in result.output
    assert "model.py:2" in result.output
