"""The command line, in process; see test_bad_input for the real one."""

from __future__ import annotations

import itertools
import json
import os
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from kerascheck import __version__
from kerascheck.cli.app import app
from tests.scripts import FIXED, SCRIPT

CLEAN = "import keras\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KERASCHECK_CACHE_DIR", str(tmp_path / ".cache"))
    monkeypatch.setattr("platformdirs.user_config_dir", lambda *_, **__: str(tmp_path / "none"))
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "x.py").write_text(SCRIPT)
    return tmp_path


def run(*arguments: str, stdin: str | bytes | None = None) -> Result:
    return CliRunner().invoke(app, list(arguments), input=stdin)


def test_a_path_alone_means_check() -> None:
    bare, named = run("x.py"), run("check", "x.py")
    assert bare.exit_code == named.exit_code == 1
    assert bare.stdout == named.stdout
    assert bare.stdout.startswith("x.py:6:20: KC103 ")


def test_options_before_the_path_mean_check_too() -> None:
    assert run("--select", "KC103", "x.py").exit_code == 1


def test_check_without_paths_takes_the_current_folder() -> None:
    assert "x.py:6:20: KC103" in run("check").stdout


def test_exit_status_0_without_findings(folder: Path) -> None:
    (folder / "x.py").write_text(CLEAN)
    result = run("x.py")
    assert (result.exit_code, result.stdout) == (0, "No findings.\n")


def test_exit_zero() -> None:
    assert run("--exit-zero", "x.py").exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nowhere.py"], "nowhere.py: no such file or folder"),
        (["--select", "KC1033", "x.py"], "there is no rule 'KC1033'; did you mean KC103?"),
        (
            ["--output-format", "xml", "x.py"],
            "'xml' is not an output format; expected one of text, concise, full, github,",
        ),
        (["-", "x.py"], "- reads standard input and goes with no other path"),
        (["rule", "KC999"], "there is no rule 'KC999'"),
        (["rule", "KC1"], "KC1 stands for several rules"),
        (["rules", "--output-format", "xml"], "'xml' is not a format of this command: table or json"),
        (["config", "nowhere"], "nowhere: no such file or folder"),
        (["--config", "nowhere.toml", "x.py"], "nowhere.toml: cannot be read: No such file or directory"),
        (["--output-file", "nowhere/out", "x.py"], "nowhere/out: cannot be written: No such file or directory"),
    ],
)
def test_exit_status_2_with_one_line_that_says_why(arguments: list[str], message: str) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert result.stderr.startswith("kerascheck: error: ") and message in result.stderr
    assert result.stdout == ""


def test_unknown_options_are_a_usage_error() -> None:
    assert run("--selct", "KC1", "x.py").exit_code == 2


def test_wrong_configuration_is_a_usage_error(folder: Path) -> None:
    (folder / "pyproject.toml").write_text("[tool.kerascheck]\nselct = []\n")
    result = run("x.py")
    assert result.exit_code == 2 and "did you mean 'select'?" in result.stderr


def test_select_and_ignore_take_lists_and_may_be_repeated() -> None:
    assert run("--select", "KC101,KC102", "x.py").exit_code == 0
    assert run("--select", "KC101", "--select", "KC103", "x.py").exit_code == 1
    assert run("--ignore", "KC102,redundant-input-shape", "x.py").exit_code == 0


def test_configuration_beside_the_file_holds(folder: Path) -> None:
    (folder / "pyproject.toml").write_text("[tool.kerascheck]\nignore = ['KC103']\n")
    assert run("x.py").exit_code == 0
    assert run("--isolated", "x.py").exit_code == 1
    assert run("--select", "KC103", "x.py").exit_code == 1


def test_json_is_nothing_but_json() -> None:
    [found] = json.loads(run("--output-format", "json", "x.py").stdout)
    assert (found["code"], found["location"]) == ("KC103", {"row": 6, "column": 20})


def test_output_goes_to_a_file(folder: Path) -> None:
    result = run("--output-format", "json", "--output-file", "out.json", "x.py")
    assert (result.exit_code, result.stdout) == (1, "")
    assert json.loads((folder / "out.json").read_text())[0]["code"] == "KC103"


def test_statistics() -> None:
    assert run("--statistics", "x.py").stdout.startswith("1  KC103  redundant-input-shape\n")


def test_fix_writes_the_file_and_leaves_nothing_to_report(folder: Path) -> None:
    result = run("--fix", "x.py")
    assert (result.exit_code, result.stdout) == (0, "Fixed 1 finding.\n")
    assert (folder / "x.py").read_text() == FIXED


def test_fix_by_configuration(folder: Path) -> None:
    (folder / "pyproject.toml").write_text("[tool.kerascheck]\nfix = true\n")
    assert run("--no-fix", "x.py").exit_code == 1
    assert run("x.py").exit_code == 0
    assert (folder / "x.py").read_text() == FIXED


def test_diff_shows_what_fix_would_do_and_does_nothing(folder: Path) -> None:
    result = run("--diff", "x.py")
    assert result.exit_code == 1
    assert (
        '-model.add(Dense(8, input_dim=8, activation="relu"))\n+model.add(Dense(8, activation="relu"))\n'
        in result.stdout
    )
    assert (folder / "x.py").read_text() == SCRIPT


def test_diff_of_nothing(folder: Path) -> None:
    (folder / "x.py").write_text(FIXED)
    result = run("--diff", "x.py")
    assert (result.exit_code, result.stdout) == (0, "")


def test_a_read_only_file_is_not_fixed(folder: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may write everything")
    (folder / "x.py").chmod(0o444)
    result = run("--fix", "x.py")
    assert result.exit_code == 1 and "x.py: not fixed, it cannot be written" in result.stderr


def test_stdin() -> None:
    result = run("-", "--stdin-filename", "src/y.py", stdin=SCRIPT)
    assert result.exit_code == 1 and result.stdout.startswith("src/y.py:6:20: KC103 ")


def test_stdin_takes_the_configuration_of_its_name(folder: Path) -> None:
    (folder / "src").mkdir()
    (folder / "src" / ".kerascheck.toml").write_text("ignore = ['KC103']\n")
    assert run("-", "--stdin-filename", "src/y.py", stdin=SCRIPT).exit_code == 0
    assert run("-", stdin=SCRIPT).exit_code == 1


def test_stdin_fixed_goes_to_stdout_and_findings_do_not() -> None:
    crlf = SCRIPT.replace("\n", "\r\n").encode()
    result = run("-", "--fix", stdin=crlf)
    assert result.exit_code == 0
    assert result.stdout_bytes == FIXED.replace("\n", "\r\n").encode()
    assert "Fixed 1 finding" in result.stderr


def test_stdin_diff() -> None:
    result = run("-", "--diff", stdin=SCRIPT)
    assert result.exit_code == 1 and "-model.add(Dense(8, input_dim=8" in result.stdout


def test_folders_without_python_files_are_no_error_but_said(folder: Path) -> None:
    (folder / "empty").mkdir()
    result = run("empty")
    assert result.exit_code == 0 and "no Python files" in result.stderr


def test_the_second_run_takes_the_reports_of_the_first(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = run("x.py").stdout
    monkeypatch.setattr("kerascheck.machine.analyze", None)  # would fail if called
    assert run("x.py").stdout == first
    assert run("--no-cache", "x.py").exit_code == 2
    (folder / "x.py").write_text(SCRIPT + "\n")
    assert run("x.py").exit_code == 2


LONG = SCRIPT + "for a in range(60):\n    for b in range(60):\n        for c in range(60):\n            x = a + b + c\n"


def test_what_the_budget_cuts_off_is_said_and_kept(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "x.py").write_text(LONG)
    first = run("--budget", "0.05", "x.py")
    assert "warning: x.py: analysed in part, the budget for one file is used up" in first.stderr
    monkeypatch.setattr("kerascheck.machine.analyze", None)  # would fail if called
    assert run("--budget", "0.05", "x.py").stdout == first.stdout
    assert run("--budget", "0.06", "x.py").exit_code == 2


def test_what_the_clock_cuts_off_is_said_and_not_kept(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "x.py").write_text(LONG)
    seconds = itertools.count(0, 1000)
    monkeypatch.setattr("kerascheck.machine.run.time.thread_time", lambda: next(seconds))
    assert "warning: x.py: analysed in part, it takes too long" in run("x.py").stderr
    assert not list((folder / ".cache").rglob("*.json"))


@pytest.mark.parametrize("command", ["summary", "graph"])
def test_other_commands_say_what_the_budget_cuts_off(folder: Path, command: str) -> None:
    (folder / ".kerascheck.toml").write_text("budget = 0.05\n")
    (folder / "x.py").write_text(LONG)
    assert "warning: x.py: analysed in part, the budget" in run(command, "x.py").stderr


def test_a_wrong_budget() -> None:
    result = run("--budget", "0", "x.py")
    assert result.exit_code == 2 and "the budget must be a number of seconds above 0" in result.stderr


def test_a_damaged_cache_is_as_none(folder: Path) -> None:
    first = run("x.py").stdout
    entries = list((folder / ".cache").rglob("*.json"))
    assert entries
    for content in ("", "{", "[]", '{"modules": {}, "report": {"diagnostics": [{}]}}', '{"modules": {}, "report": 1}'):
        for entry in entries:
            entry.write_text(content)
        assert run("x.py").stdout == first


def test_a_cache_that_cannot_be_written_is_as_none(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "file").touch()
    monkeypatch.setenv("KERASCHECK_CACHE_DIR", str(folder / "file"))
    assert run("x.py").exit_code == 1


def test_the_cache_follows_the_modules_that_a_file_imports(folder: Path) -> None:
    (folder / "units.py").write_text("N = 4\n")
    text = SCRIPT.replace("model.add(Dense(8, input_dim=8", "from units import N\nmodel.add(Dense(8, input_dim=N")
    (folder / "x.py").write_text(text)
    first = run("--output-format", "json", "x.py").stdout
    (folder / "units.py").write_text("N = 8\n")
    assert run("--output-format", "json", "x.py").stdout != first
    assert run("--output-format", "json", "x.py").stdout == run("--no-cache", "--output-format", "json", "x.py").stdout


def test_the_cache_follows_the_data_that_a_file_reads(folder: Path) -> None:
    text = SCRIPT.replace(
        "model.add(Dense(8, input_dim=8", "N = len(open('n.txt').readlines())\nmodel.add(Dense(8, input_dim=N"
    )
    (folder / "x.py").write_text(text)
    outputs = []
    for lines in (None, 4, 8):
        if lines is not None:
            (folder / "n.txt").write_text("x\n" * lines)
        outputs.append(run("--output-format", "json", "x.py").stdout)
        assert outputs[-1] == run("--no-cache", "--output-format", "json", "x.py").stdout
    assert len(set(outputs)) == 3
    assert run("--no-read-data", "--output-format", "json", "x.py").stdout == outputs[0]


def test_version() -> None:
    assert run("--version").stdout == f"kerascheck {__version__}\n"


def test_no_arguments_show_the_help() -> None:
    assert "Usage" in run().output


@pytest.mark.parametrize("name", ["KC001", "kc001", "syntax-error"])
def test_rule_explains(name: str) -> None:
    result = run("rule", name)
    assert result.exit_code == 0
    assert result.stdout.startswith("# syntax-error (KC001)\n") and "## Why it is bad" in result.stdout


def test_rules_are_listed_as_table_and_json() -> None:
    table, facts = run("rules").stdout, json.loads(run("rules", "--output-format", "json").stdout)
    assert len(table.splitlines()) == len(facts)
    assert {"code", "name", "severity", "enabled", "fix", "since", "summary", "url"} == set(facts[0])
    assert "KC003  unused-suppression" in table


def test_config_says_where_each_setting_comes_from(folder: Path) -> None:
    (folder / "pyproject.toml").write_text("[tool.kerascheck]\nignore = ['KC103']\n")
    lines = run("config", "--select", "KC1").stdout.splitlines()
    shown = {line.partition(" = ")[0]: line for line in lines}
    assert shown["ignore"].endswith(f"# {folder / 'pyproject.toml'}") and '["KC103"]' in shown["ignore"]
    assert shown["select"].endswith("# command line") and '["KC1"]' in shown["select"]
    assert shown["fix"].endswith("# default") and "fix = false" in shown["fix"]


def test_the_help_names_every_option(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setenv("TERM", "dumb")
    shown = run("check", "--help").stdout
    for option in (
        "--baseline",
        "--write-baseline",
        "--diff-base",
        "--watch",
        "--force-exclude",
        "json-lines",
        "sarif",
    ):
        assert option in shown


def test_config_says_for_which_keras_a_file_is_written(folder: Path) -> None:
    (folder / "old.py").write_text("from keras.layers.core import Dense\n")
    shown = run("config", "old.py").output
    assert "# old.py is written for keras2: keras.layers.core (row 1)" in shown
    assert "# what Keras 3 does not have is reported as a note" in shown
    found = json.loads(run("config", "--json", "old.py").output)
    assert found["settings"]["target"] == {"value": "auto", "origin": "default"}
    assert found["target"]["era"] == "keras2" and found["target"]["old_forms"] == "note"
    assert found["target"]["evidence"][0]["row"] == 1
    told = json.loads(run("config", "--json", "--target", "keras3", "old.py").output)
    assert (told["target"]["era"], told["target"]["old_forms"]) == ("keras3", "error")


def test_the_target_on_the_command_line_is_stronger_than_evidence(folder: Path) -> None:
    (folder / "old.py").write_text("from keras.layers.core import Dense\n")
    assert "KC502" in run("check", "--target", "keras3", "old.py").output
    assert "KC502" not in run("check", "--target", "keras2", "old.py").output
    assert run("check", "--target", "keras9", "old.py").exit_code == 2
