"""What a module holds is no fact for a function that nobody calls, where other functions may have filled or set it."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from kerascheck.configuration.config import Settings
from kerascheck.engine import check_source

HEAD = "from keras import Sequential, layers\n"


def _report(tmp_path: Path, code: str, **others: str) -> tuple[list[str], int, int]:
    """The codes of errors, and the numbers of exact and of symbolic models."""
    for name, text in others.items():
        (tmp_path / f"{name}.py").write_text(textwrap.dedent(text))
    path = tmp_path / "build.py"
    path.write_text(HEAD + textwrap.dedent(code))
    report = check_source(path.read_bytes(), str(path), Settings())
    return [one.code for one in report.diagnostics], report.models_exact, report.models_symbolic


@pytest.mark.parametrize(
    ("made", "filled"),
    [
        ("names = []", "names.append(path)"),
        ("names = {}", "names[path] = len(names)"),
        ("names = set()", "names.add(path)"),
        ("names = ['a', 'b']", "names.extend(path)"),
        ("names = ['a', 'b']", "del names[0]"),
        ("names = None", "global names; names = open(path).read().split()"),
        ("names = ['a', 'b']", "global names; names = open(path).read().split()"),
    ],
)
def test_what_another_function_changes_is_of_unknown_length(tmp_path: Path, made: str, filled: str) -> None:
    code = f"""
    {made}
    def load(path):
        {filled}
    def build():
        return Sequential([layers.Input((8,)), layers.Dense(len(names))])
    """
    assert _report(tmp_path, code) == ([], 0, 1)


def test_an_empty_list_is_one_that_somebody_fills(tmp_path: Path) -> None:
    code = """
    from filling import fill
    names = []
    fill(names)
    def build():
        return Sequential([layers.Input((8,)), layers.Dense(len(names))])
    """
    assert _report(tmp_path, code)[0] == []


@pytest.mark.parametrize(
    "code",
    [
        """
        names = ["a", "b"]
        def build():
            return Sequential([layers.Input((8,)), layers.Dense(len(names))])
        """,
        """
        names = ["a", "b"]
        def load(path):
            names = []
            names.append(path)
            return names
        def build():
            return Sequential([layers.Input((8,)), layers.Dense(len(names))])
        """,
        """
        names = ["a", "b"]
        def load(names):
            names.append("c")
        def build():
            return Sequential([layers.Input((8,)), layers.Dense(len(names))])
        """,
    ],
)
def test_what_no_function_changes_is_a_fact(tmp_path: Path, code: str) -> None:
    assert _report(tmp_path, code) == ([], 1, 0)


@pytest.mark.parametrize("use", ["len(settings.CLASSES)", "settings.SIZE", "len(TABLE)"])
def test_placeholders_of_other_modules_are_no_facts(tmp_path: Path, use: str) -> None:
    code = f"""
    import settings
    from settings import TABLE
    def build():
        return Sequential([layers.Input((8,)), layers.Dense({use})])
    """
    assert _report(tmp_path, code, settings="CLASSES = []\nTABLE = {}\nSIZE = None\n") == ([], 0, 1)


def test_values_of_other_modules_are_facts(tmp_path: Path) -> None:
    code = """
    import settings
    def build():
        return Sequential([layers.Input((8,)), layers.Dense(settings.WIDTH), layers.Dense(len(settings.NAMES))])
    """
    assert _report(tmp_path, code, settings="WIDTH = 32\nNAMES = ['a']\n")[1:] == (1, 0)


def test_for_a_call_that_is_written_they_are_what_they_are(tmp_path: Path) -> None:
    code = """
    import settings
    def build():
        return Sequential([layers.Input((8,)), layers.Dense(len(settings.CLASSES))])
    build()
    """
    assert _report(tmp_path, code, settings="CLASSES = []\n")[0] == ["KC205"]


def test_an_empty_list_in_place_of_an_argument_is_no_fact(tmp_path: Path) -> None:
    code = """
    from keras import ops
    class Sampling(layers.Layer):
        def __init__(self, shapes=None, starts=None, **kwargs):
            super().__init__(**kwargs)
            self.shapes = shapes or []
            self.starts = starts if starts is not None else []
        def call(self, x):
            turned = [[w, h] for h, w in self.shapes]
            first = ops.convert_to_tensor(turned)[None, None, :]
            return x / first[:, :, 0] + self.starts[0]
    """
    assert _report(tmp_path, code)[0] == []
