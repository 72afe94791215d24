"""Rules of other packages: the example in the documentation, installed; and packages that are wrong."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from kerascheck.errors import PluginError
from kerascheck.rules.plugins import NO_PLUGINS, load_rules
from kerascheck.rules.registry import own_rules

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "docs" / "examples" / "kerascheck-acme"

PROGRAM = """\
from keras import Sequential, layers

model = Sequential([
    layers.Dense(64, activation="relu", input_dim=20),
    layers.Dropout(0.8),{comment}
    layers.Dense(1, activation="sigmoid"),
])
"""
SAID = "a rate of 0.8 drops more than half of the units; Acme allows 0.5\n"


def install(site: Path, name: str, version: str, entry_points: str) -> None:
    """Write the metadata that an installer would."""
    info = site / f"{name.replace('-', '_')}-{version}.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
    (info / "entry_points.txt").write_text(entry_points)


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of installed packages, on the path of this process and of those that it starts."""
    path = tmp_path / "site"
    path.mkdir()
    monkeypatch.syspath_prepend(str(path))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(path), str(ROOT)]))
    monkeypatch.setenv("KERASCHECK_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home"))
    return path


@pytest.fixture
def acme(site: Path) -> Path:
    """The example of the documentation, installed."""
    project = tomllib.loads((EXAMPLE / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = [
        f"[{group}]\n" + "".join(f"{name} = {value}\n" for name, value in entries.items())
        for group, entries in project["entry-points"].items()
    ]
    install(site, project["name"], project["version"], "\n".join(lines))
    shutil.copytree(EXAMPLE / "src" / "kerascheck_acme", site / "kerascheck_acme")
    return site


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "project"
    path.mkdir()
    (path / "model.py").write_text(PROGRAM.format(comment=""))
    return path


Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def run(folder: Path) -> Run:
    """Runs kerascheck, or another module, in the folder."""

    def run(*arguments: str, module: str = "kerascheck") -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", module, *arguments]
        result = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=250)
        assert "Traceback" not in result.stderr, result.stderr
        return result

    return run


@pytest.mark.usefixtures("acme")
@pytest.mark.slow
class TestTheExample:
    def test_its_own_tests_pass(self) -> None:
        command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-c", str(EXAMPLE / "pyproject.toml")]
        result = subprocess.run([*command, str(EXAMPLE / "tests")], capture_output=True, text=True, timeout=250)
        assert result.returncode == 0, result.stdout

    def test_it_finds(self, run: Run) -> None:
        result = run("model.py")
        assert (result.returncode, result.stdout.splitlines(keepends=True)[0]) == (
            1,
            f"model.py:5:5: ACME101 warning: {SAID}",
        )

    @pytest.mark.parametrize("option", ["ACME", "ACME1", "ACME101", "acme101", "heavy-dropout", "ALL"])
    def test_it_is_selected_and_ignored(self, option: str, run: Run) -> None:
        assert "ACME101" in run("check", "--select", option, "model.py").stdout
        assert "ACME101" not in run("check", "--ignore", option, "model.py").stdout

    @pytest.mark.parametrize("option", ["KC", "KC1", "--isolated"])
    def test_other_selectors_leave_it_as_it_is(self, option: str, run: Run) -> None:
        if option.startswith("--"):
            assert "ACME101" in run("check", option, "model.py").stdout
        else:
            assert "ACME101" in run("check", "--ignore", option, "model.py").stdout
            assert "ACME101" not in run("check", "--select", option, "model.py").stdout

    @pytest.mark.parametrize("selector", ["A", "AC", "ACME2", "ACMEX", "heavy"])
    def test_a_selector_that_means_nothing(self, selector: str, run: Run) -> None:
        result = run("check", "--select", selector, "model.py")
        assert result.returncode == 2
        assert f"there is no rule '{selector}'" in result.stderr

    def test_it_is_configured(self, run: Run, folder: Path) -> None:
        (folder / ".kerascheck.toml").write_text('[per-file-ignores]\n"model.py" = ["heavy-dropout"]\n')
        assert "ACME101" not in run("model.py").stdout

    @pytest.mark.parametrize(
        "comment", ["noqa: ACME101", "kerascheck: ignore[ACME101]", "kerascheck: ignore[heavy-dropout]"]
    )
    def test_it_is_silenced(self, comment: str, run: Run, folder: Path) -> None:
        (folder / "model.py").write_text(PROGRAM.format(comment=f"  # {comment}"))
        assert "ACME101" not in run("model.py").stdout

    @pytest.mark.parametrize("comment", ["noqa: ACME101", "kerascheck: ignore[heavy-dropout]"])
    def test_a_comment_that_silences_nothing_of_it(self, comment: str, run: Run, folder: Path) -> None:
        (folder / "model.py").write_text(PROGRAM.replace("0.8", "0.3").format(comment=f"  # {comment}"))
        assert (
            "KC003 warning: this comment silences nothing"
            in run("check", "--extend-select", "KC003", "model.py").stdout
        )

    def test_it_fixes(self, run: Run, folder: Path) -> None:
        assert "1 fixable with --fix --unsafe-fixes" in run("model.py").stdout
        result = run("check", "--fix", "--unsafe-fixes", "model.py")
        assert result.stdout.splitlines()[0] == "Fixed 1 finding."
        assert (folder / "model.py").read_text() == PROGRAM.format(comment="").replace("0.8", "0.5")

    @pytest.mark.parametrize("name", ["ACME101", "acme101", "heavy-dropout"])
    def test_it_is_explained(self, name: str, run: Run) -> None:
        text = run("rule", name).stdout
        assert text.startswith("# heavy-dropout (ACME101)\n")
        assert "from: kerascheck-acme 0.1.0" in text

    def test_it_is_listed(self, run: Run) -> None:
        facts = json.loads(run("rules", "--output-format", "json").stdout)[-1]
        assert facts["code"] == "ACME101"
        assert facts["url"] == "https://acme.example/keras/heavy-dropout"
        assert run("rules").stdout.splitlines()[-1].startswith("ACME101  heavy-dropout ")

    @pytest.mark.parametrize("jobs", ["1", "2"])
    def test_its_page_is_in_the_findings(self, jobs: str, run: Run, folder: Path) -> None:
        (folder / "other.py").write_text(PROGRAM.format(comment=""))
        for _ in range(2):  # at last from the cache
            found = json.loads(run("check", "-j", jobs, "--output-format", "json", ".").stdout)
            assert [item["url"] for item in found] == ["https://acme.example/keras/heavy-dropout"] * 2

    @pytest.mark.parametrize("output_format", ["full", "sarif", "junit", "github", "gitlab", "json-lines"])
    def test_the_formats(self, output_format: str, run: Run) -> None:
        assert "ACME101" in run("check", "--output-format", output_format, "model.py").stdout

    def test_statistics(self, run: Run) -> None:
        assert "1  ACME101  heavy-dropout\n" in run("check", "--statistics", "model.py").stdout

    def test_results_are_not_kept_beyond_a_change_to_it(self, run: Run, acme: Path) -> None:
        assert "Acme allows 0.5" in run("model.py").stdout
        rules = acme / "kerascheck_acme" / "rules.py"
        rules.write_text(rules.read_text().replace("Acme allows", "Acme permits"))
        os.utime(rules, ns=(1, 2**62))
        assert "Acme permits 0.5" in run("model.py").stdout

    def test_it_can_be_left_out(self, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
        assert "ACME101" in run("model.py").stdout
        monkeypatch.setenv(NO_PLUGINS, "1")
        assert "ACME101" not in run("model.py").stdout

    def test_flake8(self, run: Run, folder: Path) -> None:
        pytest.importorskip("flake8")
        plugin = "[flake8:local-plugins]\nextension = KC = kerascheck.integrations.flake8:Plugin\n"
        (folder / "flake8.ini").write_text(plugin)
        assert f"model.py:5:5: ACME101 {SAID}" in run("--config=flake8.ini", "model.py", module="flake8").stdout

    def test_pylint(self, run: Run) -> None:
        pytest.importorskip("pylint")
        options = ["--rcfile=", "--load-plugins=kerascheck.integrations.pylint", "--disable=all"]
        found = run(*options, "--enable=heavy-dropout", "model.py", module="pylint").stdout
        assert "model.py:5:4: W" in found and "(heavy-dropout)" in found


CLASS = '''
from kerascheck.rules.base import Finding, Rule, Severity

class Bad(Rule):
    """Bad."""
    code = "ZED101"
    name = "bad-thing"
    severity = Severity.ERROR
    def check(self, program, thresholds):
        yield from ()
'''


class TestWrongPackages:
    @pytest.mark.parametrize(
        ("text", "problem"),
        [
            ("import no_such_module_at_all", "ModuleNotFoundError: No module named 'no_such_module_at_all'"),
            ("def", "SyntaxError: invalid syntax"),
            ("raise SystemExit(3)", "SystemExit: 3"),
            ("x = 1", "there are no rules in it"),
            (CLASS.replace("ZED101", "KC999"), "the codes that begin with KC are kerascheck's own: 'KC999' of Bad"),
            (CLASS.replace("ZED101", "zed1"), "must be capital letters and three digits, such as ACME101: 'zed1'"),
            (CLASS.replace("ZED101", "ALL101"), "ALL stands for all rules"),
            (CLASS.replace("bad-thing", "Bad"), "must be two or more words in small letters, joined by dashes: 'Bad'"),
            (CLASS.replace("bad-thing", "linear-stack"), "'linear-stack' of Bad is taken by kerascheck"),
            (CLASS.replace("Severity.ERROR", "'error'"), "ZED101 needs a severity"),
            (CLASS.replace("def check", "def look"), "ZED101 has no method check"),
            (CLASS.replace('"""Bad."""', ""), "ZED101 has no docstring"),
            (CLASS + "    fixable = 'maybe'\n", "fixable must be 'none', 'safe' or 'unsafe', not 'maybe'"),
            (CLASS + "    def __init__(self, x): ...\n", "Bad cannot be made (TypeError: "),
        ],
    )
    def test_the_error_names_the_package_and_says_why(self, text: str, problem: str, site: Path) -> None:
        (site / "zed_rules.py").write_text(text)
        install(site, "zed-rules", "2.0", "[kerascheck.rules]\nzed = zed_rules\n")
        sys.modules.pop("zed_rules", None)
        with pytest.raises(PluginError) as caught:
            load_rules(own_rules())
        assert str(caught.value).startswith("the rules of zed-rules 2.0 cannot be used: ")
        assert problem in str(caught.value)
        assert "entry point zed = zed_rules" in str(caught.value)

    @pytest.mark.parametrize(
        ("value", "problem"),
        [
            ("zed_things:NUMBER", "3 is not a rule, a module or a sequence of them"),
            ("zed_things:NOTHING", "AttributeError"),
            ("zed_things:EMPTY", "there are no rules in it"),
            ("zed_things:NAMELESS", "must be capital letters and three digits"),
        ],
    )
    def test_values_that_are_no_rules(self, value: str, problem: str, site: Path) -> None:
        nameless = "\nclass Nameless(Rule):\n    pass\nNUMBER, EMPTY, NAMELESS = 3, [], [Nameless]\n"
        (site / "zed_things.py").write_text(CLASS + nameless)
        install(site, "zed-rules", "2.0", f"[kerascheck.rules]\nzed = {value}\n")
        sys.modules.pop("zed_things", None)
        with pytest.raises(PluginError, match=problem):
            load_rules(own_rules())

    @pytest.mark.parametrize("value", ["zed_good", "zed_good:Bad", "zed_good:MANY"])
    def test_values_that_are(self, value: str, site: Path) -> None:
        (site / "zed_good.py").write_text(CLASS + "\nMANY = (Bad,)\n")
        install(site, "zed-rules", "2.0", f"[kerascheck.rules]\nzed = {value}\n")
        sys.modules.pop("zed_good", None)
        (found,) = load_rules(own_rules())
        assert (found.rule.code, found.distribution) == ("ZED101", "zed-rules 2.0")
        assert found.rule.page == ""

    def test_two_packages_with_one_code(self, site: Path) -> None:
        for name in ("one", "two"):
            (site / f"zed_{name}.py").write_text(CLASS.replace("bad-thing", f"bad-{name}"))
            install(site, f"zed-{name}", "1.0", f"[kerascheck.rules]\nzed = zed_{name}\n")
        with pytest.raises(PluginError, match=r"zed-two 1\.0 cannot be used: 'ZED101' of Bad is taken by zed-one 1\.0"):
            load_rules(own_rules())

    @pytest.mark.parametrize(
        "arguments",
        [("model.py",), ("check", "-j", "2", "."), ("rules",), ("rule", "KC103"), ("--select=ZED", "model.py")],
    )
    def test_the_command_line_ends_with_2(self, arguments: tuple[str, ...], site: Path, folder: Path, run: Run) -> None:
        (folder / "other.py").write_text(PROGRAM.format(comment=""))
        (site / "zed_rules.py").write_text("import no_such_module_at_all")
        install(site, "zed-rules", "2.0", "[kerascheck.rules]\nzed = zed_rules\n")
        result = run(*arguments)
        assert (result.returncode, result.stdout) == (2, "")
        assert result.stderr.startswith("kerascheck: error: the rules of zed-rules 2.0 cannot be used: ModuleNotFound")

    @pytest.mark.parametrize(
        ("module", "options", "status"),
        [
            ("flake8", ["--config=flake8.ini"], 1),
            ("pylint", ["--rcfile=", "--load-plugins=kerascheck.integrations.pylint"], 32),
        ],
    )
    def test_other_tools_say_so(
        self, module: str, options: list[str], status: int, site: Path, folder: Path, run: Run
    ) -> None:
        pytest.importorskip(module)
        plugin = "[flake8:local-plugins]\nextension = KC = kerascheck.integrations.flake8:Plugin\n"
        (folder / "flake8.ini").write_text(plugin)
        (site / "zed_rules.py").write_text("import no_such_module_at_all")
        install(site, "zed-rules", "2.0", "[kerascheck.rules]\nzed = zed_rules\n")
        result = run(*options, "model.py", module=module)
        assert result.returncode == status
        assert "the rules of zed-rules 2.0 cannot be used" in result.stdout + result.stderr

    def test_the_language_server_goes_on_without(self, site: Path, folder: Path, run: Run) -> None:
        pytest.importorskip("pygls")
        (site / "zed_rules.py").write_text("import no_such_module_at_all")
        install(site, "zed-rules", "2.0", "[kerascheck.rules]\nzed = zed_rules\n")
        (folder / "asks.py").write_text(
            "from kerascheck.integrations.lsp.facts import Text\n"
            "from kerascheck.integrations.lsp.worker import Worker\n"
            "worker = Worker()\n"
            "for _ in range(2):\n"
            "    found = next(worker.examine(Text('a.py', 'import keras\\nx = (')))\n"
            "    print([item.code for item in found.diagnostics], found.problem)\n"
        )
        lines = run(module="asks").stdout.splitlines()
        assert len(lines) == 2 and lines[0] == lines[1]
        assert lines[0].startswith("['KC001'] the rules of zed-rules 2.0 cannot be used")

    @pytest.mark.parametrize(
        ("body", "problem"),
        [
            ("raise ValueError('oh')", "ValueError: oh"),
            ("yield 3", "TypeError: 3 is no Finding"),
            (
                "yield Finding(type('S', (), {'file': program.layers[0].site.file, 'key': (0, 0), 'node': 3}), 'x')",
                "rule ZED101",
            ),
        ],
    )
    def test_a_rule_that_fails_is_named_with_its_package(self, body: str, problem: str, site: Path, run: Run) -> None:
        (site / "zed_rules.py").write_text(CLASS.replace("yield from ()", body))
        install(site, "zed-rules", "2.0", "[kerascheck.rules]\nzed = zed_rules\n")
        result = run("model.py")
        assert result.returncode == 2
        assert "internal error in rule ZED101" in result.stdout and problem in result.stdout
        assert "the rule comes from zed-rules 2.0" in result.stdout
