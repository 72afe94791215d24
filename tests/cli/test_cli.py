"""The command line, in process; see test_bad_input for the real one."""

from __future__ import annotations

import itertools
import json
import os
import re
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from kerascheck import __version__
from kerascheck.cli.app import app
from tests.scripts import FIXED, SCRIPT

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

CLEAN = "import keras\n"
#: A bias before batch normalization: a matter of taste.
BIAS = """\
import keras
from keras import layers

model = keras.Sequential([
    keras.Input((8,)), layers.Dense(4), layers.BatchNormalization(), layers.ReLU(), layers.Dense(1)
])
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KERASCHECK_CACHE_DIR", str(tmp_path / ".cache"))
    monkeypatch.setattr("platformdirs.user_config_dir", lambda *_, **__: str(tmp_path / "none"))
    for name in ("NO_COLOR", "FORCE_COLOR", "GITHUB_STEP_SUMMARY"):
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
    assert (result.exit_code, result.stdout) == (0, "No findings.\nChecked 1 file: no models.\n")


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
        (["rule"], "which rule?"),
        (["rule", "--output-format", "xml", "KC103"], "'xml' is not a format of this command: text or json"),
        (["chek"], "chek: no such file, folder or command; did you mean check?"),
        (["--select", "", "x.py"], "the selection is empty"),
        (["--select", "KC9", "x.py"], "no rule is left"),
        (["--select", "KC103", "--ignore", "KC1", "--ignore", "KC103", "x.py"], "no rule is left"),
        (["--ignore", "KC", "x.py"], "no rule is left"),
        (["--ignore", "all", "x.py"], "no rule is left"),
        (["--select", "NOPE", "x.py"], "there is no rule 'NOPE'; `kerascheck rules` lists them all"),
        (["--config", "line-length=3", "x.py"], "unknown key 'line-length'; the keys are select, "),
        (["--preset", "strickt", "x.py"], "--preset must be one of default, errors, strict, teaching"),
        (["--fail-on", "never", "x.py"], "--fail-on must be one of error, warning, info"),
        (["--config", "budget=-1", "x.py"], "--config: 'budget' must be a number of seconds above 0"),
        (["--config", "bugdet=1", "x.py"], "unknown key 'bugdet'; did you mean 'budget'?"),
        (["--config", "a.toml", "--config", "b.toml", "x.py"], "--config takes one file, not a.toml and b.toml"),
        (["--add-noqa", "--diff", "x.py"], "--add-noqa changes files and goes not with"),
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


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("kerascheck ch", ["check"]),
        ("kerascheck --sel", ["--select"]),
        ("kerascheck check --sel", ["--select"]),
        ("kerascheck rule KC10", [f"KC10{number}" for number in range(1, 10)]),
        ("kerascheck check --select KC101,KC20", [f"KC101,KC20{number}" for number in range(10)]),
        ("kerascheck --ignore linear-", ["linear-stack"]),
        ("kerascheck check --output-format s", ["sarif"]),
    ],
)
@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_what_the_shell_completes(shell: str, words: str, offered: list[str]) -> None:
    """As the scripts that `--install-completion` writes ask for it."""
    asked = {
        "bash": {"COMP_WORDS": words, "COMP_CWORD": str(len(words.split()) - 1)},
        "zsh": {"_TYPER_COMPLETE_ARGS": words},
        "fish": {"_TYPER_COMPLETE_ARGS": words, "_TYPER_COMPLETE_FISH_ACTION": "get-args"},
    }[shell]
    result = CliRunner().invoke(
        app, [], prog_name="kerascheck", env={"_KERASCHECK_COMPLETE": f"complete_{shell}", **asked}
    )
    pattern = {"bash": r"(?m)^(\S+)$", "zsh": r'(?m)(?:^|\()"([^"\s]+)"', "fish": r"(?m)^(\S+)(?:\t|$)"}[shell]
    assert re.findall(pattern, result.output) == offered


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
    assert (result.exit_code, result.stdout) == (0, "Fixed 1 finding.\nChecked 1 file, 1 model: 1 exact.\n")
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
        '-model.add(Dense(8, input_dim=9, activation="relu"))\n+model.add(Dense(8, activation="relu"))\n'
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
    assert result.exit_code == 1 and "-model.add(Dense(8, input_dim=9" in result.stdout


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


@pytest.fixture
def _no_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """However slow the machine is, the budget ends by its steps."""
    monkeypatch.setattr("kerascheck.machine.budget.time.thread_time", lambda: 0.0)


@pytest.mark.usefixtures("_no_clock")
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
    monkeypatch.setattr("kerascheck.machine.budget.time.thread_time", lambda: next(seconds))
    assert "warning: x.py: analysed in part, it takes too long" in run("x.py").stderr
    assert not list((folder / ".cache").rglob("*.json"))


@pytest.mark.usefixtures("_no_clock")
@pytest.mark.parametrize("command", ["summary", "graph"])
def test_other_commands_say_what_the_budget_cuts_off(folder: Path, command: str) -> None:
    (folder / ".kerascheck.toml").write_text("budget = 0.05\n")
    (folder / "x.py").write_text(LONG)
    assert "warning: x.py: analysed in part, the budget" in run(command, "x.py").stderr


def test_a_wrong_budget() -> None:
    result = run("--budget", "0", "x.py")
    assert result.exit_code == 2 and "--budget must be a number of seconds above 0" in result.stderr


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
    text = SCRIPT.replace("model.add(Dense(8, input_dim=9", "from units import N\nmodel.add(Dense(8, input_dim=N")
    (folder / "x.py").write_text(text)
    first = run("--output-format", "json", "x.py").stdout
    (folder / "units.py").write_text("N = 8\n")
    assert run("--output-format", "json", "x.py").stdout != first
    assert run("--output-format", "json", "x.py").stdout == run("--no-cache", "--output-format", "json", "x.py").stdout


def test_the_cache_follows_the_data_that_a_file_reads(folder: Path) -> None:
    text = SCRIPT.replace(
        "model.add(Dense(8, input_dim=9", "N = len(open('n.txt').readlines())\nmodel.add(Dense(8, input_dim=N"
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


def test_config_is_valid_toml_and_json(folder: Path) -> None:
    text = "[tool.kerascheck]\nignore = ['KC103']\n[tool.kerascheck.severity]\nKC2 = 'warning'\n"
    (folder / "pyproject.toml").write_text(text + "[tool.kerascheck.per-file-ignores]\n'a b/*.py' = ['KC1']\n")
    shown = run("config").stdout
    settings = tomllib.loads(shown)
    assert settings["severity"] == {"KC2": "warning"} and settings["per-file-ignores"] == {"a b/*.py": ["KC1"]}
    data = json.loads(run("config", "--output-format", "json").stdout)["settings"]
    assert {key: item["value"] for key, item in data.items() if item["value"] is not None} == settings
    (folder / "pyproject.toml").unlink()
    (folder / ".kerascheck.toml").write_text(shown)
    again = json.loads(run("config", "--output-format", "json").stdout)["settings"]
    assert {key: item["value"] for key, item in again.items()} == {key: item["value"] for key, item in data.items()}


def test_settings_of_the_command_line_are_as_in_a_file(folder: Path) -> None:
    assert run("--config", "ignore=['KC103']", "x.py").exit_code == 0
    assert run("--config", "severity.KC103=info", "--fail-on", "warning", "x.py").exit_code == 0
    (folder / "own.toml").write_text("ignore = ['KC103']\n")
    assert run("--config", "own.toml", "--config", "output-format=json", "x.py").stdout == "[]\n"


def test_severity_decides_what_fails(folder: Path) -> None:
    assert "KC103 warning: " in run("x.py").stdout
    assert run("--fail-on", "warning", "x.py").exit_code == 1
    assert run("--fail-on", "error", "x.py").exit_code == 0
    (folder / ".kerascheck.toml").write_text("fail-on = 'error'\n[severity]\nredundant-input-shape = 'error'\n")
    result = run("x.py")
    assert result.exit_code == 1 and "KC103 error: " in result.stdout


def test_presets(folder: Path) -> None:
    assert run("--preset", "errors", "x.py").exit_code == 0
    assert run("--preset", "errors", "--extend-select", "KC103", "x.py").exit_code == 1
    (folder / "y.py").write_text("import keras  # kerascheck: ignore\n")
    assert run("y.py").exit_code == 0
    assert "KC003" in run("--preset", "strict", "y.py").stdout
    (folder / "z.py").write_text(BIAS)
    assert "KC115" not in run("--preset", "strict", "z.py").stdout
    assert "KC115" in run("--preset", "teaching", "z.py").stdout


def test_comments_are_written_for_all_findings(folder: Path) -> None:
    result = run("--add-noqa", "x.py")
    assert (result.exit_code, result.stdout) == (0, "Added 1 comment in 1 file.\n")
    assert "  # noqa: KC103\n" in (folder / "x.py").read_text()
    assert run("x.py").exit_code == 0
    assert run("--ignore-noqa", "x.py").exit_code == 1
    assert run("--add-noqa", "x.py").stdout == "Added 0 comments in 0 files.\n"


def test_comments_are_written_into_notebooks(folder: Path) -> None:
    cells = [
        {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None, "source": SCRIPT.splitlines(True)}
    ]
    (folder / "n.ipynb").write_text(
        json.dumps({"cells": [cells[0] | {"source": []}, *cells], "metadata": {}, "nbformat": 4, "nbformat_minor": 4})
    )
    assert run("n.ipynb").exit_code == 1
    assert run("--add-noqa", "n.ipynb").stdout == "Added 1 comment in 1 file.\n"
    assert run("n.ipynb").exit_code == 0


def test_files_are_listed_and_none_is_checked(folder: Path) -> None:
    (folder / "build").mkdir()
    (folder / "build" / "y.py").write_text(SCRIPT)
    result = run("--show-files")
    assert (result.exit_code, result.stdout) == (0, "x.py\n")


def test_quiet_and_verbose() -> None:
    quiet = run("--quiet", "x.py")
    assert quiet.stdout.count("\n") == 1 and quiet.stderr == ""
    assert run("-v", "x.py").stderr == "note: x.py: 1 model, 1 finding\nnote: settings: command line\n"


def test_what_was_understood_is_said_beside_formats_for_programs() -> None:
    result = run("--output-format", "json", "x.py")
    assert json.loads(result.stdout) and result.stderr == "Checked 1 file, 1 model: 1 exact.\n"


def test_why_models_are_not_known(folder: Path) -> None:
    (folder / "y.py").write_text("import keras\nmodel = keras.Sequential([keras.layers.Dense(2)])\n")
    shown = run("--show-unknown", "y.py").stdout
    assert shown.startswith("y.py:2: model 'model' (Sequential) is unknown\n    why:  layer 'dense': no input shape")
    assert "begin the model with keras.Input(shape=...)" in shown


def test_colour_when_it_is_wanted() -> None:
    assert "\x1b[" in run("--color", "always", "x.py").stdout
    assert "\x1b[" not in run("--color", "auto", "x.py").stdout


def test_output_to_a_dash_is_stdout(folder: Path) -> None:
    assert run("-o", "-", "x.py").stdout.startswith("x.py:6:20: ")
    assert not (folder / "-").exists()


def test_statistics_in_the_wanted_format() -> None:
    [row] = json.loads(run("--statistics", "--output-format", "json", "x.py").stdout)
    assert (row["code"], row["count"]) == ("KC103", 1)


def test_the_cache_lies_where_it_is_told_to_and_can_be_cleaned(folder: Path) -> None:
    run("--cache-dir", "kept", "x.py")
    assert list((folder / "kept").glob("*/*.json"))
    (folder / "kept" / "note.txt").write_text("mine")
    assert run("clean", "--cache-dir", "kept").stdout == "kept: 1 result removed.\n"
    assert [path.name for path in (folder / "kept").iterdir()] == ["note.txt"]


def test_several_rules_are_explained() -> None:
    codes = [rule["code"] for rule in json.loads(run("rule", "KC001,KC103", "KC60", "--output-format", "json").stdout)]
    assert codes[:2] == ["KC001", "KC103"] and len(codes) > 2 and all(code.startswith("KC60") for code in codes[2:])
    every = json.loads(run("rule", "--all", "--output-format", "json").stdout)
    assert len(every) == len(json.loads(run("rules", "--output-format", "json").stdout))
    assert every[0]["explanation"].startswith("Python cannot read the file.")
    assert run("rule", "KC001", "KC002").stdout.count("## Why it is bad") == 2


@pytest.mark.parametrize("command", [["summary"], ["verify"], ["graph"], ["report", "-o", "-"]])
def test_commands_about_models_read_stdin(command: list[str]) -> None:
    if command == ["verify"]:
        pytest.importorskip("keras")
    result = run(*command, "-", "--stdin-filename", "x.py", stdin=SCRIPT)
    assert result.exit_code == 0, result.output
    assert "dense" in result.stdout or "Dense" in result.stdout or "x.py" in result.stdout


@pytest.mark.parametrize("command", ["summary", "verify", "graph", "report", "diff"])
def test_commands_about_models_take_a_configuration_and_a_format(command: str) -> None:
    result = run(command, "--config", "budget=-1", *(["x.py", "x.py"] if command == "diff" else ["x.py"]))
    assert result.exit_code == 2 and "'budget' must be" in result.stderr
    assert (
        run(command, *(["x.py", "x.py"] if command == "diff" else ["x.py"]), "--output-format", "none").exit_code == 2
    )


def test_the_report_as_data(folder: Path) -> None:
    run("report", "x.py", "--output-format", "json")
    [file] = json.loads((folder / "kerascheck-report.json").read_text())
    assert file["models"] == {"exact": 1, "symbolic": 0, "unknown": 0}
    assert [found["code"] for found in file["findings"]] == ["KC103"]


def test_short_options_for_help_and_version() -> None:
    assert "Usage" in run("-h").output and "Usage" in run("check", "-h").output
    assert run("-V").stdout == f"kerascheck {__version__}\n"


def test_codes_are_completed() -> None:
    from kerascheck.cli.options import complete_codes

    assert ("KC103", "redundant-input-shape") in complete_codes("KC10")
    assert ("KC101,redundant-input-shape", "KC103") in complete_codes("KC101,redund")


#: Every option of `check` whose key is spelled otherwise, or that is about one run alone.
NOT_SETTINGS = {"diff", "watch", "stdin_filename", "config", "isolated", "paths", "add_noqa", "show_files"}
NOT_SETTINGS |= {"no_baseline", "write_baseline"}


def test_every_option_is_a_setting_too() -> None:
    import inspect

    from kerascheck.cli.app import check

    keys = json.loads(run("config", "--isolated", "--output-format", "json").stdout)["settings"]
    options = {name for name in inspect.signature(check).parameters if name not in NOT_SETTINGS}
    assert {name.replace("_", "-") for name in options} <= set(keys)


@pytest.mark.parametrize("command", ["check", "summary", "report", "migrate", "graph", "rule", "config", "explain"])
def test_help_fits_80_columns(command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    shown = run(command, "--help").output
    assert max(len(line.rstrip()) for line in shown.splitlines()) <= 80
    assert "…" not in shown


def test_the_commands_are_told_whole_in_80_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    listed = run("--help").output.partition("Commands:")[2].splitlines()
    assert len([line for line in listed if line.strip()]) > 10
    assert not any(line.endswith("...") for line in listed)


def test_the_summary_of_a_job(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "summary.md").write_text("earlier\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(folder / "summary.md"))
    run("--output-format", "github", "x.py")
    written = (folder / "summary.md").read_text()
    assert written.startswith("earlier\n### kerascheck\n\n1 warning. Checked 1 file, 1 model: 1 exact.\n")
    assert "| warning | x.py:6 | [KC103](" in written
    run("x.py")
    assert (folder / "summary.md").read_text() == written
