"""`kerascheck explain` from the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from kerascheck.cli.app import app
from tests.explain.tracebacks import FILTERED, TRAIN


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("platformdirs.user_config_dir", lambda *_, **__: str(tmp_path / "none"))
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "train.py").write_text(TRAIN)
    (tmp_path / "error.txt").write_text(FILTERED)
    return tmp_path


def run(*arguments: str, stdin: str | bytes | None = None) -> Result:
    return CliRunner().invoke(app, ["explain", *arguments], input=stdin)


@pytest.mark.parametrize(
    ("arguments", "stdin"),
    [
        (["error.txt"], None),
        (["-"], FILTERED),
        ([], FILTERED),
        (["-", "train.py"], FILTERED),
        (["train.py"], FILTERED),
        (["error.txt", "train.py"], None),
    ],
)
def test_all_ways_to_give_it_a_traceback(arguments: list[str], stdin: str | None) -> None:
    result = run(*arguments, stdin=stdin)
    assert result.exit_code == 0, result.output
    assert "train.py, row 19" in result.stdout and "KC210" in result.stdout


def test_a_message_with_a_program() -> None:
    message = "expected shape=(None, 784), found shape=(32, 28, 28)"
    result = run(f'Input 0 of layer "sequential" is incompatible with the layer: {message}', "train.py")
    assert result.exit_code == 0
    assert "KC210" in result.stdout and "row 19" in result.stdout


def test_a_message_alone() -> None:
    result = run("ValueError: Shapes (None, 1) and (None, 10) are incompatible")
    assert result.exit_code == 0
    assert "to_categorical(y, 10)" in result.stdout.replace("\n    ", " ")


def test_the_error_that_a_notebook_keeps(folder: Path) -> None:
    error = {"output_type": "error", "ename": "KeyError", "evalue": "'acc'", "traceback": ["KeyError: 'acc'"]}
    cell = {"cell_type": "code", "source": "import keras", "metadata": {}, "outputs": [error], "execution_count": 1}
    (folder / "a.ipynb").write_text(json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
    result = run("a.ipynb", stdin="")
    assert result.exit_code == 0 and "`accuracy`" in result.stdout


def test_json() -> None:
    result = run("error.txt", "--output-format", "json")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["id"] == "input-shape"


def test_exit_status_1_where_it_is_not_understood() -> None:
    result = run("ZeroDivisionError: division by zero")
    assert result.exit_code == 1 and "Not understood" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "stdin", "message"),
    [
        (["nowhere.txt"], None, "nowhere.txt: no such file"),
        (["error.txt", "nowhere.py"], None, "nowhere.py: no such file"),
        (["error.txt", "error.txt"], None, "error.txt: not a Python file or notebook"),
        (["."], None, ".: is a folder"),
        ([""], None, "nothing to explain"),
        ([], "", "the input is empty"),
        (["train.py"], "", "train.py: a program, not a message"),
        (["error.txt", "--output-format", "xml"], None, "'xml' is not a format of this command: text or json"),
        (["binary.log"], None, "binary.log: not text"),
        (["bare.ipynb"], "", "bare.ipynb: no cell of it has kept an error"),
    ],
)
def test_exit_status_2_with_one_line_that_says_why(
    arguments: list[str], stdin: str | None, message: str, folder: Path
) -> None:
    (folder / "binary.log").write_bytes(b"\x00\x01\x02" * 1000)
    (folder / "bare.ipynb").write_text("{}")
    result = run(*arguments, stdin=stdin)
    assert result.exit_code == 2, result.output
    assert result.stderr.startswith("kerascheck: error: ") and message in result.stderr
    assert result.stderr.count("\n") == 1 and result.stdout == ""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1"])
def test_logs_in_other_encodings(encoding: str, folder: Path) -> None:
    (folder / "error.txt").write_bytes(FILTERED.encode(encoding, "replace"))
    assert run("error.txt").exit_code == 0


def test_of_a_long_log_the_end_is_read() -> None:
    result = run("-", stdin="Epoch 1\n" * 700_000 + FILTERED)
    assert result.exit_code == 0 and "row 19" in result.stdout


@pytest.mark.parametrize(
    "raw", [b"\xff\xfe", b"\xff" * 5000, "\u202e\x1b[2J".encode(), b"Traceback (most recent call last):"]
)
def test_strange_input_gives_an_answer(raw: bytes) -> None:
    result = run("-", stdin=raw)
    assert result.exit_code in (1, 2) and not isinstance(result.exception, (ValueError, KeyError, IndexError))
    assert "\x1b" not in result.output


def test_the_help_shows_how_to_pipe() -> None:
    assert "kerascheck explain" in run("--help").output
