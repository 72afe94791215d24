"""The commands in the documentation exist, with their options, and the first steps show what is shown there."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
import typer.main
from typer.testing import CliRunner

from kerascheck.cli.app import app

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def commands(page: Path) -> list[str]:
    """All commands of kerascheck on a page: in consoles, and between backquotes in the text."""
    text = page.read_text(encoding="utf-8")
    consoles = re.findall(r"^\s*```console\n(.*?)^\s*```", text, re.DOTALL | re.MULTILINE)
    lines = [line.strip()[2:] for block in consoles for line in block.splitlines() if line.strip().startswith("$ ")]
    prose = re.sub(r"^\s*```.*?^\s*```", "", text, flags=re.DOTALL | re.MULTILINE)
    lines += [" ".join(quoted.split()) for quoted in re.findall(r"`([^`]+)`", prose)]
    found = [part.strip() for line in lines for part in re.split(r"\||&&", line.partition("  #")[0])]
    return [part for part in found if re.match(r"kerascheck [-a-z./]", part)]


CASES = [(page.name, command) for page in PAGES for command in commands(page)]


def test_there_are_commands() -> None:
    assert len(CASES) > 60


@pytest.mark.parametrize(("page", "command"), CASES)
def test_the_command_exists_with_its_options(page: str, command: str) -> None:
    words = shlex.split(re.sub(r"\s[<>].*", "", command))[1:]
    group = typer.main.get_command(app)
    if words[0] in ("--version", "-V", "-h", "--help", "--install-completion"):
        return
    context = group.make_context("kerascheck", words)  # type: ignore[attr-defined]
    name, found, rest = group.resolve_command(context, [*context._protected_args, *context.args])  # type: ignore[attr-defined]
    try:
        found.make_context(name, list(rest), parent=context)
    except Exception as error:  # of click, or of the copy that typer brings
        if type(error).__name__ != "MissingParameter":  # such a command is named in passing, without files
            raise


def test_the_first_steps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KERASCHECK_CACHE_DIR", str(tmp_path / "cache"))
    page = (ROOT / "docs" / "getting-started.md").read_text(encoding="utf-8")
    [code] = re.findall(r"^```python\n(.*?)^```", page, re.DOTALL | re.MULTILINE)
    shown, mended = re.findall(r"^```text\n(.*?)^```", page, re.DOTALL | re.MULTILINE)
    Path("first.py").write_text(code, encoding="utf-8")
    assert CliRunner().invoke(app, ["first.py"]).stdout == shown
    changes = {
        "layers.Dense(64)": 'layers.Dense(64, activation="relu")',
        '"categorical': '"sparse_categorical',
        "epochs=5,": "epochs=5, validation_split=0.2,",
    }
    for old, new in changes.items():
        code = code.replace(old, new)
    Path("first.py").write_text(code, encoding="utf-8")
    assert CliRunner().invoke(app, ["first.py"]).stdout == mended
