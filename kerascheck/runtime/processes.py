"""Processes that work for this one: started so that nothing of the current folder can be imported in them.

multiprocessing starts its processes, on most systems, with `python -c`, which puts the current folder before all others
on the import path; so do the helper processes that it starts for itself. A file `signal.py` of the folder that is
checked would be executed. Here a process is either a fork of this one, with the import path that this one has, or a
fresh Python that runs `_start.py` by its path, without the current folder, on every version of Python.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from multiprocessing.connection import Connection, Pipe
from typing import Any

from kerascheck.runtime import safe_path

#: How processes are started: "fork", "fresh", or None for what is safe: see `can_fork`.
method: str | None = None


def can_fork() -> bool:
    """Whether a copy of this process would work: only where no other thread may hold a lock at that moment.

    Nor on macOS, whose libraries do not survive it.
    """
    if method is not None:
        return method == "fork"
    return sys.platform.startswith("linux") and hasattr(os, "fork") and threading.active_count() == 1


class Process:
    """A process, and the connection to it; its end shows in the connection.

    Args:
        module: where the function is that it calls.
        function: called with the connection and the arguments.
        arguments: for a fresh process strings, numbers and lists of them.
        fork: whether it may be a copy of this one.
        unrelated: connections of this process that a copy of it is to close.

    Raises:
        OSError: no process can be started.
    """

    def __init__(
        self,
        module: str,
        function: str,
        arguments: Sequence[Any] = (),
        fork: bool = False,
        unrelated: Sequence[Connection] = (),
    ) -> None:
        self.connection, other = Pipe()
        self._popen: subprocess.Popen[bytes] | None = None
        self._status: int | None = None
        #: The most memory that it has had, in bytes; known when it has ended, where the system tells.
        self.peak: int | None = None
        #: What a copy has had of it from the beginning.
        self.inherited = _resident() if fork else 0
        try:
            if fork:
                self.pid = self._fork(other, module, function, arguments, [self.connection, *unrelated])
            else:
                self._popen = _start(other)
                self.pid = self._popen.pid
        except BaseException:
            self.connection.close()
            raise
        finally:
            other.close()
        if not fork:
            root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
            with suppress(OSError):  # it has ended already: the first question shows that
                self.connection.send((safe_path.entries(), root, module, function, list(arguments)))

    @staticmethod
    def _fork(
        other: Connection, module: str, function: str, arguments: Sequence[Any], unrelated: Sequence[Connection]
    ) -> int:
        import importlib
        import warnings

        target: Callable[..., None] = getattr(importlib.import_module(module), function)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # where `method` asks for it in spite of threads
            pid = os.fork()
        if pid:
            return pid
        status = 1
        try:
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # an interrupt is for the parent, which ends this process
            for connection in unrelated:
                connection.close()
            target(other, *arguments)
            status = 0
        finally:
            os._exit(status)  # what the parent wants done at its end is not done here

    def wait(self, seconds: float) -> int | None:
        """How it has ended, as `subprocess` has it: its exit status, or the negative number of a signal.

        None where it has not ended after so long.
        """
        deadline = time.monotonic() + seconds
        while self._status is None:
            self._look()
            if self._status is not None or time.monotonic() >= deadline:
                break
            time.sleep(0.005)
        return self._status

    def _look(self) -> None:
        if not hasattr(os, "wait4"):
            assert self._popen is not None
            self._status = self._popen.poll()
            return
        try:
            pid, status, usage = os.wait4(self.pid, os.WNOHANG)
        except ChildProcessError:  # somebody else has asked for it
            self._status = 0
        else:
            if not pid:
                return
            self._status = os.waitstatus_to_exitcode(status)
            self.peak = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
        if self._popen is not None:
            self._popen.returncode = self._status

    def kill(self) -> None:
        """End it at once, and wait until it is gone."""
        if self.wait(0) is None:
            with suppress(OSError):
                if self._popen is not None:
                    self._popen.kill()
                else:
                    os.kill(self.pid, signal.SIGKILL)
        self.wait(1.0)
        with suppress(OSError):
            self.connection.close()


def _start(other: Connection) -> subprocess.Popen[bytes]:
    """A fresh Python at the other end of a connection. Raises OSError."""
    if not sys.executable:
        raise OSError("this Python does not know its own program")
    script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "_start.py")
    handle = other.fileno()
    command = [sys.executable, *_flags(), script, str(handle)]
    more: dict[str, Any] = {"pass_fds": [handle], "start_new_session": True}
    if sys.platform == "win32":
        os.set_handle_inheritable(handle, True)
        more = {"startupinfo": subprocess.STARTUPINFO(lpAttributeList={"handle_list": [handle]})}
    return subprocess.Popen(command, stdin=subprocess.DEVNULL, env=_environment(), **more)


def _flags() -> list[str]:
    """The options of this interpreter that change what it imports, and how."""
    flags: list[str] = subprocess._args_from_interpreter_flags()  # type: ignore[attr-defined]
    return flags


def _environment() -> dict[str, str]:
    """That of this process, less what would bring the current folder back."""
    environment = dict(os.environ)
    given = [os.path.abspath(entry) for entry in environment.get("PYTHONPATH", "").split(os.pathsep) if entry]
    safe = safe_path.entries()
    kept = [entry for entry in given if entry in safe]
    if kept:
        environment["PYTHONPATH"] = os.pathsep.join(kept)
    else:
        environment.pop("PYTHONPATH", None)
    return environment


def _resident() -> int:
    """The memory that this process holds, in bytes; 0 where the system does not tell."""
    try:
        with open("/proc/self/statm", "rb") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):
        return 0
