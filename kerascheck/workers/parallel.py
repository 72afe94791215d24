"""Many files: in one process while they are few, in several when they are worth the start; see `supervision`."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from kerascheck.diagnostics import Report
from kerascheck.engine import check_source, read_file, unreadable
from kerascheck.project.import_graph import concerns_keras, keep_one_graph, one_graph
from kerascheck.runtime.gc_pause import collect_between_files
from kerascheck.runtime.processes import can_fork
from kerascheck.text.parsing import parse_many
from kerascheck.workers import supervision
from kerascheck.workers.supervision import Allowance, CannotStart, Ended, allowance, in_processes

if TYPE_CHECKING:
    from kerascheck.configuration.config import Settings
    from kerascheck.workers.cache import Cache

_T = TypeVar("_T")

#: Bytes of Python from which starting processes pays: about half a second of work.
_WORTH_PROCESSES = 300_000
#: Bytes of files that wait for their turn, after which no more are read before these are done.
_MAX_HELD = 50_000_000


@dataclass(frozen=True, slots=True)
class Job:
    """One file to check, and the settings that hold for it."""

    filename: str
    settings: Settings


@dataclass(frozen=True, slots=True)
class _Loaded:
    job: Job
    raw: bytes


@one_graph()
def check_files(
    jobs: Sequence[Job], processes: int = 0, cache: Cache | None = None, progress: Callable[[int], None] | None = None
) -> list[Report]:
    """The reports of all files, in the order of the jobs, however many processes work.

    Args:
        jobs: the files.
        processes: how many processes; 0 for one a core, and for none where the work is small.
        cache: where earlier reports are kept.
        progress: called with 1 whenever a file is done.
    """
    reports: dict[int, Report] = {}

    def done(index: int, report: Report) -> None:
        reports[index] = report
        if progress is not None:
            progress(1)

    todo: list[tuple[int, _Loaded]] = []
    stamps = [_stamp(job.filename) for job in jobs]

    def work_on_batch() -> None:
        raws = {index: loaded.raw for index, loaded in todo}
        with closing(_work(todo, _check, _lost, processes)) as found:  # type: ignore[type-var]
            for index, report in found:
                if cache is not None:
                    cache.store(raws[index], jobs[index].settings, report)
                done(index, report)

    held = 0
    for index, loaded in _load(jobs):
        if isinstance(loaded, Report):
            done(index, loaded)
        elif not concerns_keras(loaded.raw, loaded.job.filename):
            done(index, _check(loaded))
        else:
            job = loaded.job
            known = cache.load(loaded.raw, job.filename, job.settings) if cache is not None else None
            if known is not None:
                done(index, known)
            else:
                todo.append((index, loaded))
                held += len(loaded.raw)
                if held > _MAX_HELD:
                    work_on_batch()
                    todo.clear()
                    held = 0

    work_on_batch()
    if cache is not None:
        cache.prune()
    changed = [
        index for index, job in enumerate(jobs) if reports[index].diagnostics and stamps[index] != _stamp(job.filename)
    ]
    reports.update(zip(changed, _of_now([jobs[index] for index in changed], processes), strict=True))
    return [reports[index] for index in range(len(jobs))]


def check_text(raw: bytes, filename: str, settings: Settings) -> Report:
    """The report of a text that is in no file, under the same limits."""
    with closing(_work([(0, _Loaded(Job(filename, settings), raw))], _check, _lost, 1)) as found:  # type: ignore[type-var]
        return next(report for _, report in found)


def check_for_host(raw: bytes, filename: str, settings: Settings) -> Report:
    """The report of one file for a program that has called us in its own process, such as another linter.

    Where a copy of that process can be made the file is checked there, under the same limits (4 ms, beside some 100 for
    a program with models). A fresh process would import everything for each file: elsewhere only the budget holds.
    """
    return check_text(raw, filename, settings) if can_fork() else check_source(raw, filename, settings)


@one_graph()
def work_on_files(
    jobs: Sequence[Job],
    work: Callable[[bytes, Job], _T],
    unread: Callable[[Report], _T],
    processes: int = 0,
    progress: Callable[[int], None] | None = None,
) -> list[_T]:
    """What `work` makes of each file, in the order of the jobs, however many processes do it.

    Args:
        jobs: the files.
        work: a function of a module, called with the bytes of a file; what it gives must be picklable.
        unread: gives the same for a file that cannot be read, out of the report that says so.
        processes: how many processes; 0 for one a core, and for none where the work is small.
        progress: called with 1 whenever a file is done.
    """
    results: dict[int, _T] = {}
    todo: list[tuple[int, _Loaded]] = []
    for index, loaded in _load(jobs):
        if isinstance(loaded, Report):
            results[index] = unread(loaded)
        elif concerns_keras(loaded.raw, loaded.job.filename):
            todo.append((index, loaded))
        else:
            results[index] = _apply(work, loaded)
    outcomes = _work(todo, partial(_apply, work), lambda *given: unread(_lost(*given)), processes)
    with closing(outcomes) as found:  # type: ignore[type-var]
        for index, result in found:
            results[index] = result
            if progress is not None:
                progress(1)
    return [results[index] for index in range(len(jobs))]


def _load(jobs: Sequence[Job]) -> Iterator[tuple[int, _Loaded | Report]]:
    """Each file with its bytes, by its number among the jobs; the report that says so where it cannot be read."""
    for index, job in enumerate(jobs):
        raw = read_file(job.filename, job.settings)
        yield index, raw if isinstance(raw, Report) else _Loaded(job, raw)


def _work(
    todo: list[tuple[int, _Loaded]],
    work: Callable[[_Loaded], _T],
    lost: Callable[[_Loaded, Ended], _T],
    processes: int,
) -> Iterator[tuple[int, _T]]:
    """What `work` makes of each file, as it comes; `lost` where that is not to be had. Close it to end the work."""
    _collect_seldom()
    size = sum(len(loaded.raw) for _, loaded in todo)
    workers = min(processes or os.cpu_count() or 1, len(todo))
    if not processes and size < _WORTH_PROCESSES:
        workers = min(workers, 1)
    # The large files first, so that none is left for the end.
    order = sorted(todo, key=lambda item: -len(item[1].raw)) if workers > 1 else todo
    if supervision.is_watched or not todo:
        for index, loaded in todo:
            yield index, work(loaded)
        return
    if can_fork():
        _import_everything()
    outcomes = in_processes([loaded for _, loaded in order], work, _allowance, workers)
    with closing(outcomes):  # type: ignore[type-var]
        try:
            for number, outcome in outcomes:
                index, loaded = order[number]
                yield index, lost(loaded, outcome) if isinstance(outcome, Ended) else outcome.result
        except CannotStart:
            for index, loaded in todo:
                yield index, work(loaded)


def _allowance(loaded: _Loaded) -> Allowance:
    return allowance(loaded.job.settings.budget)


def _import_everything() -> None:
    """Import what an analysis needs, for all copies of this process at once. Raises PluginError."""
    from kerascheck.rules.registry import all_rules

    all_rules()


def _lost(loaded: _Loaded, outcome: Ended) -> Report:
    report = unreadable(loaded.job.filename, outcome.reason, loaded.job.settings)
    report.crashed, report.given_up = True, outcome.over_limit
    if not report.diagnostics:  # nobody wants KC002, but that it is not analysed must be said
        report.incomplete = outcome.reason
    return report


def _stamp(filename: str) -> tuple[int, ...]:
    """What changes when a file does."""
    try:
        status = os.stat(filename)
    except (OSError, ValueError):
        return ()
    return (status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino)


def _of_now(jobs: Sequence[Job], processes: int) -> list[Report]:
    """The reports of files that have changed since they were checked: another process may have fixed them."""
    if not jobs:
        return []
    reports: dict[int, Report] = {}
    todo: list[tuple[int, _Loaded]] = []
    with one_graph(anew=True):
        for index, loaded in _load(jobs):
            if not os.path.lexists(jobs[index].filename):
                reports[index] = Report(jobs[index].filename, skipped="is gone")
            elif isinstance(loaded, Report):
                reports[index] = loaded
            else:
                todo.append((index, loaded))
        with closing(_work(todo, _check, _lost, processes)) as found:  # type: ignore[type-var]
            reports.update(found)
    return [reports[index] for index in range(len(jobs))]


def _check(loaded: _Loaded) -> Report:
    return check_source(loaded.raw, loaded.job.filename, loaded.job.settings)


def _apply(work: Callable[[bytes, Job], _T], loaded: _Loaded) -> _T:
    return work(loaded.raw, loaded.job)


def _collect_seldom() -> None:
    """Trees are many objects and little garbage: the usual thresholds cost a sixth of the time."""
    gc.set_threshold(100_000, 20, 20)


def prepare_process() -> None:
    """What a process does first that works for a single run."""
    gc.freeze()  # or the collector would touch every page that is shared with the process that this is a copy of
    collect_between_files()
    parse_many()
    keep_one_graph()
