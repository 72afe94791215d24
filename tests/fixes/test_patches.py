"""Patches, as the tools take them that apply patches."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from typer.testing import CliRunner

from kerascheck.cli.app import app
from kerascheck.fixes.patches import patch

WRONG = "from keras import Sequential, layers\nmodel = Sequential()\nmodel.add(layers.Dense(7, input_shape=(3,)))\n"
WRONG += "model.add(layers.Dense(8, input_dim=7))\nmodel.add(layers.Dense(1))"
RIGHT = WRONG.replace("8, input_dim=7", "8")


def _notebook(text: str) -> str:
    cell = {
        "cell_type": "code",
        "metadata": {},
        "source": text.splitlines(True),
        "outputs": [],
        "execution_count": None,
    }
    return json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}, indent=1)


FILES = {
    "x.py": (WRONG + "\n").encode(),
    "no_end.py": WRONG.encode(),
    "windows.py": (WRONG + "\n").replace("\n", "\r\n").encode(),
    "windows_no_end.py": WRONG.replace("\n", "\r\n").encode(),
    "mark.py": b"\xef\xbb\xbf" + (WRONG + "\n").encode(),
    "latin.py": b"# -*- coding: latin-1 -*-\n# \xe9\n" + (WRONG + "\n").encode(),
    "form_feed.py": (WRONG.replace("model =", "\f\nmodel =") + "\n").encode(),
    "deep/down/a b.py": (WRONG + "\n").encode(),
    "deep/né.py": (WRONG + "\n").encode(),
    "book.ipynb": _notebook(WRONG).encode(),
    "book_end.ipynb": (_notebook(WRONG) + "\n").encode(),
}
COMMANDS = {"git": ["git", "apply"], "patch": ["patch", "-p0", "--binary", "-s"]}


@pytest.mark.parametrize("tool", COMMANDS)
@pytest.mark.parametrize("name", FILES)
def test_what_diff_prints_can_be_applied(name: str, tool: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if shutil.which(tool) is None:
        pytest.skip(f"there is no {tool}")
    monkeypatch.chdir(tmp_path)
    file = tmp_path / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(FILES[name])
    shown = CliRunner().invoke(app, ["--no-cache", "--isolated", "--select", "KC103", "--diff", "."])
    assert shown.exit_code == 1
    subprocess.run(COMMANDS[tool], input=shown.stdout_bytes, check=True, cwd=tmp_path, capture_output=True)
    assert file.read_bytes() == FILES[name].replace(b"8, input_dim=7", b"8")


def test_nothing_changed_gives_nothing() -> None:
    assert patch(b"a\n", b"a\n", "x.py") == b""


def test_a_file_without_an_end_of_its_last_row() -> None:
    assert patch(b"a\nb", b"a\nc", "x.py") == (
        b"--- ./x.py\n+++ ./x.py\n@@ -1,2 +1,2 @@\n a\n-b\n\\ No newline at end of file\n"
        b"+c\n\\ No newline at end of file\n"
    )
