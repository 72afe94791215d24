"""`kerascheck migrate`: what it shows, writes, reports and refuses."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from kerascheck.cli.app import app
from kerascheck.fixes import write

OLD = "from keras.layers.core import Dense\nlayer = Dense(output_dim=3)\n"
NEW = "from keras.layers import Dense\nlayer = Dense(units=3)\n"
BY_HAND = "from keras import backend as K\nx = K.gradients(a, b)\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["migrate", "--isolated", *arguments])


def notebook(*cells: str) -> str:
    made = [
        {"cell_type": "code", "metadata": {}, "source": cell.splitlines(True), "outputs": [], "execution_count": None}
        for cell in cells
    ]
    return json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}, indent=1) + "\n"


def test_it_shows_the_plan_and_changes_nothing(folder: Path) -> None:
    (folder / "x.py").write_text(OLD)
    result = run(".")
    assert result.exit_code == 1
    assert "-layer = Dense(output_dim=3)\n+from keras.layers import Dense\n+layer = Dense(units=3)\n" in result.stdout
    assert result.stdout.endswith("2 things to change in 1 file, 0 left to do by hand.\n")
    assert (folder / "x.py").read_text() == OLD


def test_it_writes(folder: Path) -> None:
    (folder / "x.py").write_text(OLD)
    result = run("--write", "x.py")
    assert (result.exit_code, result.stdout) == (0, "2 things changed in 1 file, 0 left to do by hand.\n")
    assert (folder / "x.py").read_text() == NEW
    assert run("--write", "x.py").stdout == "Nothing changed, 0 left to do by hand.\n"


def test_what_is_left_is_listed(folder: Path) -> None:
    (folder / "x.py").write_text(BY_HAND)
    result = run("--write", "x.py")
    assert result.exit_code == 1
    assert "x.py:2: by hand: keras.backend.gradients is gone: use tf.GradientTape  <https://" in result.stdout


def test_a_patch_and_nothing_else(folder: Path) -> None:
    (folder / "x.py").write_text(OLD)
    result = run("--diff", "x.py")
    assert result.stdout.startswith("--- ./x.py\n+++ ./x.py\n@@") and "things" not in result.stdout
    subprocess.run(["git", "apply"], input=result.stdout_bytes, check=True, cwd=folder)
    assert (folder / "x.py").read_text() == NEW


def test_a_notebook_keeps_all_but_its_code(folder: Path) -> None:
    text = notebook("from keras.layers.core import Dense\n%matplotlib inline", "layer = Dense(output_dim=3)")
    (folder / "x.ipynb").write_text(text)
    assert run("--write", "x.ipynb").exit_code == 0
    assert (folder / "x.ipynb").read_text() == text.replace("layers.core", "layers").replace("output_dim", "units")


def test_an_import_that_another_cell_needs(folder: Path) -> None:
    (folder / "x.ipynb").write_text(notebook("from keras import backend as K", "x = K.sum(y)"))
    assert run("--write", "x.ipynb").exit_code == 0
    cells = json.loads((folder / "x.ipynb").read_text())["cells"]
    assert ["".join(cell["source"]).rstrip() for cell in cells] == ["from keras import ops", "x = ops.sum(y)"]


def test_an_import_in_the_last_row_of_a_cell(folder: Path) -> None:
    text = notebook(
        "from keras.datasets import mnist\nfrom keras.utils import np_utils", "y = np_utils.to_categorical(x)"
    )
    (folder / "x.ipynb").write_text(text)
    assert run("--write", "x.ipynb").exit_code == 0
    new = notebook("from keras.datasets import mnist\nfrom keras.utils import to_categorical", "y = to_categorical(x)")
    assert (folder / "x.ipynb").read_text() == new


def test_a_notebook_with_a_cell_of_python_2_is_left(folder: Path) -> None:
    text = notebook("from keras.utils import np_utils", "print np_utils.to_categorical(y)")
    (folder / "x.ipynb").write_text(text)
    result = run("--write", "x.ipynb")
    assert result.exit_code == 1 and "x.ipynb: not looked at: row" in result.stdout
    assert (folder / "x.ipynb").read_text() == text


@pytest.mark.parametrize("text", ["print 3\nimport keras\n", "import keras\nx = (\n"])
def test_what_is_no_python_3_is_left(folder: Path, text: str) -> None:
    (folder / "x.py").write_text(text)
    result = run("--write", "x.py")
    assert result.exit_code == 1 and "not looked at" in result.stdout
    assert (folder / "x.py").read_text() == text


@pytest.mark.parametrize("newline", ["\r\n", "\r", "\n"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_line_ends_and_marks_stay(folder: Path, newline: str, mark: bytes) -> None:
    old = "from keras import backend as K\ndef f():\n\treturn K.sum('é')"
    (folder / "x.py").write_bytes(mark + old.replace("\n", newline).encode())
    assert run("--write", "x.py").exit_code == 0
    new = "from keras import ops\ndef f():\n\treturn ops.sum('é')"
    assert (folder / "x.py").read_bytes() == mark + new.replace("\n", newline).encode()


@pytest.mark.parametrize("kind", ["html", "md", "json"])
def test_reports(folder: Path, kind: str) -> None:
    (folder / "a<b>.py").write_text(OLD + BY_HAND)
    run("--report", f"out.{kind}", ".")
    text = (folder / f"out.{kind}").read_text(encoding="utf-8")
    assert "a<b>.py" in text if kind != "html" else "a&lt;b&gt;.py" in text and "<b>" not in text
    assert "gradients" in text
    if kind == "json":
        report = json.loads(text)
        assert {"kind": "backend", "done": 0, "left": 1} in report["counts"]
        assert report["files"][0]["left"][0]["row"] == 4


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--to", "keras4", "."], "brought to keras3 and to nothing else"),
        (["--from", "keras3", "."], "expected keras1, keras2 or tf-keras"),
        (["--write", "--diff", "."], "do not go together"),
        (["--report", "x.txt", "."], ".html, .md or .json"),
        (["nowhere.py"], "no such file or folder"),
    ],
)
def test_what_means_nothing(arguments: list[str], message: str) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert message in " ".join(result.stderr.split()).replace("auto, keras1", "keras1")


def test_which_keras_it_is_written_for(folder: Path) -> None:
    (folder / "x.py").write_text("from keras.layers import Conv2D\nx = Conv2D(8, 3, 3)\n")
    assert run("x.py").exit_code == 0  # strides, as in Keras 2
    assert "+x = Conv2D(8, (3, 3))" in run("--from", "keras1", "x.py").stdout


def test_requirements_of_an_older_keras_are_left_to_do(folder: Path) -> None:
    (folder / "x.py").write_text(OLD)
    (folder / "requirements.txt").write_text("numpy\nkeras==2.3.1\n")
    result = run("--write", ".")
    assert result.exit_code == 1 and (folder / "x.py").read_text() == NEW
    assert "requirements.txt:2: by hand: keras==2.3.1 is an older Keras: ask for keras>=3" in result.stdout


def test_a_file_that_changes_meanwhile_is_not_written(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "x.py").write_text(OLD)
    real = write.write_atomically

    def late(filename: str, raw: bytes, expected: bytes | None = None) -> None:
        Path(filename).write_text("other\n")
        real(filename, raw, expected)

    monkeypatch.setattr(write, "write_atomically", late)
    result = run("--write", "x.py")
    assert result.exit_code == 2 and "it has changed meanwhile" in result.stderr
    assert (folder / "x.py").read_text() == "other\n"


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everything")
def test_a_file_that_cannot_be_written(folder: Path) -> None:
    (folder / "x.py").write_text(OLD)
    (folder / "x.py").chmod(0o444)
    assert run("--write", "x.py").exit_code == 2


def test_links_stay_links(folder: Path) -> None:
    (folder / "real.py").write_text(OLD)
    (folder / "link.py").symlink_to("real.py")
    assert run("--write", "link.py").exit_code == 0
    assert (folder / "link.py").is_symlink() and (folder / "real.py").read_text() == NEW


def test_other_files_are_not_touched(folder: Path) -> None:
    (folder / "x.py").write_text("from mine import Dense\nx = Dense(output_dim=3)\n")
    assert (run("--write", ".").exit_code, (folder / "x.py").read_text()) == (
        0,
        "from mine import Dense\nx = Dense(output_dim=3)\n",
    )


def test_what_a_notebook_installs_is_listed_with_the_notebook(folder: Path) -> None:
    text = notebook("!pip install keras==2.2", "from keras.layers.core import Dense\nx = Dense(3)")
    (folder / "x.ipynb").write_text(text)
    result = run("--write", "x.ipynb")
    assert "x.ipynb:cell 1:1: by hand: keras==2.2 is an older Keras: ask for keras>=3" in result.stdout
    assert "1 left to do by hand." in result.stdout


def test_old_forms_of_what_another_file_defines_are_listed(folder: Path) -> None:
    """The plan for a file knows its own imports; a check of the outcome knows the other files."""
    (folder / "parts.py").write_text("from keras.layers import Dense\n")
    text = (
        "import keras\nfrom parts import Dense\nm = keras.Sequential([keras.Input((4,)), Dense(3, init='uniform')])\n"
    )
    (folder / "x.py").write_text(text)
    result = run("--write", "x.py")
    assert (result.exit_code, (folder / "x.py").read_text()) == (1, text)
    assert "x.py:3: by hand: Keras 3 has no argument init of Dense; use kernel_initializer (KC503)" in result.stdout
