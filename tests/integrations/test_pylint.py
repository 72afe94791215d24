"""The pylint plugin, in the real pylint: the findings of the command line, under pylint's options and comments."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kerascheck.rules.registry import own_rules
from tests.integrations.conftest import Found, Run, program

pytest.importorskip("pylint")

pytestmark = pytest.mark.slow

Pylint = Callable[..., list[dict[str, Any]]]

UNUSED = '"""Nothing."""\nimport keras  # kerascheck: ignore\n'


@pytest.fixture
def start(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs pylint with the plugin and without a configuration of the user's.

    Pylint reads what a program imports; a small Keras takes it a moment, the installed one seconds.
    """
    small = tmp_path / "packages" / "keras"
    small.mkdir(parents=True)
    (small / "__init__.py").write_text("from keras import layers, models\n")
    (small / "layers.py").write_text("class Dense:\n    pass\n")
    (small / "models.py").write_text("class Sequential:\n    pass\n")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(small.parent), os.environ["PYTHONPATH"]]))

    def start(*arguments: str, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
        return run(
            "pylint", "--rcfile=", "--load-plugins=kerascheck.integrations.pylint", "--output-format=json2", *arguments,
            stdin=stdin,
        )  # fmt: skip

    return start


@pytest.fixture
def pylint(start: Callable[..., subprocess.CompletedProcess[str]]) -> Pylint:
    """The messages of pylint."""

    def pylint(*arguments: str, stdin: str | None = None) -> list[dict[str, Any]]:
        result = start(*arguments, stdin=stdin)
        assert "Traceback" not in result.stderr
        messages = json.loads(result.stdout)["messages"]
        assert isinstance(messages, list)
        return messages

    return pylint


def symbols(messages: list[dict[str, Any]]) -> set[str]:
    return {message["symbol"] for message in messages}


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_the_same_findings_as_on_the_command_line(
    jobs: str, pylint: Pylint, kerascheck: Callable[..., set[Found]], scripts: Path
) -> None:
    (scripts / "undecodable.py").unlink()  # pylint's own syntax-error
    files = [str(path.relative_to(scripts)) for path in scripts.rglob("*.py")]
    expected = kerascheck(*files)
    assert {"KC101", "KC103", "KC301"} & {code for _, _, _, code, _ in expected}
    found = {
        (m["absolutePath"], m["line"], m["column"] + 1, f"KC{m['messageId'][2:]}", m["message"])
        for m in pylint("--disable=all", "--enable=kerascheck", "-j", jobs, *files)
    }
    assert found == expected


def test_where_a_message_stands(pylint: Pylint, folder: Path) -> None:
    inside = "    ".join(["def make():\n", *program().splitlines(keepends=True)]).replace("\n    \n", "\n\n")
    (folder / "a.py").write_text(inside)
    (message,) = pylint("--disable=all", "--enable=kerascheck", "a.py")
    assert (message["line"], message["column"], message["endLine"], message["endColumn"]) == (6, 46, 6, 57)
    assert (message["symbol"], message["messageId"], message["type"]) == ("redundant-input-shape", "W7103", "warning")
    assert message["obj"] == "make"


class TestMessages:
    def test_each_rule_is_one_of_its_severity(self, run: Run) -> None:
        listed = run("pylint", "--rcfile=", "--load-plugins=kerascheck.integrations.pylint", "--list-msgs").stdout
        numbers = dict(re.findall(r"^:(\S+) \(([A-Z]7\d{3})\)", listed, re.MULTILINE))
        for rule in own_rules():
            symbol = f"keras-{rule.name}" if rule.code.startswith("KC0") else rule.name
            letter = {"error": "E", "warning": "W", "info": "R"}[rule.severity.value]
            assert numbers[symbol] == f"{letter}7{rule.code[2:]}"

    def test_none_has_the_name_of_one_of_pylint(self, run: Run) -> None:
        """The plugin would give it a prefix, and comments that name it would change their meaning."""
        extensions = "pylint.extensions." + ",pylint.extensions.".join(
            path.stem for path in Path(pytest.importorskip("pylint.extensions").__file__).parent.glob("[a-z]*.py")
        )
        listed = run("pylint", "--rcfile=", f"--load-plugins={extensions}", "--list-msgs").stdout
        taken = set(re.findall(r"^:(\S+) \(", listed, re.MULTILINE))
        assert len(taken) > 400
        assert not taken & {rule.name for rule in own_rules() if not rule.code.startswith("KC0")}

    def test_numbers_for_rules_of_other_packages(self) -> None:
        from kerascheck.integrations.pylint import foreign_prefixes

        assert foreign_prefixes(["ACME1"]) == foreign_prefixes(["ACME1", "ACME1"])
        many = foreign_prefixes(f"X{letter}{number}" for letter in "AB" for number in range(9))
        assert len(set(many.values())) == len(many) == 18
        assert all(80 <= number <= 99 and number != 90 for number in many.values())


class TestOptionsOfPylint:
    def test_it_is_on_by_default(self, pylint: Pylint, folder: Path) -> None:
        (folder / "a.py").write_text(program())
        assert "redundant-input-shape" in symbols(pylint("a.py"))

    @pytest.mark.parametrize("name", ["redundant-input-shape", "W7103", "W", "kerascheck"])
    def test_messages_can_be_disabled(self, name: str, pylint: Pylint, folder: Path) -> None:
        (folder / "a.py").write_text(program())
        assert "redundant-input-shape" not in symbols(pylint(f"--disable={name}", "a.py"))

    @pytest.mark.parametrize("name", ["redundant-input-shape", "W7103", "W", "kerascheck"])
    def test_messages_can_be_enabled(self, name: str, pylint: Pylint, folder: Path) -> None:
        (folder / "a.py").write_text(program())
        assert "redundant-input-shape" in symbols(pylint("--disable=all", f"--enable={name}", "a.py"))

    @pytest.mark.parametrize("comment", ["pylint: disable=redundant-input-shape", "noqa: KC103", "kerascheck: ignore"])
    def test_comments_on_the_line(self, comment: str, pylint: Pylint, folder: Path) -> None:
        (folder / "a.py").write_text(program(comment))
        assert "redundant-input-shape" not in symbols(pylint("a.py"))

    def test_a_comment_for_the_file(self, pylint: Pylint, folder: Path) -> None:
        (folder / "a.py").write_text(f"# pylint: disable=redundant-input-shape\n{program()}")
        assert "redundant-input-shape" not in symbols(pylint("a.py"))

    def test_a_comment_that_is_of_no_use(self, pylint: Pylint, folder: Path) -> None:
        (folder / "a.py").write_text("import keras  # pylint: disable=redundant-input-shape\n")
        assert "useless-suppression" in symbols(pylint("--enable=useless-suppression", "a.py"))

    def test_standard_input(self, pylint: Pylint) -> None:
        found = pylint("--disable=all", "--enable=kerascheck", "--from-stdin", "a.py", stdin=program())
        assert [(m["symbol"], m["line"]) for m in found] == [("redundant-input-shape", 5)]


class TestRulesThatAreOff:
    @pytest.mark.parametrize("options", [(), ("--disable=all", "--enable=kerascheck")])
    def test_they_stay_off(self, options: tuple[str, ...], pylint: Pylint, folder: Path) -> None:
        (folder / "a.py").write_text(UNUSED)
        assert "keras-unused-suppression" not in symbols(pylint(*options, "a.py"))

    @pytest.mark.parametrize("name", ["keras-unused-suppression", "W7003", "kerascheck-optional"])
    def test_pylint_puts_them_on(self, name: str, pylint: Pylint, folder: Path) -> None:
        (folder / "a.py").write_text(UNUSED)
        assert "keras-unused-suppression" in symbols(pylint(f"--enable={name}", "a.py"))

    def test_our_configuration_puts_them_on(self, pylint: Pylint, folder: Path) -> None:
        (folder / ".kerascheck.toml").write_text('extend-select = ["unused-suppression"]')
        (folder / "a.py").write_text(UNUSED)
        assert "keras-unused-suppression" in symbols(pylint("a.py"))


class TestOurConfiguration:
    def test_it_decides_what_pylint_sees(self, pylint: Pylint, folder: Path) -> None:
        (folder / ".kerascheck.toml").write_text('ignore = ["KC103"]')
        (folder / "a.py").write_text(program())
        assert "redundant-input-shape" not in symbols(pylint("a.py"))

    def test_a_fault_in_it_is_said_clearly(
        self, start: Callable[..., subprocess.CompletedProcess[str]], folder: Path
    ) -> None:
        (folder / ".kerascheck.toml").write_text('selct = ["KC1"]')
        (folder / "a.py").write_text(program())
        result = start("a.py")
        assert result.returncode == 32
        assert "unknown key 'selct'; did you mean 'select'?" in result.stderr
        assert "Traceback" not in result.stderr

    @pytest.mark.parametrize("jobs", ["1", "2"])
    def test_a_fault_in_that_of_a_folder(self, jobs: str, pylint: Pylint, folder: Path) -> None:
        (folder / "sub").mkdir()
        (folder / "sub" / ".kerascheck.toml").write_text('select = ["KC999"]')
        (folder / "sub" / "b.py").write_text(program())
        (folder / "a.py").write_text(program())
        (fault,) = [m for m in pylint("-j", jobs, "a.py", "sub/b.py") if m["symbol"] == "kerascheck-configuration"]
        assert (fault["type"], fault["path"]) == ("fatal", "sub/b.py")
        assert "there is no rule 'KC999'" in fault["message"]


def test_a_syntax_error_is_reported_once(pylint: Pylint, folder: Path) -> None:
    (folder / "a.py").write_text("import keras\nprint(\n")
    assert symbols(pylint("a.py")) == {"syntax-error"}


def test_a_file_that_is_too_large_is_reported(pylint: Pylint, folder: Path) -> None:
    (folder / "a.py").write_text("import keras\n#" + "x" * 8_000_000 + "\n")
    assert "keras-unreadable-file" in symbols(pylint("a.py"))
