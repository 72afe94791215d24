"""The flake8 plugin, in the real flake8: the findings of the command line, under flake8's options."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from tests.integrations.conftest import Found, Run, program

pytest.importorskip("flake8")

pytestmark = pytest.mark.slow

_LINE = re.compile(r"(?P<path>.*?):(?P<row>\d+):(?P<column>\d+): (?P<code>[A-Z]+\d+) (?P<message>.*)")

Flake8 = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def flake8(run: Run, folder: Path) -> Flake8:
    """Runs flake8, which finds the plugin where kerascheck is installed, else is told of it."""

    def flake8(*arguments: str, stdin: str | None = None, config: str = "") -> subprocess.CompletedProcess[str]:
        is_installed = any(entry.name == "KC" for entry in entry_points(group="flake8.extension"))
        plugin = "[flake8:local-plugins]\nextension = KC = kerascheck.integrations.flake8:Plugin\n"
        file = folder / "flake8.ini"
        file.write_text(f"[flake8]\n{config}\n" + ("" if is_installed else plugin))
        return run("flake8", "--config", str(file), *arguments, stdin=stdin)

    return flake8


def found(result: subprocess.CompletedProcess[str], folder: Path) -> set[Found]:
    assert result.stderr == ""
    matches = [_LINE.fullmatch(line) for line in result.stdout.splitlines()]
    assert all(matches), result.stdout
    return {(str(folder / m["path"]), int(m["row"]), int(m["column"]), m["code"], m["message"]) for m in matches if m}


def codes(result: subprocess.CompletedProcess[str]) -> list[str]:
    return re.findall(r": ([A-Z]+\d+) ", result.stdout)


def test_the_plugin_is_declared() -> None:
    text = (Path(__file__).parent.parent.parent / "pyproject.toml").read_text(encoding="utf-8")
    assert '[project.entry-points."flake8.extension"]\nKC = "kerascheck.integrations.flake8:Plugin"\n' in text


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_the_same_findings_as_on_the_command_line(
    jobs: str, flake8: Flake8, kerascheck: Callable[..., set[Found]], scripts: Path
) -> None:
    expected = kerascheck(".")
    assert {"KC101", "KC002"} <= {code for _, _, _, code, _ in expected}
    assert found(flake8("--select", "KC", "-j", jobs, "."), scripts) == expected


def test_rows_of_a_notebook_are_those_of_the_file(flake8: Flake8, folder: Path) -> None:
    cells = [
        {"cell_type": "code", "metadata": {}, "outputs": [], "source": text.splitlines(keepends=True)}
        for text in ("x = 1\n", program())
    ]
    text = json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}, indent=1)
    (folder / "a.ipynb").write_text(text)
    result = flake8("--select=KC103", "a.ipynb")
    [shown] = result.stdout.splitlines()
    row = int(shown.split(":")[1])
    assert "input" in text.splitlines()[row - 1] and ": KC103 cell 2, row " in shown


class TestOptionsOfFlake8:
    def test_the_plugin_is_on_by_default(self, flake8: Flake8, folder: Path) -> None:
        (folder / "a.py").write_text(program())
        assert "KC103" in codes(flake8("a.py"))

    @pytest.mark.parametrize(
        "option", ["--ignore=KC1", "--extend-ignore=KC103", "--select=E", "--per-file-ignores=a.py:KC"]
    )
    def test_it_can_be_told_to_leave_codes_out(self, option: str, flake8: Flake8, folder: Path) -> None:
        (folder / "a.py").write_text(program())
        assert "KC103" not in codes(flake8(option, "a.py"))

    @pytest.mark.parametrize("comment", ["noqa", "noqa: KC103", "noqa: KC1", "NOQA:KC103"])
    def test_noqa(self, comment: str, flake8: Flake8, folder: Path) -> None:
        (folder / "a.py").write_text(program(comment))
        assert codes(flake8("--select=KC", "a.py")) == []
        assert codes(flake8("--select=KC", "--disable-noqa", "a.py")) == ["KC103"]

    def test_a_file_that_flake8_passes_over(self, flake8: Flake8, folder: Path) -> None:
        (folder / "a.py").write_text(f"# flake8: noqa\n{program()}")
        assert codes(flake8("--select=KC", "a.py")) == []

    def test_our_own_comments_hold_without_noqa(self, flake8: Flake8, folder: Path) -> None:
        (folder / "a.py").write_text(program("kerascheck: ignore[KC103]"))
        assert codes(flake8("--select=KC", "--disable-noqa", "a.py")) == []


class TestRulesThatAreOff:
    """KC003 is off by default."""

    @pytest.mark.parametrize("options", [(), ("--select=KC",), ("--select=K",), ("--ignore=E501",)])
    def test_they_stay_off(self, options: tuple[str, ...], flake8: Flake8, folder: Path) -> None:
        (folder / "a.py").write_text("import keras  # kerascheck: ignore\n")
        assert "KC003" not in codes(flake8(*options, "a.py"))

    @pytest.mark.parametrize("option", ["--select=KC003", "--select=KC0", "--extend-select=KC003"])
    def test_flake8_puts_them_on(self, option: str, flake8: Flake8, folder: Path) -> None:
        (folder / "a.py").write_text("import keras  # kerascheck: ignore\n")
        assert "KC003" in codes(flake8(option, "a.py"))

    def test_the_configuration_of_flake8_puts_them_on(self, flake8: Flake8, folder: Path) -> None:
        (folder / "a.py").write_text("import keras  # kerascheck: ignore\n")
        assert "KC003" in codes(flake8("a.py", config="extend-select = KC003"))

    @pytest.mark.parametrize("options", [(), ("--select=KC",)])
    def test_our_configuration_puts_them_on(self, options: tuple[str, ...], flake8: Flake8, folder: Path) -> None:
        (folder / ".kerascheck.toml").write_text('extend-select = ["unused-suppression"]')
        (folder / "a.py").write_text("import keras  # kerascheck: ignore\n")
        assert "KC003" in codes(flake8(*options, "a.py"))

    def test_comments_that_flake8_looks_after_are_not_called_unused(self, flake8: Flake8, folder: Path) -> None:
        (folder / "a.py").write_text(program("noqa: KC103"))
        assert codes(flake8("--select=KC003", "--disable-noqa", "a.py")) == []


class TestOurConfiguration:
    def test_it_decides_what_flake8_sees(self, flake8: Flake8, folder: Path) -> None:
        (folder / "sub").mkdir()
        (folder / ".kerascheck.toml").write_text('[per-file-ignores]\n"sub/*" = ["redundant-input-shape"]\n')
        for name in ("a.py", "sub/b.py"):
            (folder / name).write_text(program())
        result = flake8("--select=KC", ".")
        assert result.stdout.splitlines() == [line for line in result.stdout.splitlines() if line.startswith("./a.py")]
        assert codes(result) == ["KC103"]

    def test_thresholds(self, flake8: Flake8, folder: Path) -> None:
        layers = ", ".join(["layers.Dense(64, activation='relu'), layers.Dropout(0.4)"] * 2)
        (folder / "a.py").write_text(
            f"from keras import layers, models\n\nm = models.Sequential([{layers}, layers.Dense(1)])\n"
        )
        assert codes(flake8("--select=KC", "a.py")) == []
        (folder / ".kerascheck.toml").write_text("dropout-survival = 0.5\n")
        assert codes(flake8("--select=KC", "a.py")) == ["KC102"]

    @pytest.mark.parametrize("jobs", ["1", "2"])
    def test_a_fault_in_it_is_said_clearly(self, jobs: str, flake8: Flake8, folder: Path) -> None:
        (folder / ".kerascheck.toml").write_text('selct = ["KC1"]')
        (folder / "a.py").write_text(program())
        (folder / "b.py").write_text(program())
        result = flake8("-j", jobs, ".")
        assert "unknown key 'selct'; did you mean 'select'?" in result.stdout + result.stderr
        assert "Traceback" not in result.stdout + result.stderr
        assert result.returncode == 1

    @pytest.mark.parametrize("jobs", ["1", "2"])
    def test_a_fault_in_that_of_a_folder(self, jobs: str, flake8: Flake8, folder: Path) -> None:
        (folder / "sub").mkdir()
        (folder / "sub" / ".kerascheck.toml").write_text('select = ["KC999"]')
        (folder / "a.py").write_text(program())
        (folder / "sub" / "b.py").write_text(program())
        result = flake8("-j", jobs, ".")
        assert "there is no rule 'KC999'" in result.stdout + result.stderr
        assert "Traceback" not in result.stdout + result.stderr
        assert result.returncode == 1


class TestStandardInput:
    def test_it_is_what_is_checked(self, flake8: Flake8, folder: Path) -> None:
        (folder / "a.py").write_text("import os\n")
        result = flake8("--select=KC", "--stdin-display-name=a.py", "-", stdin=program())
        assert result.stdout.startswith("a.py:5:43: KC103 ")

    def test_without_a_name(self, flake8: Flake8) -> None:
        assert flake8("--select=KC", "-", stdin=program()).stdout.startswith("stdin:5:43: KC103 ")

    def test_its_configuration_is_that_of_its_name(self, flake8: Flake8, folder: Path) -> None:
        (folder / "sub").mkdir()
        (folder / "sub" / ".kerascheck.toml").write_text('ignore = ["KC103"]')
        assert codes(flake8("--select=KC", "--stdin-display-name=sub/a.py", "-", stdin=program())) == []


class TestFilesThatCannotBeRead:
    def test_a_syntax_error_is_reported_once(self, flake8: Flake8, folder: Path) -> None:
        (folder / "a.py").write_text("import keras\nprint(\n")
        assert codes(flake8("--select=KC,E9", "a.py")) == ["E999"]

    def test_a_wrong_encoding_is_ours_to_report(self, flake8: Flake8, folder: Path) -> None:
        (folder / "a.py").write_bytes(b"import keras\nname = '\xf6'\n")
        assert codes(flake8("--select=KC", "a.py")) == ["KC002"]

    def test_so_is_a_file_that_is_too_large(self, flake8: Flake8, folder: Path) -> None:
        (folder / "a.py").write_text("import keras\n#" + "x" * 8_000_000 + "\n")
        assert codes(flake8("--select=KC", "a.py")) == ["KC002"]


def test_a_file_without_keras_costs_nothing(run: Run, folder: Path) -> None:
    (folder / "a.py").write_text("import os\n")
    code = (
        "import ast, sys\nfrom kerascheck.integrations.flake8 import Plugin\n"
        "lines = ['import os\\n']\n"
        "print(list(Plugin(ast.parse(lines[0]), 'no/such/file.py', lines).run()), 'libcst' in sys.modules)\n"
    )
    (folder / "b.py").write_text(code)
    assert run("b").stdout == "[] False\n"
