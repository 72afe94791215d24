"""Which files are checked."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from kerascheck.configuration.config import Settings
from kerascheck.project.discovery import NoSuchPath, discover, matches_glob, mentions_keras


def make(root: Path, *files: str, **texts: str) -> None:
    for name in files:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    for name, text in texts.items():
        (root / name).write_text(text)


def found(root: Path, *paths: str, settings: Settings | None = None) -> list[str]:
    chosen = settings or Settings(root=str(root))
    files = discover([root / path for path in paths or ("",)], lambda _: chosen)
    return [file.relative_to(root).as_posix() for file in files]


def ignore(folder: Path, *patterns: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / ".gitignore").write_text("\n".join(patterns))


def test_python_files_below_a_folder_in_the_order_of_their_names(tmp_path: Path) -> None:
    make(tmp_path, "b.py", "a.py", "c/d.py", "c/e.txt", "f.pyc", "c/g/h.py")
    assert found(tmp_path) == ["a.py", "b.py", "c/d.py", "c/g/h.py"]


def test_a_file_named_explicitly_is_taken_whatever_it_is_called(tmp_path: Path) -> None:
    make(tmp_path, "script", ".venv/a.py")
    ignore(tmp_path, "script")
    assert found(tmp_path, "script", ".venv/a.py") == ["script", ".venv/a.py"]


def test_a_file_named_twice_is_taken_once(tmp_path: Path) -> None:
    make(tmp_path, "a.py")
    assert found(tmp_path, "a.py", "", "a.py") == ["a.py"]


@pytest.mark.parametrize("folder", [".git", ".venv", "venv", "node_modules", "build", "dist", "__pycache__", ".tox"])
def test_folders_that_hold_no_source_are_left_out(tmp_path: Path, folder: str) -> None:
    make(tmp_path, "a.py", f"{folder}/b.py", f"c/{folder}/d.py")
    assert found(tmp_path) == ["a.py"]


def test_a_folder_named_explicitly_is_searched_even_if_excluded_or_ignored(tmp_path: Path) -> None:
    make(tmp_path, "build/a.py", "out/b.py", ".git/HEAD")
    ignore(tmp_path, "out/")
    assert found(tmp_path, "build", "out") == ["build/a.py", "out/b.py"]


def test_with_force_exclude_what_is_named_obeys_too(tmp_path: Path) -> None:
    make(tmp_path, "build/a.py", "src/b.py", "src/old/c.py", "src/d_pb2.py", "script")
    forced = Settings(root=str(tmp_path), extend_exclude=("src/old", "*_pb2.py"), force_exclude=True)
    named = ("build/a.py", "src/b.py", "src/old/c.py", "src/d_pb2.py", "script", "build", "src/old")
    assert found(tmp_path, *named, settings=forced) == ["src/b.py", "script"]
    assert len(found(tmp_path, *named, settings=Settings(root=str(tmp_path), extend_exclude=("src/old",)))) == 5


def test_folders_above_the_configuration_exclude_nothing(tmp_path: Path) -> None:
    make(tmp_path, "build/r/a.py")
    forced = Settings(root=str(tmp_path / "build" / "r"), force_exclude=True)
    assert found(tmp_path, "build/r/a.py", "build/r", settings=forced) == ["build/r/a.py"]


def test_exclude_replaces_and_extend_exclude_adds(tmp_path: Path) -> None:
    make(tmp_path, "a.py", "build/b.py", "c/d_pb2.py", "c/e.py", "f/g/h.py")
    replaced = Settings(root=str(tmp_path), exclude=("c",))
    assert found(tmp_path, settings=replaced) == ["a.py", "build/b.py", "f/g/h.py"]
    added = Settings(root=str(tmp_path), extend_exclude=("*_pb2.py", "f/g"))
    assert found(tmp_path, settings=added) == ["a.py", "c/e.py"]


def test_gitignore_is_honoured_where_it_stands_and_below(tmp_path: Path) -> None:
    make(tmp_path, "a.py", "b/a.py", "b/c.py", "b/d/c.py", "b/d/e.py", "out/f.py", "c.py")
    ignore(tmp_path, "out/", "/a.py")
    ignore(tmp_path / "b", "c.py")
    ignore(tmp_path / "b/d", "!c.py", "e.py")
    assert found(tmp_path) == ["c.py", "b/a.py", "b/d/c.py"]


def test_gitignore_above_counts_within_the_repository_only(tmp_path: Path) -> None:
    make(tmp_path, "r/.git/HEAD", "r/s/a.py", "r/s/b.py")
    ignore(tmp_path, "b.py")
    ignore(tmp_path / "r", "a.py")
    assert found(tmp_path, "r/s") == ["r/s/b.py"]


def test_gitignore_can_be_disregarded(tmp_path: Path) -> None:
    make(tmp_path, "a.py")
    ignore(tmp_path, "a.py")
    assert found(tmp_path, settings=Settings(root=str(tmp_path), respect_gitignore=False)) == ["a.py"]


def test_links_that_lead_nowhere_or_round_in_circles_are_passed_over(tmp_path: Path) -> None:
    make(tmp_path, "a.py", "b/c.py")
    os.symlink("nowhere", tmp_path / "broken.py")
    os.symlink(tmp_path, tmp_path / "b" / "circle")
    os.symlink(tmp_path / "a.py", tmp_path / "link.py")
    assert found(tmp_path) == ["a.py", "link.py", "b/c.py"]


def test_a_folder_that_vanishes_while_walking_is_passed_over(tmp_path: Path) -> None:
    make(tmp_path, "a.py", "b/c.py", "d/e.py")
    settings = Settings(root=str(tmp_path))
    files = discover([tmp_path], lambda _: settings)
    assert next(files).name == "a.py"
    (tmp_path / "b" / "c.py").unlink()
    (tmp_path / "b").rmdir()
    assert [file.name for file in files] == ["e.py"]


def test_a_path_that_does_not_exist_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(NoSuchPath, match=r"nowhere\.py: no such file or folder"):
        found(tmp_path, "nowhere.py")


@pytest.mark.parametrize(
    "text",
    [
        "from keras import layers",
        "import tensorflow as tf\nx = tf.keras.Sequential()",
        "from tensorflow import (\n    keras,\n)",
        "if x:\n    import tf_keras",
        "import importlib\nk = importlib.import_module('keras')",
        "k = __import__('keras')",
        "\ufeffimport keras",
    ],
)
def test_files_whose_code_names_keras_matter(text: str) -> None:
    assert mentions_keras(text) and mentions_keras(text.encode()) and mentions_keras(text.encode("latin-1", "replace"))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "import torch",
        "import tensorflow as tf\nx = tf.data.Dataset.range(3)",
        "# like keras.layers.Dense\nx = 1",
        'def f():\n    """As in Keras:\n\n    >>> from keras import layers\n    """',
        "names = ['keras', 'torch']",
    ],
)
def test_files_that_only_speak_of_keras_do_not(text: str) -> None:
    assert not mentions_keras(text) and not mentions_keras(text.encode())


def test_code_of_notebooks_stands_in_strings() -> None:
    text = '{"cells": [{"cell_type": "code", "source": ["import keras"]}]}'
    assert mentions_keras(text, "a.ipynb") and not mentions_keras(text, "a.py")


@pytest.mark.parametrize(
    ("pattern", "covers"),
    [("tests/*", True), ("*.py", True), ("test_a.py", True), ("tests", True), ("src/*", False), ("**/test_*", True)],
)
def test_globs_are_relative_to_the_configuration(tmp_path: Path, pattern: str, covers: bool) -> None:
    assert matches_glob(str(tmp_path / "tests" / "test_a.py"), pattern, str(tmp_path)) is covers
