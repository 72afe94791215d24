"""Where things live: imports between rooms go down only (pyproject.toml lists them), and few modules have no room."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from kerascheck.rules.registry import own_rules

PACKAGE = Path(__file__).parent.parent / "kerascheck"


def test_imports_between_rooms_go_down() -> None:
    pytest.importorskip("importlinter")
    lint = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"
    done = subprocess.run([sys.executable, "-c", lint], cwd=PACKAGE.parent, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_no_module_is_too_long_to_be_read_at_once() -> None:
    lengths = {
        path.relative_to(PACKAGE): path.read_text(encoding="utf-8").count("\n") for path in PACKAGE.rglob("*.py")
    }
    assert not {str(path): length for path, length in lengths.items() if length > 500}


def test_few_modules_stand_at_the_front_door() -> None:
    assert len([path for path in PACKAGE.glob("*.py") if path.name != "__init__.py"]) <= 10


@pytest.mark.parametrize(
    "room", sorted(path.parent for path in PACKAGE.glob("*/__init__.py")), ids=lambda path: path.name
)
def test_a_room_says_what_lives_there(room: Path) -> None:
    assert (room / "__init__.py").read_text(encoding="utf-8").startswith('"""')
    assert f"`{room.name}/`" in (PACKAGE.parent / "docs" / "architecture.md").read_text(encoding="utf-8")


def test_a_rule_is_a_module_of_its_name_in_the_package_of_its_family() -> None:
    for rule in own_rules():
        if rule.code.startswith("KC0"):
            continue
        family = f"kerascheck.rules.kc{rule.code[2]}"
        assert type(rule).__module__ == f"{family}.{rule.name.replace('-', '_')}"
