"""The server's side of the worker: a queue of tasks, one under way at a time, and a process that may die."""

from __future__ import annotations

import asyncio
import heapq
import itertools
import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any

from kerascheck.integrations.lsp.worker import CANCEL, DONE, PART, TASK, Abandoned
from kerascheck.runtime.processes import Process

_log = logging.getLogger(__name__)

#: Seconds after which a task is given up, and the process with it. The budget ends an analysis long before.
TIME_LIMIT = 60.0

# Priorities: the smaller, the sooner.
SOON, LATER = range(2)


class WorkerDied(Exception):
    """The process that worked on the task died, or was ended because it took too long."""


@dataclass(order=True)
class _Task:
    priority: int
    number: int
    name: str = field(compare=False)
    arguments: tuple[Any, ...] = field(compare=False)
    future: asyncio.Future[Any] = field(compare=False)
    early: Callable[[Any], None] | None = field(compare=False)
    is_second_try: bool = field(default=False, compare=False)


class Analyst:
    """Gives tasks to a worker process and hands back what comes of them. All methods belong to the event loop."""

    def __init__(self) -> None:
        self._numbers = itertools.count(1)
        self._queue: list[_Task] = []
        self._under_way: _Task | None = None
        self._process: Process | None = None
        self._connection: Connection | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._buffers: dict[str, str] = {}
        self._changed: dict[str, str | None] = {}  # of the buffers, what the worker does not know yet
        self._is_stale = False  # whether the worker is to forget what it read from disk
        self._is_closed = False

    def start(self) -> None:
        """Start the process, so that it is warm when the first task comes."""
        if self._process is not None or self._is_closed:
            return
        # Never a copy of this process, which has threads and the texts of the editor.
        self._process = Process("kerascheck.integrations.lsp.worker", "serve")
        own = self._connection = self._process.connection
        loop = asyncio.get_running_loop()
        threading.Thread(target=_read, args=(own, loop, self), daemon=True, name="kerascheck-reader").start()
        self._changed = dict(self._buffers)
        self._is_stale = False

    def close(self) -> None:
        """End the process; what is under way is lost."""
        self._is_closed = True
        self._end_process()
        for task in self._queue:
            task.future.cancel()
        self._queue.clear()

    def set_buffer(self, filename: str, text: str | None) -> None:
        """A text that is open in the editor, in place of the file of this absolute name; None: closed."""
        if text is not None:
            self._buffers[filename] = text
        elif self._buffers.pop(filename, None) is None:
            return
        self._changed[filename] = text

    def forget(self) -> None:
        """Files have changed on disk."""
        self._is_stale = True

    async def ask(
        self, name: str, *arguments: Any, priority: int = SOON, early: Callable[[Any], None] | None = None
    ) -> Any:
        """What the worker answers; see `worker.Worker`. Cancelling it abandons the task.

        Args:
            name: the name of the task.
            arguments: its arguments.
            priority: of tasks that wait, the one with the smallest comes first.
            early: is given what the worker has to say before it is done.

        Raises:
            WorkerDied: the process is gone.
            RuntimeError: the task failed.
        """
        task = self._submit(priority, name, arguments, early)
        try:
            return await task.future
        except asyncio.CancelledError:
            self._abandon(task)
            raise

    def _submit(
        self, priority: int, name: str, arguments: tuple[Any, ...], early: Callable[[Any], None] | None
    ) -> _Task:
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        future.add_done_callback(_retrieve)
        task = _Task(priority, next(self._numbers), name, arguments, future, early)
        if self._is_closed:
            future.set_exception(WorkerDied("the server is going down"))
            return task
        heapq.heappush(self._queue, task)
        self._next()
        return task

    def _abandon(self, task: _Task) -> None:
        if task is self._under_way:
            if self._connection is not None:
                with suppress(OSError, ValueError):
                    self._connection.send((CANCEL, task.number))
        elif task in self._queue:
            self._queue.remove(task)
            heapq.heapify(self._queue)

    def _next(self) -> None:
        """Hand the next task over if the worker is free."""
        if self._under_way is not None:
            return
        while self._queue and self._queue[0].future.cancelled():
            heapq.heappop(self._queue)
        if not self._queue:
            return
        self.start()
        if self._connection is None:
            return
        task = self._under_way = heapq.heappop(self._queue)
        self._timer = asyncio.get_running_loop().call_later(TIME_LIMIT, self._give_up, task)
        try:
            question = (task.number, self._changed, self._is_stale, task.name, task.arguments)
            self._connection.send((TASK, question))
            self._changed, self._is_stale = {}, False
        except (OSError, ValueError) as error:
            _log.warning("the worker does not listen: %s", error)
            self.lost(self._connection)

    def _give_up(self, task: _Task) -> None:
        if task is self._under_way:
            _log.error("%s takes too long; the worker is restarted", task.name)
            self._end_process()

    def received(self, number: int, kind: str, result: Any) -> None:
        """The worker has finished a task, or a part of it."""
        if kind == PART:
            task = self._under_way
            if task is not None and task.number == number and task.early is not None and not task.future.done():
                task.early(result)
            return
        task = self._finish()
        if task is None or task.number != number:
            _log.error("the worker answers what was not asked")
        elif not task.future.done():
            if kind == DONE:
                task.future.set_result(result)
            elif isinstance(result, Abandoned):
                task.future.cancel()
            else:
                task.future.set_exception(result)
        self._next()

    def lost(self, connection: Connection) -> None:
        """The process behind a connection is gone; what it worked on is tried once more in another one."""
        if connection is not self._connection:
            return
        task = self._under_way
        if task is not None and not task.is_second_try and not task.future.done():
            task.is_second_try = True
            self._finish()
            heapq.heappush(self._queue, task)
        self._end_process()
        if not self._is_closed:
            self._next()

    def _finish(self) -> _Task | None:
        task, self._under_way = self._under_way, None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        return task

    def _end_process(self) -> None:
        process, connection = self._process, self._connection
        self._process = self._connection = None
        task = self._finish()
        if task is not None and not task.future.done():
            task.future.set_exception(WorkerDied("the process that analysed it died"))
        if connection is not None:
            with suppress(OSError):
                connection.close()
        if process is not None:
            process.kill()


def _read(connection: Connection, loop: asyncio.AbstractEventLoop, analyst: Analyst) -> None:
    """Bring the answers into the event loop, until there are no more."""
    with suppress(RuntimeError):  # the loop is closed
        try:
            while True:
                answer = connection.recv()
                loop.call_soon_threadsafe(analyst.received, *answer)
        except (EOFError, OSError, TypeError):
            loop.call_soon_threadsafe(analyst.lost, connection)


def _retrieve(future: asyncio.Future[Any]) -> None:
    """Nobody may wait for it, which is no fault."""
    if not future.cancelled():
        future.exception()
