"""Files are written whole or not at all, and stay what they were otherwise."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kerascheck.fixes import write as module
from kerascheck.fixes.write import ChangedMeanwhile, write_atomically, write_whole

ON_POSIX = pytest.mark.skipif(sys.platform == "win32", reason="what POSIX has")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "x.py"
    path.write_bytes(b"old")
    return path


def names(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir())


@pytest.fixture(params=["nameless", "named"])
def _part(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "named":
        monkeypatch.setattr(module, "_nameless", lambda *_: None)


@pytest.mark.usefixtures("_part")
def test_content_is_replaced_and_the_mode_kept(path: Path) -> None:
    path.chmod(0o754)
    write_atomically(str(path), b"new\r\n")
    assert path.read_bytes() == b"new\r\n" and stat.S_IMODE(path.stat().st_mode) == 0o754
    assert names(path.parent) == ["x.py"]


def test_a_link_keeps_pointing_to_its_target(tmp_path: Path) -> None:
    target = tmp_path / "a" / "x.py"
    target.parent.mkdir()
    target.write_bytes(b"old")
    link = tmp_path / "link.py"
    os.symlink("a/x.py", link)
    write_atomically(str(link), b"new")
    assert link.is_symlink() and target.read_bytes() == b"new"


@pytest.mark.parametrize("new", [b"new", b"n", b"much longer than what was there", b""])
def test_other_names_of_a_file_keep_their_content(path: Path, new: bytes) -> None:
    other = path.with_name("other.py")
    os.link(path, other)
    write_atomically(str(path), new, b"old")
    assert path.read_bytes() == other.read_bytes() == new and path.samefile(other)
    assert names(path.parent) == ["other.py", "x.py"]


@ON_POSIX
@pytest.mark.parametrize("written", [b"", b"n", b"new"])
def test_a_kill_while_a_file_of_several_names_is_written_loses_nothing(
    path: Path, monkeypatch: pytest.MonkeyPatch, written: bytes
) -> None:
    os.link(path, path.with_name("other.py"))

    def killed(descriptor: int, _: bytes) -> None:
        os.ftruncate(descriptor, 0)
        os.write(descriptor, written)
        os._exit(9)

    child = os.fork()
    if not child:
        try:
            monkeypatch.setattr(module, "_overwrite", killed)
            write_atomically(str(path), b"new", b"old")
        finally:
            os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
    (copy,) = (one for one in path.parent.iterdir() if one.suffix == ".before")
    assert copy.read_bytes() == b"old" and path.name in copy.name
    write_atomically(str(path), b"newer")  # the copy is not lost by that
    assert copy.read_bytes() == b"old" and path.with_name("other.py").read_bytes() == b"newer"


@ON_POSIX
def test_where_what_was_there_cannot_come_back_either_its_copy_is_named(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.link(path, path.with_name("other.py"))

    def fail(*_: object) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(module, "_overwrite", fail)
    with pytest.raises(OSError, match=r"what was in it is in .*x\.py.*before"):
        write_atomically(str(path), b"new", b"old")
    (copy,) = (one for one in path.parent.iterdir() if one.suffix == ".before")
    assert copy.read_bytes() == b"old"


@ON_POSIX
def test_the_owner_stays(path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root gives files away")
    os.chown(path, 1234, 4321)
    path.chmod(0o640)
    write_atomically(str(path), b"new")
    status = path.stat()
    assert (status.st_uid, status.st_gid, stat.S_IMODE(status.st_mode)) == (1234, 4321, 0o640)


def test_a_file_whose_owner_could_not_stay_is_written_in_place(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(module, "_take_over", refuse)
    before = path.stat().st_ino
    write_atomically(str(path), b"new", b"old")
    assert path.read_bytes() == b"new" and path.stat().st_ino == before and names(path.parent) == ["x.py"]


@pytest.mark.skipif(not hasattr(os, "setxattr"), reason="extended attributes of Linux")
def test_attributes_stay(path: Path) -> None:
    try:
        os.setxattr(path, "user.note", b"mine")
    except OSError:
        pytest.skip("not on this file system")
    write_atomically(str(path), b"new")
    assert path.read_bytes() == b"new" and os.getxattr(path, "user.note") == b"mine"


@pytest.mark.usefixtures("_part")
@pytest.mark.parametrize("call", ["replace", "fsync"])
def test_a_failure_leaves_the_file_as_it_was(path: Path, monkeypatch: pytest.MonkeyPatch, call: str) -> None:
    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, call, fail)
    with pytest.raises(OSError, match="No space left"):
        write_atomically(str(path), b"new")
    assert path.read_bytes() == b"old" and names(path.parent) == ["x.py"]


@pytest.mark.parametrize("linked", [False, True])
@pytest.mark.parametrize("now", [b"", b"Old", b"old\n", b"something else"])
def test_a_file_that_has_changed_is_left_as_it_is(path: Path, linked: bool, now: bytes) -> None:
    path.write_bytes(now)
    if linked:
        os.link(path, path.with_name("other.py"))
    with pytest.raises(ChangedMeanwhile):
        write_atomically(str(path), b"new", b"old")
    assert path.read_bytes() == now
    assert names(path.parent) == (["other.py", "x.py"] if linked else ["x.py"])


def test_a_file_that_is_read_only_is_left_as_it_is(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(PermissionError, match="read-only"):
        write_atomically(str(path), b"new")
    assert path.read_bytes() == b"old"


@ON_POSIX
def test_what_is_no_file_is_not_written(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "x.py")
    with pytest.raises(OSError, match="not a regular file"):
        write_atomically(str(tmp_path / "x.py"), b"new")


# -- a new file, or one that is ours --------------------------------------------------------------------------------


@pytest.mark.usefixtures("_part")
def test_a_new_file(tmp_path: Path) -> None:
    write_whole(str(tmp_path / "report.html"), b"new")
    (tmp_path / "plain").touch()
    assert (tmp_path / "report.html").read_bytes() == b"new" and names(tmp_path) == ["plain", "report.html"]
    assert (tmp_path / "report.html").stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_an_old_report_is_replaced(path: Path) -> None:
    path.chmod(0o600)
    write_whole(str(path), b"new")
    assert path.read_bytes() == b"new" and stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.usefixtures("_part")
def test_a_new_file_that_cannot_be_written_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="No space left"):
        write_whole(str(tmp_path / "report.html"), b"new")
    assert names(tmp_path) == []


@ON_POSIX
@pytest.mark.parametrize("name", ["/dev/stdout", "/dev/fd/1", "link"])
def test_the_output_of_the_process_itself(tmp_path: Path, name: str) -> None:
    (tmp_path / "link").symlink_to("/dev/stdout")
    code = "import sys; from kerascheck.fixes.write import write_whole; write_whole(sys.argv[1], b'new')"
    command = [sys.executable, "-c", code, str(tmp_path / name)]
    assert subprocess.run(command, capture_output=True, check=True).stdout == b"new"
    with open(tmp_path / "out", "wb") as out:
        subprocess.run(command, stdout=out, check=True)
        out.write(b"")
    assert (tmp_path / "out").read_bytes() == b"new"


# -- full disks and killed processes --------------------------------------------------------------------------------

_WITH_A_LIMIT = """
import resource, signal, sys
from kerascheck.fixes import write
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (100, resource.RLIM_INFINITY))
if sys.argv[3] == "named":
    write._nameless = lambda *_: None
try:
    getattr(write, sys.argv[2])(sys.argv[1], b"x" * 5000)
except OSError as error:
    print("failed:", error.strerror)
"""


@ON_POSIX
@pytest.mark.parametrize("part", ["nameless", "named"])
@pytest.mark.parametrize("function", ["write_atomically", "write_whole"])
@pytest.mark.parametrize("linked", [False, True])
def test_a_full_disk_leaves_the_old_file(path: Path, function: str, linked: bool, part: str) -> None:
    if linked:
        os.link(path, path.with_name("other.py"))
    command = [sys.executable, "-c", _WITH_A_LIMIT, str(path), function, part]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("failed:")
    assert path.read_bytes() == b"old" and path.stat().st_size == 3
    assert names(path.parent) == (["other.py", "x.py"] if linked else ["x.py"])


_KILLED = """
import os, signal, sys
from kerascheck.fixes import write
if sys.argv[2] == "named":
    write._nameless = lambda *_: None
os.fsync = lambda _: os.kill(os.getpid(), signal.SIGKILL)
write.write_atomically(sys.argv[1], b"import keras")
"""


@ON_POSIX
@pytest.mark.parametrize("part", ["nameless", "named"])
def test_a_killed_process_leaves_no_program_behind(path: Path, part: str) -> None:
    done = subprocess.run([sys.executable, "-c", _KILLED, str(path), part], check=False)
    assert done.returncode == -signal.SIGKILL and path.read_bytes() == b"old"
    left = [name for name in names(path.parent) if name != "x.py"]
    if part == "nameless" and sys.platform == "linux":
        assert not left
    assert all(name.startswith(".") and not name.endswith((".py", ".ipynb")) for name in left)
    for name in left:
        then = time.time() - 7200
        os.utime(path.with_name(name), (then, then))
    write_atomically(str(path), b"new")
    assert names(path.parent) == ["x.py"]
