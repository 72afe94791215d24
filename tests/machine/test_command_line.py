"""Options of the command line hold what a run without arguments gives them; what others change is explored apart."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path
from typing import Any

import pytest

from kerascheck.machine.analysis import OTHER_ARGUMENTS
from tests.machine.helpers import UNKNOWN, build, cases, execute_module, known, model

PROGRAMS = cases("command_line")
UNKNOWN_RESULTS = cases("command_line_unknown")


@pytest.mark.parametrize("code", PROGRAMS.values(), ids=PROGRAMS)
def test_as_python_without_arguments(code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["program.py"])
    space: dict[str, Any] = {}
    exec(code, space)
    assert known(code) == space["x"]


@pytest.mark.parametrize("code", UNKNOWN_RESULTS.values(), ids=UNKNOWN_RESULTS)
def test_not_known(code: str) -> None:
    assert known(code) is UNKNOWN


PARSER = """
import argparse
parser = argparse.ArgumentParser()
parser.add_argument("--units", type=int, default=8)
parser.add_argument("--size", type=int, required=True)
parser.add_argument("--kind", default="mlp")
args = parser.parse_args()
"""


def test_a_model_of_defaults_is_exact() -> None:
    network = model(PARSER + "model = Sequential([Input((4,)), Dense(args.units)])")
    assert network.status() == "exact"
    assert network.params() == 40


def test_what_must_be_given_is_a_size_of_its_name() -> None:
    network = model(PARSER + "model = Sequential([Input((args.size,)), Dense(args.units)])")
    assert network.status() == "symbolic"
    assert str(network.params()) == "8*args.size + 8"


def test_other_arguments_build_what_the_defaults_do_not() -> None:
    analysis = build(
        PARSER
        + """
if args.kind == "mlp":
    model = Sequential([Input((4,)), Dense(args.units)], name="mlp")
else:
    model = Sequential([Input((4, 4, 1)), Conv2D(args.units, 3)], name="cnn")
end = Sequential([Input((4,)), Dense(args.units)], name="end")
"""
    )
    found = {(path.entry, network.name, network.status()) for path in analysis.paths for network in path.networks}
    assert found == {(0, "mlp", "exact"), (0, "end", "exact"), (OTHER_ARGUMENTS, "cnn", "symbolic")}


def test_what_lies_behind_an_exit_without_arguments_is_explored() -> None:
    analysis = build(
        """
        import argparse
        parser = argparse.ArgumentParser()
        parser.add_argument("--data")
        args = parser.parse_args()
        if args.data is None:
            parser.error("--data is missing")
        model = Sequential([Input((4,)), Dense(2)])
        """
    )
    assert [(path.entry, len(path.networks)) for path in analysis.paths] == [(0, 0), (OTHER_ARGUMENTS, 1)]


def test_an_error_of_the_defaults_is_an_error() -> None:
    analysis = build(PARSER + "model = Sequential([Input((4,)), Conv2D(args.units, 3)])")
    assert [(path.entry, [one.error.kind for one in path.raised]) for path in analysis.paths] == [(0, ["rank"])]


def test_functions_see_the_defaults() -> None:
    analysis = build(PARSER + "def make():\n    return Sequential([Input((4,)), Dense(args.units)])")
    assert [n.status() for path in analysis.paths for n in path.networks] == ["exact"]


def test_the_same_variable_of_the_environment_is_decided_once() -> None:
    analysis = build(
        """
        import os
        model = Sequential([Input((4,)), Dense(1, name="first")])
        if os.environ.get("DEEP"): model.add(Dense(1, name="a"))
        if os.environ.get("DEEP"): model.add(Dense(1, name="b"))
        """
    )
    found = [[layer.name for layer in path.networks[0].layers] for path in analysis.paths]
    assert sorted(found) == [["first"], ["first", "a", "b"]]


def test_a_size_from_the_environment_or_the_command_line_is_called_by_its_text() -> None:
    network = model("import os, sys\nmodel = Sequential([Input((int(os.environ['A']),)), Dense(int(sys.argv[1]))])")
    shapes = network.layers[0].output_shapes()
    assert str(shapes[0][1]) == "int(sys.argv[1])"  # type: ignore[index]
    assert str(network.inputs[0].shape[1]) == "int(os.environ['A'])"  # type: ignore[index]


PACKAGES = cases("command_line_packages")


@pytest.mark.parametrize(("title", "code"), PACKAGES.items(), ids=PACKAGES)
def test_as_packages_do_without_arguments(title: str, code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip(title.split(",", maxsplit=1)[0])
    monkeypatch.setattr(sys, "argv", ["program.py"])
    space: dict[str, Any] = {}
    with contextlib.suppress(SystemExit):
        exec(code, space)
    if "flags" in code:
        from absl import flags

        for name in {"units", "rate", "act", "deep", "wide", "kind", "sizes", "names", "many", "more", "none", "text"}:
            if name in flags.FLAGS:
                delattr(flags.FLAGS, name)
    assert known(code) == space["x"]


def test_flags_that_modules_of_the_project_define(tmp_path: Path) -> None:
    (tmp_path / "options.py").write_text("from absl import flags\nflags.DEFINE_integer('units', 64, 'a')\n")
    code = "import options\nfrom absl import flags\nfrom a import b\nif b: print()\nx = flags.FLAGS.units\n"
    _, scope = execute_module(code, str(tmp_path / "main.py"))
    assert scope.vars["x"] == 64


@pytest.mark.parametrize(
    "line",
    [
        "flags.DEFINE_integer('units', None, 'a', required=True)",
        "flags.DEFINE_integer('units', 5, 'a'); flags.mark_flag_as_required('units')",
        "flags.DEFINE_integer('units', 5, 'a'); flags.mark_flags_as_required(['units'])",
        "from absl import app",
    ],
)
def test_flags_that_must_be_given_are_sizes_of_their_name(line: str) -> None:
    network = model(f"from absl import flags\n{line}\nmodel = Sequential([Input((4,)), Dense(flags.FLAGS.units)])")
    assert network.status() == "symbolic"


@pytest.mark.parametrize(
    "option",
    ["envvar='UNITS'", "required=True", "prompt=True", "type=click.INT, default='5'", "**settings"],
)
def test_options_of_click_that_are_not_known(option: str) -> None:
    code = f"import click\nfrom a import settings\n@click.command()\n@click.option('--n', {option})\ndef main(n):\n    global x\n    x = n\nmain()"
    assert known(code) is UNKNOWN


def test_a_function_of_click_that_is_called_elsewhere_has_its_defaults() -> None:
    analysis = build(
        """
        import click
        @click.command()
        @click.option("--units", default=8)
        def main(units):
            model = Sequential([Input((4,)), Dense(units)])
        """
    )
    assert {n.status() for path in analysis.paths for n in path.networks} == {"exact"}
