"""`--fix`, reports and baselines beside other processes, read-only files and full disks."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from kerascheck import engine
from kerascheck.cli.app import app
from kerascheck.configuration.config import Settings
from kerascheck.diagnostics import Report
from kerascheck.fixes import write
from tests.scripts import FIXED, SCRIPT

pytestmark = pytest.mark.slow

OTHERWISE = FIXED + "# by another hand\n"
ON_POSIX = pytest.mark.skipif(sys.platform == "win32", reason="limits of POSIX")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    place = tmp_path / "place"
    place.mkdir()
    monkeypatch.chdir(place)
    monkeypatch.setenv("KERASCHECK_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setattr("platformdirs.user_config_dir", lambda *_, **__: str(tmp_path / "none"))
    (place / "x.py").write_text(SCRIPT)
    return place


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture
def before_writing(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], object]], None]:
    """Do something once, when a file has been fixed and is about to be written."""

    def arrange(change: Callable[[], object]) -> None:
        real = write.write_atomically
        left = [change]

        def write_late(*arguments: Any) -> None:
            if left:
                left.pop()()
            real(*arguments)

        monkeypatch.setattr(write, "write_atomically", write_late)

    return arrange


@pytest.fixture
def after_checking(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], object]], None]:
    """Do something once, when a file has been checked."""

    def arrange(change: Callable[[], object]) -> None:
        left = [change]

        def check(raw: bytes, filename: str, settings: Settings, *rest: Any) -> Report:
            report = engine.check_source(raw, filename, settings, *rest)
            if left:
                left.pop()()
            return report

        monkeypatch.setattr("kerascheck.workers.parallel.check_source", check)

    return arrange


def test_a_file_that_is_edited_meanwhile_is_left_alone(
    folder: Path, before_writing: Callable[[Callable[[], object]], None]
) -> None:
    edited = "# a new row\n" + SCRIPT
    before_writing(lambda: (folder / "x.py").write_text(edited))
    result = run("--fix", "x.py")
    assert "warning: x.py: not fixed, it has changed meanwhile\n" in result.stderr
    assert result.exit_code == 1 and result.stdout.startswith("x.py:7:20: KC103")
    assert (folder / "x.py").read_text() == edited and names(folder) == ["x.py"]


def test_a_file_that_goes_meanwhile_stays_away(
    folder: Path, before_writing: Callable[[Callable[[], object]], None]
) -> None:
    before_writing(lambda: (folder / "x.py").unlink())
    result = run("--fix", "x.py")
    assert result.exit_code == 0 and "x.py:" not in result.stdout
    assert names(folder) == []


@pytest.mark.parametrize("now", [FIXED, OTHERWISE, "", "import keras\n"])
@pytest.mark.parametrize("options", [["--fix"], []])
def test_what_another_process_has_fixed_is_not_reported(
    folder: Path, after_checking: Callable[[Callable[[], object]], None], options: list[str], now: str
) -> None:
    after_checking(lambda: (folder / "x.py").write_text(now))
    result = run(*options, "x.py")
    assert (result.exit_code, "KC103" in result.stdout) == (0, False), result.output
    assert (folder / "x.py").read_text() == now


@pytest.mark.parametrize("now", [FIXED, OTHERWISE])
def test_what_another_process_fixes_last_is_not_reported(
    folder: Path, before_writing: Callable[[Callable[[], object]], None], now: str
) -> None:
    before_writing(lambda: (folder / "x.py").write_text(now))
    result = run("--fix", "x.py")
    assert (result.exit_code, "KC103" in result.stdout) == (0, False)
    assert (folder / "x.py").read_text() == now


@pytest.mark.parametrize("options", [["--fix"], []])
def test_findings_of_a_file_that_is_gone_are_not_reported(
    folder: Path, after_checking: Callable[[Callable[[], object]], None], options: list[str]
) -> None:
    after_checking(lambda: (folder / "x.py").unlink())
    result = run(*options, "x.py")
    assert (result.exit_code, "x.py:" in result.stdout) == (0, False)


def test_rows_are_those_of_the_file_as_it_is(
    folder: Path, after_checking: Callable[[Callable[[], object]], None]
) -> None:
    after_checking(lambda: (folder / "x.py").write_text("# a new row\n" + SCRIPT))
    assert run("x.py").stdout.startswith("x.py:7:20: KC103")


def test_a_file_that_cannot_be_written_does_not_end_the_run(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "y.py").write_text(SCRIPT)
    (folder / "a.py").write_text(SCRIPT)
    real = os.access
    monkeypatch.setattr(os, "access", lambda path, *rest: not str(path).endswith("x.py") and real(path, *rest))
    result = run("--fix", ".")
    assert "warning: x.py: not fixed, it cannot be written: the file is read-only\n" in result.stderr
    assert result.exit_code == 1 and [row[:10] for row in result.stdout.splitlines()[:1]] == ["x.py:6:20:"]
    assert (folder / "x.py").read_text() == SCRIPT
    assert (folder / "a.py").read_text() == (folder / "y.py").read_text() == FIXED


def test_links_are_followed_and_kept(folder: Path) -> None:
    (folder / "link.py").symlink_to("x.py")
    os.link(folder / "x.py", folder / "other.txt")
    assert run("--fix", "link.py").exit_code == 0
    assert (folder / "link.py").is_symlink() and (folder / "other.txt").read_text() == FIXED
    assert (folder / "x.py").samefile(folder / "other.txt")


def test_two_names_of_one_file_are_fixed_once(folder: Path) -> None:
    os.link(folder / "x.py", folder / "y.py")
    result = run("--fix", ".")
    assert result.exit_code == 0 and "KC103" not in result.stdout
    assert (folder / "x.py").read_text() == (folder / "y.py").read_text() == FIXED


def test_processes_that_fix_the_same_folder(folder: Path) -> None:
    for number in range(6):
        (folder / f"m{number}.py").write_text(SCRIPT)
    command = [sys.executable, "-m", "kerascheck", "check", "--fix", "-j", "1", str(folder)]
    results: list[int] = []
    threads = [
        threading.Thread(target=lambda: results.append(subprocess.run(command, capture_output=True).returncode))
        for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [0, 0]
    assert all((folder / f"m{number}.py").read_text() == FIXED for number in range(6))
    assert names(folder) == [*(f"m{number}.py" for number in range(6)), "x.py"]


_LIMITED = """
import resource, signal, sys
from kerascheck.cli.app import app
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (40, resource.RLIM_INFINITY))
app(sys.argv[1:], standalone_mode=True)
"""


def on_a_full_disk(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", _LIMITED, *arguments], capture_output=True, text=True)


@ON_POSIX
def test_a_full_disk_leaves_the_program(folder: Path) -> None:
    done = on_a_full_disk("check", "--fix", "x.py")
    assert done.returncode == 1 and "warning: x.py: not fixed, it cannot be written" in done.stderr
    assert done.stdout.startswith("x.py:6:20: KC103")
    assert (folder / "x.py").read_text() == SCRIPT and names(folder) == ["x.py"]


@ON_POSIX
@pytest.mark.parametrize(
    "arguments",
    [
        ("check", "--output-file", "old", "x.py"),
        ("check", "--output-format", "sarif", "--output-file", "old", "x.py"),
        ("check", "--write-baseline", "old", "x.py"),
        ("report", "x.py", "--output", "old"),
        ("graph", "x.py", "--output", "old.mmd"),
    ],
)
@pytest.mark.parametrize("is_there", [True, False])
def test_a_full_disk_leaves_the_old_report(folder: Path, arguments: tuple[str, ...], is_there: bool) -> None:
    name = next(argument for argument in arguments if argument.startswith("old"))
    if is_there:
        (folder / name).write_text("yesterday's\n")
    done = on_a_full_disk(*arguments)
    assert done.returncode == 2 and f"{name}: cannot be written" in done.stderr
    assert names(folder) == ([name, "x.py"] if is_there else ["x.py"])
    assert not is_there or (folder / name).read_text() == "yesterday's\n"


@ON_POSIX
def test_a_report_may_go_to_a_device(folder: Path) -> None:
    for name in ("/dev/null", "/dev/stdout"):
        command = [sys.executable, "-m", "kerascheck", "check", "--output-file", name, "x.py"]
        done = subprocess.run(command, capture_output=True, text=True)
        assert done.returncode == 1 and done.stdout.startswith("x.py:6:20: KC103") is (name == "/dev/stdout")


def test_the_same_report_in_a_file(folder: Path) -> None:
    assert run("--output-file", "out.txt", "x.py").exit_code == 1
    assert (folder / "out.txt").read_text() == run("x.py").stdout


def test_a_diff_of_what_has_changed_meanwhile(
    folder: Path, after_checking: Callable[[Callable[[], object]], None]
) -> None:
    after_checking(lambda: (folder / "x.py").write_text(FIXED))
    result = run("--diff", "x.py")
    assert (result.exit_code, result.stdout) == (0, "")


class TestWhatIsFixed:
    """Options that choose what is fixed, and what is said of it."""

    TWO = (
        "from keras import Sequential, layers\nmodel = Sequential()\nmodel.add(layers.Dense(7, input_shape=(3,)))\n"
        "model.add(layers.Dense(8, input_dim=7))  # noqa: KC102\nmodel.add(layers.Dense(1))\n"
    )

    @pytest.fixture(autouse=True)
    def _file(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)
        Path("x.py").write_text(self.TWO)

    def run(self, *arguments: str) -> Result:
        return CliRunner().invoke(
            app, ["--no-cache", "--isolated", "--select", "KC003,KC102,KC103", *arguments, "x.py"]
        )

    @pytest.mark.parametrize(
        ("arguments", "left"),
        [
            (["--fixable", "KC103"], ["KC003"]),
            (["--unfixable", "KC103"], ["KC103"]),
            (["--fixable", "KC1", "--unfixable", "redundant-input-shape"], ["KC003", "KC103"]),
            ([], []),
        ],
    )
    def test_the_rules_that_are_fixed(self, arguments: list[str], left: list[str]) -> None:
        shown = self.run("--fix", *arguments).stdout
        assert [code for code in ("KC003", "KC103") if code in shown] == left

    def test_what_is_not_to_be_fixed_has_no_fix(self) -> None:
        found = json.loads(self.run("--unfixable", "KC103", "--output-format", "json").stdout)
        assert {item["code"]: item["fix"] is None for item in found} == {"KC103": True, "KC003": False}

    def test_nothing_is_said_of_what_is_left(self) -> None:
        result = self.run("--fix-only", "--unfixable", "KC103")
        assert (result.exit_code, result.stdout) == (0, "")
        assert "noqa" not in Path("x.py").read_text()

    def test_which_were_fixed(self) -> None:
        result = self.run("--fix", "--show-fixes")
        assert "Fixed 2 findings:\n- x.py:\n    1 x KC003 (unused-suppression)\n    1 x KC103 (" in result.stdout

    def test_a_fix_can_fail_the_run(self) -> None:
        assert self.run("--fix").exit_code == 0
        Path("x.py").write_text(self.TWO)
        assert self.run("--fix", "--exit-non-zero-on-fix").exit_code == 1
        assert self.run("--fix", "--exit-non-zero-on-fix").exit_code == 0

    def test_a_rule_that_does_not_exist(self) -> None:
        assert self.run("--unfixable", "KC1O3").exit_code == 2
