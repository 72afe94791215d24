"""Checking again whenever a file changes: the loop by itself, and the real command on real changes."""

from __future__ import annotations

import io
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

import pytest
from typer.testing import CliRunner

from kerascheck.cli import check as commands
from kerascheck.cli.app import app
from kerascheck.cli.common import CheckOptions
from kerascheck.cli.watch import watch
from kerascheck.project.source import Source
from tests.scripts import FIXED, SCRIPT

pytestmark = pytest.mark.slow

watchfiles = pytest.importorskip("watchfiles", reason="pip install 'kerascheck[watch]'")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    repository = tmp_path / "r"
    repository.mkdir()
    monkeypatch.chdir(repository)
    monkeypatch.setenv("KERASCHECK_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setattr("platformdirs.user_config_dir", lambda *_, **__: str(tmp_path / "none"))
    (repository / "x.py").write_text(SCRIPT)
    return repository


@pytest.fixture
def rounds(monkeypatch: pytest.MonkeyPatch) -> Callable[..., dict[str, Any]]:
    """Makes the watcher report one batch of changes after the other; what it was asked for is returned."""

    def play(*steps: Callable[[], set[str]]) -> dict[str, Any]:
        asked: dict[str, Any] = {}

        def fake(*roots: str, watch_filter: Callable[[object, str], bool], **_: object) -> Iterator[set[str]]:
            asked.update(roots=roots, matters=lambda path: watch_filter(1, os.path.abspath(path)))
            yield set()
            for step in steps:
                yield step()

        monkeypatch.setattr(watchfiles, "watch", fake)
        return asked

    return play


def test_it_checks_at_once_and_after_changes_only(rounds: Callable[..., dict[str, Any]]) -> None:
    rounds(set, lambda: {"x.py"}, set, lambda: {"x.py"})
    screen, checks = Terminal(), []
    watch([Path()], lambda: checks.append(screen.write("findings\n")), screen)
    assert len(checks) == 3
    assert screen.getvalue() == "\x1b[2J\x1b[3J\x1b[Hfindings\n" * 3


def test_what_is_no_terminal_is_not_cleared(rounds: Callable[..., dict[str, Any]]) -> None:
    rounds()
    screen = io.StringIO()
    watch([Path()], lambda: None, screen)
    assert screen.getvalue() == ""


def test_what_matters(rounds: Callable[..., dict[str, Any]], folder: Path) -> None:
    asked = rounds()
    watch([Path("x.py"), Path()], lambda: None, io.StringIO(), [Path("ci/base.json")])
    assert set(asked["roots"]) == {str(folder)}
    matters = asked["matters"]
    assert all(map(matters, ["x.py", "a/b.ipynb", "pyproject.toml", ".kerascheck.toml", ".gitignore", "ci/base.json"]))
    assert not any(map(matters, ["x.txt", "x.pyc", ".git/x.py", "node_modules/a/x.py", "../x.py", "other.json"]))


def test_what_the_findings_hang_on_matters(rounds: Callable[..., dict[str, Any]], folder: Path) -> None:
    (folder / "classes").mkdir()
    (folder / "x.py").write_text(
        "import json, keras, os\nfrom settings import RATE\n"
        "rate = json.load(open('rates.json'))['rate']\nnames = os.listdir('classes')\n"
    )
    asked = rounds()
    commands.check(CheckOptions((Path(),), watch=True))
    matters = asked["matters"]
    assert all(map(matters, ["settings.py", "rates.json", "classes/one", "requirements.txt", "a/setup.cfg"]))
    assert not any(map(matters, ["other.json", "log.csv", "classes/one/a.png"]))


def test_files_outside_of_the_watched_folders_count_if_the_findings_hang_on_them(
    rounds: Callable[..., dict[str, Any]], folder: Path
) -> None:
    outside, other = folder.parent / "shared.py", folder.parent / "other.py"
    checks: list[str] = []
    depends: set[str] = set()

    def check() -> None:
        checks.append(outside.read_text() if outside.exists() else "")
        depends.update((str(outside), str(folder / "x.py")))

    rounds(
        set,
        lambda: outside.write_text("appears") and set(),
        set,
        lambda: other.write_text("nobody asks for it") and set(),
        lambda: outside.write_text("changes") and set(),
        lambda: outside.unlink() or set(),
        set,
    )
    watch([Path()], check, io.StringIO(), depends=depends)
    assert checks == ["", "appears", "changes", ""]


def test_what_changes_during_a_check_is_checked_again(rounds: Callable[..., dict[str, Any]], folder: Path) -> None:
    outside = folder.parent / "shared.py"
    checks: list[str] = []

    def check() -> None:
        checks.append(outside.read_text() if outside.exists() else "")
        if len(checks) == 1:
            outside.write_text("written after it was read")

    rounds(set, set, set)
    watch([Path()], check, io.StringIO(), depends={str(outside)})
    assert checks == ["", "written after it was read"]


def test_folders_above_do_not_hide_what_is_watched(tmp_path: Path, rounds: Callable[..., dict[str, Any]]) -> None:
    inner = tmp_path / "build" / "venv"
    inner.mkdir(parents=True)
    asked = rounds()
    watch([inner], lambda: None, io.StringIO())
    assert asked["matters"](inner / "x.py")


def test_only_changed_files_are_analysed_again(
    rounds: Callable[..., dict[str, Any]],
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    import kerascheck.machine

    (folder / "y.py").write_text(SCRIPT)
    log = folder.parent / "analysed.txt"  # other processes write it
    real = kerascheck.machine.analyze

    def noted(source: Source, *rest: Any) -> Any:
        with log.open("a") as file:
            file.write(f"{source.filename}\n")
        return real(source, *rest)

    monkeypatch.setattr(kerascheck.machine, "analyze", noted)

    def change() -> set[str]:
        (folder / "y.py").write_text(FIXED)
        return {"y.py"}

    rounds(change)
    commands.check(CheckOptions((Path(),), watch=True))
    assert sorted(log.read_text().split()) == ["x.py", "y.py", "y.py"]
    written = capsys.readouterr().out
    assert written.count("y.py:6:20") == 1 and written.count("x.py:6:20") == 2


def test_a_fault_does_not_end_it(
    rounds: Callable[..., dict[str, Any]], folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def configure(text: str) -> Callable[[], set[str]]:
        return lambda: {str((folder / ".kerascheck.toml").write_text(text))}

    rounds(configure("ignore = ["), configure("ignore = ['KC103']"))
    commands.check(CheckOptions((Path(),), watch=True))
    captured = capsys.readouterr()
    assert "kerascheck: error: " in captured.err and "not valid TOML" in captured.err
    assert "No findings.\n" in captured.out.rpartition("KC103")[2]


@pytest.mark.parametrize(
    ("path", "message"), [("nowhere", "nowhere: no such file or folder"), ("-", "standard input does not change")]
)
def test_what_cannot_be_watched(path: str, message: str) -> None:
    result = CliRunner().invoke(app, ["--watch", path])
    assert result.exit_code == 2 and message in result.stderr


def test_without_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "watchfiles", None)
    result = CliRunner().invoke(app, ["check", "--watch", "."])
    assert result.exit_code == 2 and "--watch needs watchfiles: pip install 'kerascheck[watch]'" in result.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="sends SIGINT")
def test_the_real_command_sees_a_real_change_and_ends_on_an_interrupt(folder: Path) -> None:
    command = [sys.executable, "-m", "kerascheck", "check", "--watch", "--isolated", "x.py"]
    root = str(Path(__file__).parents[2])
    environment = {**os.environ, "PYTHONPATH": root, "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment) as run:
        assert run.stdout is not None
        lines: queue.Queue[str] = queue.Queue()
        threading.Thread(target=_pass_on, args=(run.stdout, lines), daemon=True).start()
        try:
            assert "x.py:6:20: KC103" in _until("Watching", lines)
            # As editors do: a new file in place of the old one.
            (folder / "x.py.new").write_text(FIXED)
            os.replace(folder / "x.py.new", folder / "x.py")
            assert "No findings." in _until("Watching", lines)
            (folder / "x.py").write_text("\n" + SCRIPT)
            assert "x.py:7:20: KC103" in _until("Watching", lines)
            run.send_signal(signal.SIGINT)
            assert run.wait(30) == 130
        finally:
            run.kill()


def _pass_on(stream: IO[str], lines: queue.Queue[str]) -> None:
    for line in stream:
        lines.put(line)


def _until(beginning: str, lines: queue.Queue[str]) -> str:
    """All that is written up to a line that begins so."""
    written, deadline = "", time.monotonic() + 60
    while not written.rpartition("\n")[0].rpartition("\n")[2].startswith(beginning):
        written += lines.get(timeout=max(0.1, deadline - time.monotonic()))
    return written
