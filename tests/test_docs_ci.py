"""The recipes for pipelines, held against the schemas of the services."""

from __future__ import annotations

import importlib.resources
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest

yaml = pytest.importorskip("yaml")
pytest.importorskip("check_jsonschema", reason="ships the schemas")

ROOT = Path(__file__).parent.parent
TEXT = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
RECIPES = re.findall(r"^```yaml\n# (\S+)\n(.*?)^```", TEXT, re.DOTALL | re.MULTILINE)


def schema(name: str) -> dict[str, Any]:
    """One of the schemas that check-jsonschema ships."""
    folder = importlib.resources.files("check_jsonschema.builtin_schemas.vendor")
    loaded: dict[str, Any] = json.loads(folder.joinpath(f"{name}.json").read_text(encoding="utf-8"))
    return loaded


def recipes(prefix: str) -> list[str]:
    return [text for name, text in RECIPES if name.startswith(prefix)]


def test_every_block_says_which_file_it_is() -> None:
    assert len(RECIPES) == TEXT.count("```yaml")


@pytest.mark.parametrize("text", recipes(".github/workflows/"))
def test_workflows_of_github(text: str) -> None:
    # In YAML 1.1 the key `on` is a truth value.
    workflow = {("on" if key is True else key): value for key, value in yaml.safe_load(text).items()}
    jsonschema.validate(workflow, schema("github-workflows"))


@pytest.mark.parametrize("text", recipes(".gitlab-ci.yml"))
def test_pipelines_of_gitlab(text: str) -> None:
    jsonschema.Draft7Validator(schema("gitlab-ci")).validate(yaml.safe_load(text))


@pytest.mark.parametrize("text", recipes(".pre-commit-config.yaml"))
def test_configurations_of_pre_commit(text: str, tmp_path: Path) -> None:
    pytest.importorskip("pre_commit")
    (tmp_path / "config.yaml").write_text(text)
    command = [sys.executable, "-m", "pre_commit", "validate-config", str(tmp_path / "config.yaml")]
    assert subprocess.run(command, check=False).returncode == 0
    hooks = {hook["id"] for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))}
    assert {hook["id"] for item in yaml.safe_load(text)["repos"] for hook in item["hooks"]} <= hooks


def test_the_inputs_of_the_action_are_told() -> None:
    inputs = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))["inputs"]
    assert set(re.findall(r"^\| `([\w-]+)` \|", TEXT, re.MULTILINE)) == set(inputs)
    used = [
        step["with"] for text in recipes(".github/") for step in steps(text) if "kerascheck/" in step.get("uses", "")
    ]
    assert used and all(set(given) <= set(inputs) for given in used)


def steps(text: str) -> list[dict[str, Any]]:
    return [step for job in yaml.safe_load(text)["jobs"].values() for step in job["steps"]]


def test_every_option_in_the_recipes_exists() -> None:
    from typer.main import get_command

    from kerascheck.cli.app import app

    check = get_command(app).commands["check"]  # type: ignore[attr-defined]
    known = {name for parameter in check.params for name in [*parameter.opts, *parameter.secondary_opts]}
    commands = re.findall(r"kerascheck(?: check)?((?: [^`'\n|]+)+)", TEXT)
    used = {option for command in commands for option in re.findall(r"(?<= )--[a-z-]+", command)}
    assert used and used <= known
