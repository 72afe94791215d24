"""The process that analyses: takes one task at a time from the server, and sends back what it found.

It keeps what makes the next analysis fast (modules, parsed imports) and the latest examination, for the commands that
show more of it.
"""

from __future__ import annotations

import gc
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from multiprocessing.connection import Connection
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any

from kerascheck.integrations.lsp.facts import Findings, Options, Shown, Structure, Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kerascheck.configuration.config import Resolver, Settings
    from kerascheck.diagnostics import Report
    from kerascheck.engine import Examination
    from kerascheck.integrations.lsp.names import Names, Place
    from kerascheck.views.summary import ModelSummary

_log = logging.getLogger(__name__)

#: What an answer is: one of several results, the last one, or an error.
PART, DONE, FAILED = "part", "done", "failed"
#: What the server sends: a task, or the number of one whose result is not wanted any more.
TASK, CANCEL = "task", "cancel"

#: Tasks, and characters of their texts, after which dead objects are looked for even if another task waits.
_COLLECT_AT_LEAST = 20
_COLLECT_AFTER = 2_000_000
#: Seconds without a task after which that is done anyway: it holds up who types on.
_IDLE = 0.3
#: Characters of the texts whose trees are kept, to which an undo may lead back. They are few, since looking for dead
#: objects goes through all that live. (Imported files are kept besides.)
_KEPT_TREES = 60_000
#: Characters of the texts whose statements are kept, so that an edit costs the parsing of what it changes.
_KEPT_PIECES = 400_000

_WARM_UP = """\
import keras
model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2, activation="relu"), keras.layers.Dense(1)])
model.compile(loss="mse", optimizer="adam")
"""


class Abandoned(Exception):
    """Nobody waits for the result any more."""


class Worker:
    """The tasks by their names. Each raises what it likes; `serve` sends that back."""

    def __init__(self) -> None:
        self._unsaved: dict[str, bytes] = {}
        self._resolvers: dict[Options, Resolver] = {}
        self._unusable: str | None = None  # what is wrong with the rules of other packages
        self._latest: tuple[Text, Examination, Settings] | None = None
        self._names: tuple[Text, Names] | None = None  # of the text that somebody looked at last

    # -- what the server tells ------------------------------------------------------------------------------------

    def buffers(self, changed: Mapping[str, str | None]) -> None:
        """Texts open in the editor, by the absolute name of their file; None: closed."""
        from kerascheck.api import to_bytes

        for filename, text in changed.items():
            if text is None:
                self._unsaved.pop(filename, None)
            else:
                self._unsaved[filename] = to_bytes(text, filename)
        if changed:
            self._latest = self._names = None

    def forget(self) -> None:
        """Files on disk have changed: settings and results of old are void."""
        from kerascheck.project.target import forget

        self._resolvers.clear()
        self._latest = self._names = None
        forget()

    # -- what it asks ---------------------------------------------------------------------------------------------

    def examine(self, text: Text) -> Generator[Findings, None, Structure]:
        """What is said about a text, and then what it builds, which takes a while to write down."""
        from kerascheck.integrations.lsp.collect import findings, structure

        if self._is_excluded(text):
            yield Findings()
            return Structure()
        examination, problem = self._examine(text)
        imports, importers = self._neighbours(text)
        yield replace(findings(examination, problem), imports=imports, importers=importers)
        return structure(examination)

    def importers(self, filenames: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
        """The files that import each of these now."""
        from kerascheck.project.import_graph import current_graph

        with self._open_files():
            return {filename: current_graph().importers(filename) for filename in filenames}

    def fix(self, text: Text, unsafe: bool) -> tuple[list[tuple[int | None, str]], int]:
        """The text with all fixes applied (of a notebook each code cell, with its number), and how many."""
        from kerascheck import api
        from kerascheck.project.source import Source

        settings, _ = self._settings(text)
        with self._open_files():
            result = api.fix(text.text, text.filename, settings=settings, unsafe=unsafe)
        if not result.fixed:
            return [], 0
        source = Source(api.to_bytes(result.source, text.filename), text.filename)
        mark = "\ufeff" if source.has_bom else ""
        return [(cell, mark + new) for cell, new in source.texts()], result.fixed

    def summary(self, text: Text, number: int) -> Shown | None:
        """The summary of a model by its number in the text."""
        from kerascheck.integrations.lsp.showing import model_markdown
        from kerascheck.views.cost import DEFAULT_BATCH
        from kerascheck.views.summary import with_cost

        model = self._model(text, number)
        examination, _ = self._examine(text)
        if model is None or examination.analysis is None:
            return None
        model = with_cost(model, examination.analysis.paths, DEFAULT_BATCH)
        return Shown(_title(model), markdown=model_markdown(model))

    def name(self, text: Text, place: Place) -> Shown | None:
        """What the name at a place stands for: the text is followed once more, and each name of it noted."""
        from kerascheck import api
        from kerascheck.integrations.lsp.names import Names
        from kerascheck.machine.directives import watching
        from kerascheck.project.source import SourceError
        from kerascheck.runtime.recursion import deep_recursion

        if self._names is None or self._names[0] != text:
            settings, _ = self._settings(text)
            try:
                with self._open_files(), watching():
                    examination = api.analyze(text.text, text.filename, settings=settings)
            except SourceError:
                return None
            with deep_recursion():
                self._names = text, Names(examination)
        found = self._names[1].at(place)
        return None if found is None else Shown("", markdown=found)

    def graph(self, text: Text, number: int) -> Shown | None:
        """The picture of a model by its number in the text; for Mermaid where the extra `graph` is missing."""
        from kerascheck.views import drawing
        from kerascheck.views.graph import architecture

        model = self._model(text, number)
        examination, _ = self._examine(text)
        if model is None or examination.source is None:
            return None
        picture = architecture(model, model.network, examination.source, examination.report.diagnostics)
        try:
            return Shown(_title(model), html=drawing.html(picture))
        except drawing.MissingPackage as error:
            return Shown(_title(model), markdown=f"{error}\n\n```mermaid\n{drawing.mermaid(picture)}\n```\n")

    def rule(self, code: str) -> Shown | None:
        """The documentation of a rule."""
        from kerascheck.rules.registry import find_rule
        from kerascheck.views.rule_page import rule_page

        rule = find_rule(code)
        return None if rule is None else Shown(f"{rule.code} {rule.name}", markdown=rule_page(rule))

    def explain(self, text: Text | None, message: str, rows: tuple[int, int] | None) -> Shown:
        """What an error message means, and where it comes from.

        Args:
            text: the program that it was pasted into, if it was one.
            message: the message, or a traceback.
            rows: those of the text in which it stands, the first and the last, counted from 0.
        """
        from kerascheck.integrations.lsp.explaining import explained

        with self._open_files():
            return explained(text, message, rows, self._settings)

    def files(self, folders: tuple[str, ...], options: Options) -> list[str]:
        """The Python files and notebooks in folders."""
        from kerascheck.errors import ConfigError
        from kerascheck.project.discovery import NoSuchPath, discover

        found: dict[str, None] = {}
        for folder in folders:
            try:
                resolver = self._resolver(options)
                found |= dict.fromkeys(str(path) for path in discover([Path(folder)], resolver.settings_for))
            except (ConfigError, NoSuchPath) as error:
                _log.warning("%s", error)
        return list(found)

    def check(self, filename: str, options: Options) -> Report:
        """The report of a saved file, from the cache of the command line if it is there."""
        from kerascheck.workers.cache import Cache
        from kerascheck.workers.parallel import Job, check_files

        settings, _ = self._settings(Text(filename, "", options))
        with self._open_files():
            return check_files([Job(filename, settings)], 1, Cache.of_user())[0]

    # -- how ------------------------------------------------------------------------------------------------------

    def _examine(self, text: Text) -> tuple[Examination, str | None]:
        from kerascheck import api

        settings, problem = self._settings(text)
        if self._latest is not None and self._latest[0] == text and self._latest[2] == settings:
            return self._latest[1], problem
        self._latest = None  # the old one is not needed while the new one is made
        with self._open_files():
            examination = api.examine(text.text, text.filename, settings=settings)
        if not examination.report.by_chance:  # it may be cut short because nobody waits for it
            self._latest = (text, examination, settings)
        return examination, problem

    def _neighbours(self, text: Text) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The files of its project that a text imports, and those that import it."""
        from kerascheck.api import to_bytes
        from kerascheck.project.import_graph import current_graph

        with self._open_files():
            graph = current_graph()
            return graph.imports(to_bytes(text.text, text.filename), text.filename), graph.importers(text.filename)

    def _is_excluded(self, text: Text) -> bool:
        """Whether the configuration leaves the file out even where it is named."""
        from kerascheck.project.discovery import Excludes

        settings, _ = self._settings(text)
        return settings.force_exclude and Excludes(settings).match_with_parents(Path(text.filename))

    def _model(self, text: Text, number: int) -> ModelSummary | None:
        from kerascheck.views.summary import summarize

        examination, _ = self._examine(text)
        if examination.source is None or examination.analysis is None:
            return None
        models = summarize(examination.source, examination.analysis)
        return models[number] if 0 <= number < len(models) else None

    def _settings(self, text: Text) -> tuple[Settings, str | None]:
        """The settings for a text, and what is wrong with the configuration, which then does not count.

        So it is with rules of other packages that cannot be used: the server goes on without any of them.
        """
        from kerascheck.configuration.config import Settings
        from kerascheck.errors import ConfigError, PluginError
        from kerascheck.rules.registry import all_rules, leave_foreign_rules_out

        try:
            all_rules()
        except PluginError as error:
            leave_foreign_rules_out()
            self._unusable = str(error)
        try:
            return self._resolver(text.options).settings_for(Path(text.filename)), self._unusable
        except ConfigError as error:
            return Settings(), str(error)

    def _resolver(self, options: Options) -> Resolver:
        from kerascheck.configuration.config import Overrides, Resolver

        resolver = self._resolvers.get(options)
        if resolver is None:
            overrides = Overrides(options.select, options.ignore, options.extend_select, budget=options.budget)
            config = Path(options.config) if options.config is not None else None
            resolver = self._resolvers[options] = Resolver(overrides, config)
        return resolver

    @contextmanager
    def _open_files(self) -> Iterator[None]:
        from kerascheck.project.import_graph import current_graph
        from kerascheck.project.source import unsaved_files

        with unsaved_files(self._unsaved):
            current_graph().renew()
            yield


def _title(model: ModelSummary) -> str:
    return f"{model.name or model.cls} ({model.cls})"


#: What stands for the next task where it has not come.
_NONE_YET = object()


class _Inbox:
    """What the server sends, read by a thread, so that it is heard while a task is under way."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._tasks: SimpleQueue[Any] = SimpleQueue()
        self._next: Any = _NONE_YET
        self.cancelled = 0  # the number of the latest task whose result is not wanted any more
        threading.Thread(target=self._read, daemon=True, name="kerascheck-inbox").start()

    def _read(self) -> None:
        try:
            while True:
                kind, what = self._connection.recv()
                if kind == CANCEL:
                    self.cancelled = what
                else:
                    self._tasks.put(what)
        except (EOFError, OSError):
            self._tasks.put(None)

    def comes_within(self, seconds: float) -> bool:
        """Wait for the next task, but not longer; whether there is one."""
        if self._next is _NONE_YET:
            with suppress(Empty):
                self._next = self._tasks.get(timeout=seconds)
        return self._next is not _NONE_YET

    def next(self) -> Any:
        """The next task, for which it waits; None where the server is gone."""
        task, self._next = self._next, _NONE_YET
        return self._tasks.get() if task is _NONE_YET else task


def serve(connection: Connection) -> None:
    """Work until the server is gone: what the process does.

    Args:
        connection: gives tasks, which are (number, changed buffers, whether files have changed, name of the task, its
            arguments), and numbers of tasks whose results are not wanted any more. It takes (number, one of `PART`,
            `DONE` and `FAILED`, the result); parts come before the last result.
    """
    os.dup2(2, 1)  # what the client reads is the server's alone
    sys.stdout = sys.stderr
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    from kerascheck.project.import_graph import keep_one_graph
    from kerascheck.runtime import safe_path
    from kerascheck.text.parse_cache import RECENT
    from kerascheck.text.pieces import Pieces
    from kerascheck.workers import supervision

    keep_one_graph()
    supervision.is_watched = True  # by the server, which ends what takes too long
    with safe_path.own_imports():
        worker = Worker()
        gc.disable()
        for _ in worker.examine(Text("warm_up.py", _WARM_UP)):
            pass
        worker.forget()
        RECENT.limit(_KEPT_TREES)
        RECENT.pieces = Pieces(_KEPT_PIECES)
        gc.collect()
        gc.freeze()
        _work(worker, _Inbox(connection), connection)


def _work(worker: Worker, inbox: _Inbox, connection: Connection) -> None:
    from kerascheck.workers.supervision import limited_memory

    since_collection = characters = 0
    while True:
        is_due = since_collection >= _COLLECT_AT_LEAST or characters > _COLLECT_AFTER
        if is_due or (since_collection and not inbox.comes_within(_IDLE)):
            gc.collect()
            since_collection = characters = 0
        task = inbox.next()
        if task is None:
            return
        number, buffers, is_stale, name, arguments = task
        worker.buffers(buffers)
        if is_stale:
            worker.forget()
        try:
            with limited_memory():
                for answer in _carry_out(getattr(worker, name), arguments, number, inbox):
                    connection.send((number, *answer))
        except OSError:  # the server is gone
            return
        since_collection += 1
        characters += sum(len(argument.text) for argument in arguments if isinstance(argument, Text))


def _carry_out(
    task: Callable[..., Any], arguments: tuple[Any, ...], number: int, inbox: _Inbox
) -> Iterator[tuple[str, Any]]:
    """The results of a task, or what went wrong."""
    from kerascheck.machine.budget import abandoned

    token = abandoned.set(lambda: inbox.cancelled >= number)
    try:
        result = task(*arguments) if inbox.cancelled < number else None
        if isinstance(result, Generator):
            while inbox.cancelled < number:
                try:
                    yield PART, next(result)
                except StopIteration as end:
                    result = end.value
                    break
        yield (DONE, result) if inbox.cancelled < number else (FAILED, Abandoned())
    except Exception as error:
        _log.exception("a task failed")
        yield FAILED, RuntimeError(f"{type(error).__name__}: {error}")
    finally:
        abandoned.reset(token)
