"""`kerascheck annotate`: comments with shapes behind layers, and nothing else changed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from kerascheck.cli.app import app

HEAD = "import keras\nfrom keras import layers\n"


def annotated(folder: Path, raw: bytes, name: str = "model.py") -> bytes:
    """The bytes after `annotate --write`, which a second time changes nothing."""
    file = folder / name
    file.write_bytes(raw)
    result = CliRunner().invoke(app, ["annotate", "--write", str(file)])
    assert result.exit_code == 0, result.output
    once = file.read_bytes()
    again = CliRunner().invoke(app, ["annotate", str(file)])
    assert again.exit_code == 0 and file.read_bytes() == once, "it is to be idempotent"
    return once


def rows(folder: Path, program: str) -> list[str]:
    """The rows after it, without the first two."""
    return annotated(folder, (HEAD + program).encode()).decode().splitlines()[2:]


def test_shapes_and_parameters(tmp_path: Path) -> None:
    assert rows(tmp_path, "i = keras.Input((28, 28, 1))\nx = layers.Conv2D(32, 3)(i)\nx = layers.Flatten()(x)\n") == [
        "i = keras.Input((28, 28, 1))",
        "x = layers.Conv2D(32, 3)(i)  # -> (None, 26, 26, 32), 320 params",
        "x = layers.Flatten()(x)      # -> (None, 21632)",
    ]


def test_layers_in_a_list_and_over_several_rows(tmp_path: Path) -> None:
    program = "m = keras.Sequential([\n    keras.Input((4,)),\n    layers.Dense(\n        3,\n    ),\n    layers.Dense(2)\n])\n"
    assert rows(tmp_path, program)[4:6] == [
        "    ),               # -> (None, 3), 15 params",
        "    layers.Dense(2)  # -> (None, 2), 8 params",
    ]


def test_old_comments_of_its_own_are_brought_up_to_date(tmp_path: Path) -> None:
    program = "i = keras.Input((4,))\nx = layers.Dense(5)(i)      # -> (None, 3), 15 params\n"
    assert rows(tmp_path, program)[1] == "x = layers.Dense(5)(i)      # -> (None, 5), 25 params"


def test_new_ones_stand_below_old_ones(tmp_path: Path) -> None:
    program = "i = keras.Input((4,))\nx = layers.Dense(5)(i)        # -> (None, 5), 25 params\nx = layers.Dense(6)(x)\n"
    assert rows(tmp_path, program)[2] == "x = layers.Dense(6)(x)        # -> (None, 6), 36 params"


def test_comments_of_others_stay(tmp_path: Path) -> None:
    program = (
        "i = keras.Input((4,))\nx = layers.Dense(5)(i)  # the first  # noqa\nx = layers.Dense(6)(x) # (batch, 7)\n"
    )
    assert rows(tmp_path, program)[1:] == [
        "x = layers.Dense(5)(i)  # the first  # noqa  # -> (None, 5), 25 params",
        "x = layers.Dense(6)(x) # (batch, 7)",
    ]


def test_a_comment_that_is_the_whole_shape_is_corrected(tmp_path: Path) -> None:
    program = "i = keras.Input((4,))\nx = layers.Dense(5)(i)  # (None, 7)\nx = layers.Dense(6)(x)  # (None, 6)\n"
    assert rows(tmp_path, program)[1:] == [
        "x = layers.Dense(5)(i)  # -> (None, 5), 25 params",
        "x = layers.Dense(6)(x)  # (None, 6)",
    ]


def test_a_comment_that_means_what_goes_in_stays(tmp_path: Path) -> None:
    program = "i = keras.Input((4,))\nx = layers.Dense(5)(i)  # (None, 4)\n"
    assert rows(tmp_path, program)[1] == "x = layers.Dense(5)(i)  # (None, 4)"


def test_rows_without_room_for_a_comment(tmp_path: Path) -> None:
    program = "i = keras.Input((4,))\nx = layers.Dense(5)(i); s = '''\n'''\ny = \\\n    layers.Dense(6)(x)\n"
    assert rows(tmp_path, program) == [
        "i = keras.Input((4,))",
        "x = layers.Dense(5)(i); s = '''",
        "'''",
        "y = \\",
        "    layers.Dense(6)(x)  # -> (None, 6), 36 params",
    ]


def test_a_row_that_runs_several_times_has_the_parameters_of_one_run(tmp_path: Path) -> None:
    program = (
        "def head(x):\n    return layers.Dense(4)(x)\n"
        "i = keras.Input((4,))\nhead(i)\nhead(i)\n"
        "d = layers.Dense(4)\nboth = layers.add([d(i), d(i)])\n"
    )
    shown = rows(tmp_path, program)
    assert shown[1] == "    return layers.Dense(4)(x)  # -> (None, 4), 20 params"
    assert shown[6].endswith("# -> (None, 4), 20 params")


def test_what_differs_or_is_not_known_has_no_comment(tmp_path: Path) -> None:
    program = (
        "from elsewhere import Mystery\n"
        "def head(x, n):\n    return layers.Dense(n)(x)\n"
        "i = keras.Input((4,))\nhead(i, 3)\nhead(i, 4)\nlayers.Dense(3)(Mystery()(i))\n"
    )
    assert not any("# ->" in row for row in rows(tmp_path, program))


def test_sizes_of_arguments_are_named(tmp_path: Path) -> None:
    program = "def build(units):\n    i = keras.Input((4,))\n    return keras.Model(i, layers.Dense(units)(i))\n"
    assert rows(tmp_path, program)[2].endswith("# -> (None, units)")


def test_sizes_that_are_computed(tmp_path: Path) -> None:
    program = "from elsewhere import units\ni = keras.Input((4,))\nx = layers.Dense(units(3, 4))(i)\n"
    assert rows(tmp_path, program)[2].startswith("x = layers.Dense(units(3, 4))(i)  # -> (None, units(")


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("end", ["", "\n"])
def test_every_other_byte_stays(tmp_path: Path, newline: str, mark: bytes, end: str) -> None:
    program = HEAD + "i = keras.Input((4,))\t \nx = layers.Dense(5)(i)\n\n# Größe\ny = layers.Dense(6)(x)" + end
    raw = mark + program.replace("\n", newline).encode()
    new = annotated(tmp_path, raw)
    expected = raw.replace(b"Dense(5)(i)", b"Dense(5)(i)  # -> (None, 5), 25 params")
    expected = expected.replace(b"Dense(6)(x)", b"Dense(6)(x)  # -> (None, 6), 36 params")
    assert new == expected


def test_other_encodings(tmp_path: Path) -> None:
    program = "# -*- coding: latin-1 -*-\n" + HEAD + "i = keras.Input((4,))  # Größe\nx = layers.Dense(5)(i)\n"
    new = annotated(tmp_path, program.encode("latin-1"))
    assert new == program.replace("Dense(5)(i)", "Dense(5)(i)  # -> (None, 5), 25 params").encode("latin-1")


def test_notebooks(tmp_path: Path) -> None:
    cells = [
        {"cell_type": "markdown", "metadata": {}, "source": ["# x = layers.Dense(5)(i)"]},
        {"cell_type": "code", "execution_count": 3, "metadata": {}, "outputs": [], "source": ["%matplotlib inline\n", "import keras\n", "from keras import layers"]},
        {"cell_type": "code", "execution_count": 4, "metadata": {}, "outputs": [], "source": ["i = keras.Input((4,))\n", "x = layers.Dense(5)(i)"]},
    ]  # fmt: skip
    raw = json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}, indent=3).encode()
    new = annotated(tmp_path, raw, "notebook.ipynb")
    cells[2]["source"] = ["i = keras.Input((4,))\n", "x = layers.Dense(5)(i)  # -> (None, 5), 25 params"]
    assert new == json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}, indent=3).encode()


def test_without_write_it_shows_what_would_change(tmp_path: Path) -> None:
    file = tmp_path / "model.py"
    program = HEAD + "x = layers.Dense(5)(keras.Input((4,)))\n"
    file.write_text(program)
    result = CliRunner().invoke(app, ["annotate", str(file)])
    assert result.exit_code == 1
    assert "+x = layers.Dense(5)(keras.Input((4,)))  # -> (None, 5), 25 params" in result.output
    assert file.read_text() == program


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    assert CliRunner().invoke(app, ["annotate", str(tmp_path / "none.py")]).exit_code == 2
