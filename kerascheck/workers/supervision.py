"""Work on files in processes that are watched from outside: what takes too long, or too much memory, is ended.

The budget of an analysis is asked between its steps, and nothing asks while the parser, a regular expression, a rule or
the drawing of a picture is at work. So every file that may cost something is given to another process, also where there
is only one file, or one process is wanted. Three limits hold there for each file:

- processor time, by a timer of the system that ends the process whatever it is doing, also inside of a C function;
- memory, by a limit of the system on what the process may allocate (Linux only): the analysis is told that there is no
  more, and gives up; a part that cannot be told that ends the process;
- time on the wall, by this process, which waits for an answer no longer: a net below the others, for what waits and
  does not work, and for systems without such timers.

The file is then reported as KC002 with the reason, the process is replaced, and the other files go on.

What it costs: on Linux the process is a copy of this one, which has imported everything before: 4 ms to make, and less
than 0.1 ms to hand over a file. (Timers in the one process that does all were the alternative. They cost nothing, but
the one signal that cannot be held up by a C function ends the process, and with it the reports of all other files; and
an allocation that fails does so in whatever part is unlucky.) Elsewhere, and where this process has threads, it is a
fresh Python: it imports what this one then need not, so that the price is the start of a bare Python, some 50 ms.
"""

from __future__ import annotations

import os
import pickle
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from typing import Any, Generic, TypeVar

from kerascheck.runtime.processes import Process, can_fork

if sys.platform != "win32":
    import resource

_T = TypeVar("_T")
_I = TypeVar("_I")

_MEGABYTE = 1_000_000
#: What the analysis of one file may allocate, in bytes.
MEMORY = 1_000 * _MEGABYTE


@dataclass(frozen=True, slots=True)
class Allowance:
    """What one file may cost at most: seconds of processor time, seconds on the wall, bytes of memory."""

    processor: float
    wall: float
    memory: int = MEMORY


def allowance(budget: float) -> Allowance:
    """The limits that go with a budget: far above what the analysis takes that keeps to it."""
    processor = 12 + 6 * budget
    return Allowance(processor, 3 * processor)


@dataclass(frozen=True, slots=True)
class Done(Generic[_T]):
    """What came of an item."""

    result: _T


@dataclass(frozen=True, slots=True)
class Ended:
    """Why the work on an item was not finished, and whether it was over a limit (or else a fault)."""

    reason: str
    over_limit: bool


class CannotStart(Exception):
    """No process can be started; nothing has been done yet."""


def in_processes(
    items: Sequence[_I], work: Callable[[_I], _T], allowance_of: Callable[[_I], Allowance], processes: int
) -> Iterator[tuple[int, Done[_T] | Ended]]:
    """What becomes of each item, by its number, as it comes. Close the generator to end the work.

    Args:
        items: picklable; they are begun in their order.
        work: a function of a module; what it gives must be picklable.
        allowance_of: the limits for an item.
        processes: how many work at a time, at most.

    Raises:
        CannotStart: not even one process can be started.
        Exception: what `work` raises.
    """
    waiting = list(reversed(range(len(items))))
    workers: list[_Worker] = []
    try:
        while waiting or any(worker.item is not None for worker in workers):
            _begin(workers, waiting, items, work, allowance_of, processes)
            busy = {worker.process.connection: worker for worker in workers if worker.item is not None}
            patience = min(worker.deadline for worker in busy.values()) - time.monotonic()
            heard = wait(list(busy), max(0.0, patience))
            ready = [worker for connection, worker in busy.items() if connection in heard]
            late = [worker for worker in busy.values() if worker not in ready and worker.is_late]
            outcomes = [(worker.item, worker.outcome()) for worker in ready]
            outcomes += [(worker.item, worker.give_up()) for worker in late]
            workers = [worker for worker in workers if worker.is_usable]
            _begin(workers, waiting, items, work, allowance_of, processes)  # before anybody looks at what came
            for item, outcome in outcomes:
                assert item is not None
                yield item, outcome
    finally:
        for worker in workers:
            worker.process.kill()


def _begin(
    workers: list[_Worker],
    waiting: list[int],
    items: Sequence[_I],
    work: Callable[[_I], _T],
    allowance_of: Callable[[_I], Allowance],
    processes: int,
) -> None:
    """Hand out items while there are processes without one. Raises CannotStart."""
    while waiting:
        free = next((worker for worker in workers if worker.item is None), None)
        if free is None:
            if len(workers) >= processes:
                return
            try:
                free = _Worker([worker.process.connection for worker in workers])
            except OSError as error:
                if not workers:
                    raise CannotStart(str(error)) from None
                return
            workers.append(free)
        number = waiting.pop()
        free.begin(number, work, items[number], allowance_of(items[number]))


class _Worker:
    """A process as this side sees it."""

    def __init__(self, others: Sequence[Connection]) -> None:
        self.process = Process(__name__, "serve", fork=can_fork(), unrelated=others)
        self.item: int | None = None
        self.deadline = 0.0
        self.is_usable = True
        self._allowance = Allowance(0, 0)

    @property
    def is_late(self) -> bool:
        return time.monotonic() >= self.deadline

    def begin(self, number: int, work: Callable[[Any], Any], item: object, allowance: Allowance) -> None:
        self.item, self._allowance = number, allowance
        self.deadline = time.monotonic() + allowance.wall
        with suppress(OSError):  # it has died meanwhile, which shows when its answer is read
            self.process.connection.send((work, item, allowance))

    def outcome(self) -> Done[Any] | Ended:
        """Its answer. Raises what the work raised."""
        self.item = None
        try:
            kind, result = self.process.connection.recv()
        except (EOFError, OSError):
            return self._death()
        if kind == _RAISED:
            assert isinstance(result, Exception)
            raise result
        if kind == _DONE:
            return Done(result)
        self._end()  # what is left in there is not to be relied on
        return result if kind == _LAST else self._too_large()

    def give_up(self) -> Ended:
        """End it, and say why."""
        self.item = None
        self._end()
        return _too_slow(self._allowance)

    def _end(self) -> None:
        self.is_usable = False
        self.process.kill()

    def _death(self) -> Ended:
        self.process.wait(5.0)
        self._end()
        return _death(self.process, self._allowance)

    def _too_large(self) -> Ended:
        return _too_large(self._allowance)


def _death(process: Process, allowance: Allowance) -> Ended:
    """Why a process has ended that was to go on."""
    status = process.wait(0)
    if status == -getattr(signal, "SIGPROF", 0):
        seconds = allowance.processor
        return Ended(f"the analysis took more than {seconds:g} seconds of processor time and was ended", True)
    if process.peak is not None and process.peak - process.inherited > 0.8 * allowance.memory:
        return _too_large(allowance)
    if status == -getattr(signal, "SIGKILL", 0):
        return Ended("the process that analysed it was killed, as systems do where memory runs short", True)
    return Ended("the process that analysed it died", False)


def _too_large(allowance: Allowance) -> Ended:
    return Ended(f"the analysis needs more than {allowance.memory // _MEGABYTE:,} MB of memory and was ended", True)


def _too_slow(allowance: Allowance) -> Ended:
    return Ended(f"the analysis took longer than {allowance.wall:g} seconds and was ended", True)


# -- a whole command in a copy of this process ------------------------------------------------------------------------

#: What goes on in the copy of this process that carries out a command is told to the other one here.
_news: Connection | None = None
#: Why files were given up, in earlier copies.
given_up: dict[str, str] = {}


def in_copy(command: Callable[[], int]) -> int:
    """The exit status of a command that is carried out in a copy of this process, as far as it can be copied.

    Where a file is over a limit, or kills the copy, the command is begun again with that file in `given_up`: so it must
    write nothing before it is through with all files.
    """
    while can_fork() and not is_watched:
        sys.stdout.flush()
        sys.stderr.flush()
        try:
            process = Process(__name__, "_carry_out", (command,), fork=True)
        except OSError:
            break
        try:
            current: tuple[str, Allowance] | None = None
            deadline = 0.0
            while True:
                if not process.connection.poll(None if current is None else max(0.0, deadline - time.monotonic())):
                    assert current is not None
                    given_up[current[0]] = _too_slow(current[1]).reason
                    break
                try:
                    current = process.connection.recv()
                except (EOFError, OSError):
                    status = process.wait(5.0)
                    if current is None or status is None or status >= 0:
                        return 2 if status is None or status < 0 else status
                    given_up[current[0]] = _death(process, current[1]).reason
                    break
                deadline = time.monotonic() + (current[1].wall if current is not None else 0.0)
        finally:
            process.kill()
    return command()


def _carry_out(connection: Connection, command: Callable[[], int]) -> None:
    global _news, is_watched
    _news, is_watched = connection, True
    if hasattr(signal, "SIGPROF"):
        signal.signal(signal.SIGPROF, signal.SIG_DFL)
    status = 2
    try:
        status = command()
        sys.stdout.flush()
    except BrokenPipeError:  # whoever read the output, such as `head`, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = 1
    except Exception as error:  # nobody else would say it: the parent sees a status only
        from kerascheck.crashes import internal_error
        from kerascheck.text.escaping import say

        say("kerascheck: error", internal_error("the command", error))
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(status)


@contextmanager
def on_file(filename: str, budget: float) -> Iterator[None]:
    """Meanwhile the limits for one file hold, in a copy that carries out a command."""
    if _news is None:
        yield
        return
    limits = allowance(budget)
    _news.send((filename, limits))
    _limit_processor(limits.processor)
    try:
        with limited_memory(limits.memory):
            yield
    finally:
        _limit_processor(0)
        _news.send(None)


# -- the other side ---------------------------------------------------------------------------------------------------

#: Kinds of answers: the result, the result of a process that is to be replaced, no memory, an error.
_DONE, _LAST, _NO_MEMORY, _RAISED = "done", "last", "no memory", "raised"

#: Whether this process works for another one, which watches it.
is_watched = False


def serve(connection: Connection) -> None:
    """Work until the other side is gone: what the process does."""
    from kerascheck.runtime import safe_path
    from kerascheck.workers.parallel import prepare_process

    global is_watched
    is_watched = True
    prepare_process()
    own = safe_path.own_imports()
    own.__enter__()
    before = _allocated()
    if hasattr(signal, "SIGPROF"):
        signal.signal(signal.SIGPROF, signal.SIG_DFL)
    while True:
        try:
            work, item, allowance = connection.recv()
        except (EOFError, OSError):
            return
        limit_memory(before, allowance.memory)
        _limit_processor(allowance.processor)
        answer = _answer(work, item)
        _limit_processor(0)
        limit_memory(before, None)
        if answer[0] == _DONE and _allocated() - before > allowance.memory / 2:
            answer = (_LAST, Done(answer[1]))
        _send(connection, answer)


def _answer(work: Callable[[Any], Any], item: object) -> tuple[str, Any]:
    try:
        return _DONE, work(item)
    except MemoryError:
        return _NO_MEMORY, None
    except Exception as error:
        return _RAISED, error


def _send(connection: Connection, answer: tuple[str, Any]) -> None:
    try:
        connection.send(answer)
    except (pickle.PicklingError, TypeError, AttributeError, RecursionError, ValueError) as error:
        connection.send((_RAISED, RuntimeError(f"{type(error).__name__}: {error}")))


def _limit_processor(seconds: float) -> None:
    """End this process after so much processor time from now on; 0: whenever it wants."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_PROF, seconds)


def limit_memory(before: int, more: int | None) -> None:
    """Let this process allocate so many bytes above what it had before, or as much as it wants."""
    if not before:
        return
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    soft = hard if more is None else before + more
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_DATA, (soft if hard < 0 or soft < hard else hard, hard))


@contextmanager
def limited_memory(more: int = MEMORY) -> Iterator[None]:
    """Meanwhile this process may allocate so many bytes more than it has; see `limit_memory`."""
    before = _allocated()
    limit_memory(before, more)
    try:
        yield
    finally:
        limit_memory(before, None)


def _allocated() -> int:
    """The bytes that count for the limit on memory; 0 where the system does not tell."""
    try:
        with open("/proc/self/statm", "rb") as file:
            return int(file.read().split()[5]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError, AttributeError):
        return 0
