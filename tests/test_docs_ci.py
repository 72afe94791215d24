"""The recipes for pipelines, held against the schemas of the services."""

from __future__ import annotations

import importlib.resources
import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest

yaml = pytest.importorskip("yaml")
pytest.importorskip("check_jsonschema", reason="ships the schemas")

TEXT = (Path(__file__).parent.parent / "docs" / "ci.md").read_text(encoding="utf-8")
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


def test_every_option_in_the_recipes_exists() -> None:
    from typer.main import get_command

    from kerascheck.cli import app

    check = get_command(app).commands["check"]  # type: ignore[attr-defined]
    known = {name for parameter in check.params for name in [*parameter.opts, *parameter.secondary_opts]}
    commands = re.findall(r"kerascheck(?: check)?((?: [^`'\n|]+)+)", TEXT)
    used = {option for command in commands for option in re.findall(r"(?<= )--[a-z-]+", command)}
    assert used and used <= known
