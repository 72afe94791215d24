"""The cache: what cannot be read, written or trusted is as if it were not there, and nobody has to clean up."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from kerascheck.configuration.config import Settings
from kerascheck.diagnostics import Report
from kerascheck.engine import check_source
from kerascheck.runtime.asked import Asked, unsaved_files
from kerascheck.workers import cache as module
from kerascheck.workers.cache import Cache
from kerascheck.workers.parallel import Job, check_files

PROGRAM = """\
from keras import Input, Sequential, layers
from settings import RATE
model = Sequential([Input((4,)), layers.Dropout(RATE), layers.Dense(1)])
"""
SETTINGS = Settings()
DAY = 24 * 3600


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "place" / "main.py"
    path.parent.mkdir()
    path.write_text(PROGRAM)
    (path.parent / "settings.py").write_text("RATE = 1.5\n")
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "cache"


def check(file: Path, folder: Path) -> list[str]:
    (report,) = check_files([Job(str(file), SETTINGS)], 1, Cache(folder))
    return [found.code for found in report.diagnostics]


def kept(file: Path, folder: Path) -> Report | None:
    return Cache(folder).load(file.read_bytes(), str(file), SETTINGS)


def entries(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.json"))


def test_a_report_comes_back_as_it_was(file: Path, folder: Path) -> None:
    report = check_source(file.read_bytes(), str(file), SETTINGS)
    Cache(folder).store(file.read_bytes(), SETTINGS, report)
    known = kept(file, folder)
    assert known is not None and report.diagnostics
    assert known.diagnostics == report.diagnostics
    assert known.modules == report.modules and str(file.parent / "settings.py") in known.modules


def test_an_entry_with_a_changed_byte_is_none(file: Path, folder: Path) -> None:
    assert check(file, folder) == ["KC105"]
    (entry,) = entries(folder)
    content = entry.read_bytes()
    for place in range(0, len(content), 7):
        changed = bytearray(content)
        changed[place] ^= 1
        entry.write_bytes(changed)
        assert kept(file, folder) is None
    for size in range(0, len(content), 11):
        entry.write_bytes(content[:size])
        assert kept(file, folder) is None
    entry.write_bytes(content)
    assert kept(file, folder) is not None


def test_the_entry_of_another_file_is_none(file: Path, folder: Path) -> None:
    other = file.with_name("other.py")
    other.write_text(PROGRAM + "x = 1\n")
    assert check(file, folder) == ["KC105"]
    (own,) = entries(folder)
    content = own.read_bytes()
    assert check(other, folder) == ["KC105"]
    (second,) = set(entries(folder)) - {own}
    second.write_bytes(content)
    assert kept(other, folder) is None and kept(file, folder) is not None


@pytest.mark.parametrize(
    "content",
    [
        {},
        {"asked": {}, "report": {}},
        {"asked": [], "report": []},
        {"asked": {"x": 1}, "report": {"diagnostics": []}},
        [],
    ],
)
def test_an_entry_of_another_form_is_none(file: Path, folder: Path, content: Any) -> None:
    check(file, folder)
    (entry,) = entries(folder)
    raw = json.dumps(content).encode()
    entry.write_bytes(module._checksum(entry.name.encode() + raw) + b"\n" + raw)
    assert kept(file, folder) is None


def test_a_write_that_fails_leaves_nothing_behind(file: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(module.os, "replace", fail)
    assert check(file, folder) == ["KC105"]
    assert not [path for path in folder.rglob("*") if path.is_file() and path.name != "pruned"]


_ON_A_FULL_DISK = """
import resource, signal, sys
from pathlib import Path
from kerascheck.workers.cache import Cache
from kerascheck.configuration.config import Settings
from kerascheck.workers.parallel import Job, check_files
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (100, resource.RLIM_INFINITY))
(report,) = check_files([Job(sys.argv[1], Settings())], 1, Cache(Path(sys.argv[2])))
print([found.code for found in report.diagnostics])
"""


@pytest.mark.skipif(sys.platform == "win32", reason="a limit on the size of files")
def test_a_full_disk_leaves_nothing_behind(file: Path, folder: Path) -> None:
    command = [sys.executable, "-c", _ON_A_FULL_DISK, str(file), str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['KC105']"
    assert not [path for path in folder.rglob("*") if path.is_file() and path.name != "pruned"]


def aged(path: Path, seconds: float) -> None:
    then = time.time() - seconds
    os.utime(path, (then, then))


def test_what_nobody_uses_goes(file: Path, folder: Path) -> None:
    check(file, folder)
    (old,) = entries(folder)
    part = old.with_name(f"{old.name}.1.part")
    part.write_bytes(b"killed meanwhile")
    young = old.with_name(f"{old.name}.2.part")
    young.write_bytes(b"being written")
    alien = old.with_name("notes.txt")
    alien.write_text("not ours")
    for path in (old, alien):
        aged(path, 40 * DAY)
    aged(part, 2 * 3600)
    file.write_text(PROGRAM + "x = 1\n")
    check(file, folder)
    assert old.exists(), "it was looked after of late"
    aged(folder / "pruned", 2 * DAY)
    file.write_text(PROGRAM + "x = 2\n")
    check(file, folder)
    assert not old.exists() and not part.exists() and young.exists() and alien.exists()
    assert len(entries(folder)) == 2


def test_what_is_used_stays(file: Path, folder: Path) -> None:
    check(file, folder)
    (entry,) = entries(folder)
    aged(entry, 20 * DAY)
    assert kept(file, folder) is not None
    assert time.time() - entry.stat().st_mtime < DAY


def test_the_oldest_go_where_there_are_too_many(file: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(4):
        file.write_text(f"{PROGRAM}x = {number}\n")
        before = set(entries(folder))
        check(file, folder)
        (new,) = set(entries(folder)) - before
        aged(new, (4 - number) * 3600)
    monkeypatch.setattr(module, "_MAX_BYTES", 2 * new.stat().st_size + 10)
    (folder / "pruned").unlink()
    file.write_text(f"{PROGRAM}x = 4\n")
    check(file, folder)
    assert len(entries(folder)) == 2 and new.exists() and kept(file, folder) is not None


def test_a_module_that_changes_while_it_is_followed(file: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def slowly(raw: bytes, filename: str, settings: Settings) -> Report:
        report = check_source(raw, filename, settings)
        (file.parent / "settings.py").write_text("RATE = 0.5\n")
        return report

    monkeypatch.setattr("kerascheck.workers.parallel.check_source", slowly)
    assert check(file, folder) == ["KC105"]
    monkeypatch.undo()
    assert check(file, folder) == []


def test_what_is_open_in_an_editor_is_not_what_is_on_disk(file: Path, folder: Path) -> None:
    other = str(file.parent / "settings.py")
    with unsaved_files({other: b"RATE = 0.5\n"}):
        assert check(file, folder) == []
        assert check(file, folder) == []
    assert check(file, folder) == ["KC105"]
    with unsaved_files({other: b"RATE = 0.4\n"}):
        assert check(file, folder) == []
    os.unlink(other)
    assert check(file, folder) == []
    with unsaved_files({other: b"RATE = 1.4\n"}):
        assert check(file, folder) == ["KC105"]
    assert check(file, folder) == []


def test_another_version_of_kerascheck(file: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    check(file, folder)
    assert kept(file, folder) is not None
    monkeypatch.setattr(module, "__version__", "0.0.0")
    module._program.cache_clear()
    assert kept(file, folder) is None
    monkeypatch.undo()
    module._program.cache_clear()
    assert kept(file, folder) is not None


def test_a_changed_file_of_kerascheck_or_of_a_plugin(tmp_path: Path) -> None:
    package = tmp_path / "package"
    (package / "inner" / "__pycache__").mkdir(parents=True)
    states = []
    for name, text in (("a.py", ""), ("inner/b.py", ""), ("inner/table.json", "[]"), ("inner/table.json", "[1]")):
        (package / name).write_text(text)
        states.append(module.state_of(str(package)))
    os.utime(package / "a.py", (1, 1))  # an older one is put in its place
    states.append(module.state_of(str(package)))
    assert len(set(states)) == len(states)
    (package / "inner" / "__pycache__" / "b.pyc").write_bytes(b"")
    assert module.state_of(str(package)) == states[-1]


def test_a_link_to_nothing_is_nothing_for_ever(file: Path, folder: Path) -> None:
    (file.parent / "settings.py").unlink()
    (file.parent / "settings.py").symlink_to("nowhere")
    assert check(file, folder) == []
    assert kept(file, folder) is not None
    (file.parent / "nowhere").write_text("RATE = 1.5\n")
    assert check(file, folder) == ["KC105"]


def test_what_was_asked_is_plain(file: Path) -> None:
    asked = check_source(file.read_bytes(), str(file), SETTINGS).asked
    assert Asked(**json.loads(json.dumps({name: getattr(asked, name) for name in Asked.__slots__}))) == asked
