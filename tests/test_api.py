"""The Python API: the command line's findings, as functions on text and files."""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
from pathlib import Path

import pytest

import kerascheck
from kerascheck.project.source import SourceError, unsaved_files

PROGRAM = """\
from keras import layers, models

model = models.Sequential([
    layers.Dense(8, activation="relu", input_dim=4),
    layers.Dense(1, activation="sigmoid", input_dim=9),
])
"""


def test_importing_the_package_imports_nothing_else() -> None:
    code = "import kerascheck, sys; print([m for m in sys.modules if m.startswith(('kerascheck.', 'libcst', 'astroid')) and m not in ('kerascheck.runtime', 'kerascheck.runtime.safe_path')])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == "[]"


def test_every_public_name_is_there() -> None:
    for name in kerascheck.__all__:
        assert getattr(kerascheck, name) is not None
    assert set(kerascheck.__all__) <= set(dir(kerascheck))
    with pytest.raises(AttributeError, match="no_such_name"):
        kerascheck.no_such_name  # noqa: B018


class TestCheck:
    def test_text_and_bytes_give_the_same_findings(self) -> None:
        report = kerascheck.check(PROGRAM, "model.py")
        assert [(d.code, d.span.start.row) for d in report.diagnostics] == [("KC103", 5)]
        assert kerascheck.check(PROGRAM.encode(), "model.py") == report

    def test_a_text_is_read_in_the_encoding_that_it_names(self) -> None:
        report = kerascheck.check(f"# coding: latin-1\nname = 'é'\n{PROGRAM}", "model.py")
        assert [d.code for d in report.diagnostics] == ["KC103"]

    @pytest.mark.parametrize("text", ["import keras\n\ud800", "import keras # \ufffd\n# coding: ascii\n'é'\n"])
    def test_a_character_that_cannot_be_saved_is_no_traceback(self, text: str) -> None:
        assert kerascheck.check(text).crashed is False

    def test_a_syntax_error_is_a_finding(self) -> None:
        assert [d.code for d in kerascheck.check("import keras\nx = (").diagnostics] == ["KC001"]

    def test_settings_choose_the_rules(self) -> None:
        settings = kerascheck.settings_for("model.py", ignore=["KC103"], isolated=True)
        assert kerascheck.check(PROGRAM, "model.py", settings=settings).diagnostics == []

    def test_the_configuration_of_the_file_is_used(self, tmp_path: Path) -> None:
        (tmp_path / ".kerascheck.toml").write_text('ignore = ["KC1"]')
        assert kerascheck.check(PROGRAM, tmp_path / "model.py").diagnostics == []

    def test_a_rule_that_does_not_exist_is_an_error(self) -> None:
        with pytest.raises(kerascheck.ConfigError, match="KC999"):
            kerascheck.settings_for(select=["KC999"])

    def test_an_examination_has_the_models_too(self) -> None:
        found = kerascheck.examine(PROGRAM, "model.py")
        assert found.source is not None and found.analysis is not None
        assert found.report == kerascheck.check(PROGRAM, "model.py")
        assert kerascheck.examine("x = 1").source is None

    def test_an_analysis_has_the_models_alone(self) -> None:
        found = kerascheck.analyze(PROGRAM, "model.py")
        assert found.report.diagnostics == []
        assert found.analysis is not None and len(found.analysis.paths[0].networks) == 1
        assert kerascheck.analyze("x = 1").report.skipped is not None
        with pytest.raises(SourceError, match="never closed"):
            kerascheck.analyze("import keras\nx = (")


class TestCheckPaths:
    def test_a_path_that_does_not_exist(self, tmp_path: Path) -> None:
        with pytest.raises(kerascheck.NoSuchPath, match="nowhere"):
            kerascheck.check_paths([tmp_path / "nowhere.py"])

    def test_a_resolver_gives_each_file_its_settings(self, tmp_path: Path) -> None:
        (tmp_path / "sub").mkdir()
        (tmp_path / "sub" / ".kerascheck.toml").write_text('ignore = ["KC103"]')
        for name in ("a.py", "sub/b.py"):
            (tmp_path / name).write_text(PROGRAM)
        reports = kerascheck.check_paths([tmp_path], settings=kerascheck.Resolver(), use_cache=False)
        assert [len(report.diagnostics) for report in reports] == [1, 0]

    def test_files_and_folders(self, tmp_path: Path) -> None:
        (tmp_path / "pkg").mkdir()
        for name in ("a.py", "pkg/b.py"):
            (tmp_path / name).write_text(PROGRAM)
        seen: list[tuple[int, int]] = []
        reports = kerascheck.check_paths(
            [tmp_path], use_cache=False, progress=lambda done, total: seen.append((done, total))
        )
        assert [Path(report.filename).name for report in reports] == ["a.py", "b.py"]
        assert [[d.code for d in report.diagnostics] for report in reports] == [["KC103"], ["KC103"]]
        assert seen[-1] == (2, 2)

    def test_settings_for_all_files(self, tmp_path: Path) -> None:
        (tmp_path / "a.py").write_text(PROGRAM)
        settings = kerascheck.settings_for(tmp_path, select=["KC2"], isolated=True)
        assert kerascheck.check_paths([tmp_path], settings=settings, use_cache=False)[0].diagnostics == []


class TestSummarize:
    def test_models(self) -> None:
        (model,) = kerascheck.summarize(PROGRAM, "model.py")
        assert (model.name, model.cls, model.total_params) == ("model", "Sequential", 49)
        assert dataclasses.is_dataclass(model)

    def test_no_models(self) -> None:
        assert list(kerascheck.summarize("x = 1\n")) == []

    def test_a_file_whose_findings_are_silenced_has_models_all_the_same(self) -> None:
        (model,) = kerascheck.summarize(f"# kerascheck: skip-file\n{PROGRAM}", "model.py")
        assert model.total_params == 49

    def test_a_syntax_error_is_raised(self) -> None:
        with pytest.raises(SourceError, match="never closed"):
            kerascheck.summarize("import keras\nx = (")


class TestFix:
    def test_text_gives_text_and_bytes_give_bytes(self) -> None:
        result = kerascheck.fix(PROGRAM, "model.py")
        assert result.source == PROGRAM.replace(", input_dim=9", "")
        assert (result.fixed, result.report.diagnostics) == (1, [])
        assert kerascheck.fix(PROGRAM.encode(), "model.py").source == result.source.encode()

    def test_a_text_without_findings_comes_back_as_it_is(self) -> None:
        text = "# coding: latin-1\r\nimport keras # ☃\r\n"
        assert kerascheck.fix(text).source == text


def test_files_open_in_an_editor_stand_for_what_is_saved(tmp_path: Path) -> None:
    (tmp_path / "sizes.py").write_text("UNITS = 3\n")
    main = (
        f"from sizes import UNITS\nfrom settings import BIAS\n{PROGRAM}model.add(layers.Dense(UNITS, use_bias=BIAS))\n"
    )
    name = str(tmp_path / "main.py")
    unsaved = {str(tmp_path / "sizes.py"): b"UNITS = 5\n", str(tmp_path / "settings.py"): b"BIAS = False\n"}
    with unsaved_files(unsaved):
        assert kerascheck.summarize(main, name)[0].total_params == 49 + 5
    assert kerascheck.summarize(main, name)[0].total_params != 49 + 5


def test_a_notebook_is_its_json() -> None:
    cell = {"cell_type": "code", "source": PROGRAM, "metadata": {}, "outputs": [], "execution_count": None}
    text = json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
    (found,) = kerascheck.check(text, "model.ipynb").diagnostics
    assert (found.code, found.cell, found.span.start.row) == ("KC103", 1, 5)
