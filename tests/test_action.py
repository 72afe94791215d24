"""The GitHub Action: its form, and its scripts run by bash as a runner runs them."""

from __future__ import annotations

import importlib.resources
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import jsonschema
import pytest
from typer.main import get_command

from kerascheck.cli.app import app

pytestmark = pytest.mark.slow

yaml = pytest.importorskip("yaml")

ROOT = Path(__file__).parent.parent
ACTION = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
STEPS = {step["name"]: step for step in ACTION["runs"]["steps"]}

SCRIPT = """\
from keras.layers import Dense
from keras.models import Sequential

model = Sequential()
model.add(Dense(8, input_dim=4, activation="relu"))
model.add(Dense(8, input_dim=9, activation="relu"))
"""


def test_it_has_the_form_of_an_action() -> None:
    package = pytest.importorskip("check_jsonschema", reason="ships the schema")
    folder = importlib.resources.files(f"{package.__name__}.builtin_schemas.vendor")
    schema = json.loads(folder.joinpath("github-actions.json").read_text(encoding="utf-8"))
    jsonschema.Draft7Validator(schema).validate(ACTION)


def test_inputs_reach_the_scripts_as_variables_only() -> None:
    named: set[str] = set()
    for step in STEPS.values():
        assert "${{" not in step.get("run", "")
        named.update(re.findall(r"inputs\.([\w-]+)", str(step)))
    assert named == set(ACTION["inputs"])
    for step in (STEPS["Install kerascheck"], STEPS["Check"]):
        for variable in step["env"]:
            assert re.search(rf'"[^"\n]*\${variable}"', step["run"]), "quoted"


def test_its_options_exist() -> None:
    check = get_command(app).commands["check"]  # type: ignore[attr-defined]
    assert "--output-format" in {name for parameter in check.params for name in parameter.opts}


needs_bash = pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")


def run_step(name: str, folder: Path, path: str | None = None, **inputs: str) -> subprocess.CompletedProcess[str]:
    """Run the script of a step with these inputs, the others at their defaults."""
    step = STEPS[name]
    values = {key: item["default"] for key, item in ACTION["inputs"].items()}
    values |= {key.replace("_", "-"): value for key, value in inputs.items()}
    variables = {
        variable: re.sub(r"\$\{\{ inputs\.([\w-]+) \}\}", lambda match: values[match[1]], text)
        for variable, text in step["env"].items()
    }
    environment = {
        **os.environ,
        "RUNNER_TEMP": str(folder / "temp dir"),
        "GITHUB_ACTION_PATH": str(ROOT),
        "KERASCHECK_CACHE_DIR": str(folder / "cache"),
        **({"PATH": path} if path is not None else {}),
        **variables,
    }
    with tempfile.NamedTemporaryFile("w", suffix=".sh", dir=folder, delete=False) as script:
        script.write(step["run"])
    command = ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", script.name]
    work = folder / "work"
    work.mkdir(exist_ok=True)
    return subprocess.run(command, cwd=work, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """A runner on which the package of this folder is installed."""
    program = tmp_path / "temp dir" / "kerascheck" / "bin" / "kerascheck"
    program.parent.mkdir(parents=True)
    program.write_text(f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}" -m kerascheck "$@"\n')
    program.chmod(0o755)
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "x.py").write_text(SCRIPT)
    return tmp_path


@needs_bash
def test_by_default_it_annotates_all_there_is(installed: Path) -> None:
    result = run_step("Check", installed)
    assert result.returncode == 1
    assert result.stdout.startswith("::warning title=kerascheck (KC103),file=x.py,line=6,")


@needs_bash
def test_paths_and_options_may_be_several_and_hold_spaces(installed: Path) -> None:
    work = installed / "work"
    (work / "a b.py").write_text(SCRIPT)
    (work / "c.py").write_text(SCRIPT)
    result = run_step(
        "Check", installed, src="'a b.py'\n  c.py", args='--select "KC101, KC103"', output_format="concise"
    )
    assert result.returncode == 1
    assert [line.partition(":6:")[0] for line in result.stdout.splitlines() if ":6:" in line] == ["a b.py", "c.py"]


@needs_bash
@pytest.mark.parametrize(
    "text", ["$(touch pwned)", "`touch pwned`", "; touch pwned", "* > pwned", "${HOME}", "-- --fix"]
)
def test_nothing_in_an_input_is_run_or_expanded(installed: Path, text: str) -> None:
    for name in ("src", "args", "output_format"):
        result = run_step("Check", installed, **{name: text})
        assert result.returncode in (1, 2), result
    assert {path.name for path in (installed / "work").iterdir()} == {"x.py"}
    assert (installed / "work" / "x.py").read_text() == SCRIPT


@needs_bash
def test_a_quote_that_is_not_closed_is_an_error(installed: Path) -> None:
    result = run_step("Check", installed, args='--select "KC101')
    assert result.returncode not in (0,) and result.stdout == "" and "quote" in result.stderr


GH = """#!/bin/sh
for word; do printf '%s\\n' "$word"; done >> "$GH_NOTE"; echo -- >> "$GH_NOTE"
case "$*" in *--paginate*) printf '%s' "$GH_OLD";; esac
"""


@pytest.fixture
def changed(installed: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A runner with a pull request in which a model has changed, and a `gh` that notes what it is asked."""
    work = installed / "work"
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "init.defaultBranch=main"]
    for command in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "one"]):
        subprocess.run([*git, *command], cwd=work, check=True)
    (work / "x.py").write_text(SCRIPT.replace("Dense(8, input_dim=4", "Dense(9, input_dim=4"))
    gh = installed / "programs" / "gh"
    gh.parent.mkdir()
    gh.write_text(GH)
    gh.chmod(0o755)
    monkeypatch.setenv("PATH", f"{gh.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("GH_NOTE", str(installed / "gh.txt"))
    monkeypatch.setenv("GH_OLD", "")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(installed / "summary.md"))
    monkeypatch.setenv("GITHUB_REF", "refs/pull/7/merge")
    monkeypatch.setenv("GITHUB_REPOSITORY", "a/b")
    return installed


@needs_bash
def test_what_changes_in_the_models_is_on_the_page_of_the_job(changed: Path) -> None:
    result = run_step("Compare the models", changed, diff_base="HEAD")
    assert result.returncode == 0, result.stderr
    assert "units 8 -" in (changed / "summary.md").read_text()
    assert not (changed / "gh.txt").exists()


@needs_bash
@pytest.mark.parametrize(("old", "asked"), [("", "POST"), ("31", "PATCH")])
def test_and_in_one_comment_on_the_pull_request(
    changed: Path, old: str, asked: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GH_OLD", old)
    result = run_step("Compare the models", changed, diff_base="HEAD", diff_comment="true")
    assert result.returncode == 0, result.stderr
    words = (changed / "gh.txt").read_text().splitlines()
    place = "repos/a/b/issues/comments/31" if old else "repos/a/b/issues/7/comments"
    assert asked in words and words[words.index(asked) + 1] == place


@needs_bash
def test_a_revision_that_is_not_there_fails(changed: Path) -> None:
    result = run_step("Compare the models", changed, diff_base="nowhere")
    assert result.returncode == 2 and "nowhere" in result.stderr


class FakePython:
    """A `python` that makes environments in which it notes what pip is asked to install."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "fake"
        self.path.mkdir()
        self.note = folder / "installed.txt"
        program = self.path / "python"
        program.write_text(
            "#!/bin/sh\n"
            'if [ "$2" = venv ]; then mkdir -p "$3/bin"; cp "$0" "$3/bin/python"; else\n'
            f'for last; do :; done; printf "%s" "$last" > "{self.note}"; fi\n'
        )
        program.chmod(0o755)


@needs_bash
@pytest.mark.parametrize(
    ("version", "package"), [("", str(ROOT)), ("0.1.0", "kerascheck==0.1.0"), ("1 --x $(y)", "kerascheck==1 --x $(y)")]
)
def test_it_installs_itself_or_the_version_asked_for(tmp_path: Path, version: str, package: str) -> None:
    fake = FakePython(tmp_path)
    result = run_step("Install kerascheck", tmp_path, f"{fake.path}:{os.environ['PATH']}", version=version)
    assert (result.returncode, result.stderr) == (0, "")
    assert fake.note.read_text() == package


@needs_bash
def test_without_python(tmp_path: Path) -> None:
    for tool in ("bash",):
        (tmp_path / "tools").mkdir(exist_ok=True)
        (tmp_path / "tools" / tool).symlink_to(shutil.which(tool) or "")
    result = run_step("Install kerascheck", tmp_path, str(tmp_path / "tools"))
    assert result.returncode == 2 and "::error::kerascheck needs Python" in result.stdout
