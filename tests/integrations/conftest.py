"""Runs kerascheck, flake8 and pylint as a user does, on files in a folder of the test."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent

#: Path, row, 1-based column, code, message.
Found = tuple[str, int, int, str, str]

Run = Callable[..., subprocess.CompletedProcess[str]]

PROGRAM = """\
from keras import layers, models

model = models.Sequential([
    layers.Dense(8, activation="relu", input_dim=4),
    layers.Dense(1, activation="sigmoid", input_dim=9),{comment}
])
"""

#: Files that are hard to place findings in, by what is hard about them.
AWKWARD: dict[str, bytes] = {
    "letters.py": PROGRAM.replace("layers.Dense(1,", "layers.Dense(name='größe', units=1,").format(comment="").encode(),
    "crlf.py": PROGRAM.format(comment="").replace("\n", "\r\n").encode(),
    "bom.py": b"\xef\xbb\xbf" + PROGRAM.format(comment="").encode(),
    "latin.py": "# coding: latin-1\nname = 'größe'\n".encode("latin-1") + PROGRAM.format(comment="").encode(),
    "undecodable.py": b"import keras\nname = 'gr\xf6\xdfe'\n",
    "tabs.py": ("def make():\n\t" + PROGRAM.format(comment="").replace("\n", "\n\t").rstrip("\t")).encode(),
    "form_feed.py": b"\x0c\n" + PROGRAM.format(comment="").encode(),
    "ignored.py": PROGRAM.format(comment="  # kerascheck: ignore[redundant-input-shape]").encode(),
    "noqa.py": PROGRAM.format(comment="  # noqa: KC103").encode(),
    "noqa_of_others.py": PROGRAM.format(comment="  # noqa: E501").encode(),
    "skipped.py": b"# kerascheck: skip-file\n" + PROGRAM.format(comment="").encode(),
    "at_the_end.py": PROGRAM.format(comment="").encode().rstrip() + b"  # noqa: KC103\n",
    "no_newline.py": PROGRAM.format(comment="").encode().rstrip(),
    "elsewhere.py": b"import os\n",
    "empty.py": b"",
}


def program(comment: str = "") -> str:
    """A program with KC103 in its fifth row, and a comment there."""
    return PROGRAM.format(comment=f"  # {comment}" if comment else "")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, and no configuration of the user's."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("KERASCHECK_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("PYLINTHOME", str(tmp_path / "pylint"))
    path = tmp_path / "project"
    path.mkdir()
    return path


@pytest.fixture
def scripts(folder: Path) -> Path:
    """A folder with copies of all fixtures that are scripts, and the awkward files."""
    shutil.copytree(ROOT / "fixtures", folder / "fixtures", ignore=shutil.ignore_patterns("*.ipynb"))
    for name, raw in AWKWARD.items():
        (folder / name).write_bytes(raw)
    return folder


@pytest.fixture
def run(folder: Path) -> Run:
    """Runs a module of Python in the folder."""

    def run(module: str, *arguments: str, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", module, *arguments],
            cwd=folder,
            input=stdin,
            capture_output=True,
            text=True,
            encoding="utf-8",
            env={**os.environ, "PYTHONIOENCODING": "utf-8"},
            timeout=250,
        )

    return run


@pytest.fixture
def kerascheck(run: Run) -> Callable[..., set[Found]]:
    """The findings of the command line."""

    def check(*arguments: str) -> set[Found]:
        result = run("kerascheck", "check", "--output-format", "json", "--no-cache", *arguments)
        assert result.returncode in (0, 1), result.stderr
        return {
            (item["filename"], item["location"]["row"], item["location"]["column"], item["code"], item["message"])
            for item in json.loads(result.stdout)
        }

    return check
