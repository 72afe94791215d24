"""What the commands do; `cli` only reads their arguments."""

from __future__ import annotations

import contextlib
import io
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from kerascheck.configuration.config import Overrides, Resolver
from kerascheck.errors import ConfigError
from kerascheck.fixes.patches import show_difference
from kerascheck.runtime.reading import read_program, source_limit
from kerascheck.text.escaping import as_json, say

if TYPE_CHECKING:
    from kerascheck.configuration.config import Settings
    from kerascheck.configuration.finding_filter import Limits
    from kerascheck.diagnostics import Diagnostic, Report
    from kerascheck.machine import Analysis
    from kerascheck.project.source import Source
    from kerascheck.project.target import Target
    from kerascheck.reporters.base import Outcome
    from kerascheck.rules.base import Rule

OK, FOUND, FAILED = 0, 1, 2

STDIN = "-"
_DELAY_OF_PROGRESS = 1.0  # seconds


@dataclass(frozen=True)
class CheckOptions:
    """The arguments of `kerascheck check`."""

    paths: tuple[Path, ...]
    overrides: Overrides = field(default_factory=Overrides)
    config: Path | None = None
    isolated: bool = False
    diff: bool = False
    fix_only: bool = False  # report nothing that is left
    show_fixes: bool = False  # say which findings were fixed
    exit_non_zero_on_fix: bool = False
    statistics: bool = False
    exit_zero: bool = False
    stdin_filename: str | None = None
    jobs: int = 0
    no_cache: bool = False
    output_file: Path | None = None
    write_baseline: Path | None = None
    diff_base: str | None = None
    watch: bool = False
    depends: set[str] | None = None  # takes the names of the files on which the findings depend


class Failure(Exception):
    """The command cannot be carried out: a message for stderr, exit status 2."""


def check(options: CheckOptions) -> int:
    """`kerascheck check`: the exit status.

    Raises:
        Failure: a path does not exist, the configuration is wrong, a baseline is broken, or git cannot tell changes.
    """
    from kerascheck.configuration.baseline import BaselineError
    from kerascheck.configuration.changes import ChangesError
    from kerascheck.project.discovery import NoSuchPath

    _refuse_contradictions(options)
    if options.watch:
        return _watch(options)
    try:
        resolver = Resolver(options.overrides, options.config, options.isolated)
        return (_check_stdin if _is_stdin(options) else _check_paths)(options, resolver)
    except (ConfigError, NoSuchPath, BaselineError, ChangesError) as error:
        raise Failure(str(error)) from None


def _watch(options: CheckOptions) -> int:
    """Check now and whenever a file changes; faults, such as a configuration half written, are said meanwhile."""
    from kerascheck.cli.watch import MissingPackage, watch

    for path in options.paths:
        if not os.path.lexists(path):
            raise Failure(f"{path}: no such file or folder")

    depends: set[str] = set()

    def check_once() -> None:
        depends.clear()
        try:
            check(replace(options, watch=False, depends=depends))
        except Failure as failure:
            say("kerascheck: error", str(failure))

    try:
        baseline = Resolver(options.overrides, options.config, options.isolated).settings_for(Path.cwd()).baseline
    except ConfigError:  # the first check says so
        baseline = ""
    others = [Path(baseline)] if baseline else []
    try:
        others += [options.config] if options.config else []
        watch(options.paths, check_once, sys.stdout, others, depends)
    except MissingPackage as error:
        raise Failure(str(error)) from None
    return OK


def _is_stdin(options: CheckOptions) -> bool:
    return STDIN in (str(path) for path in options.paths)


def _refuse_contradictions(options: CheckOptions) -> None:
    """Raises Failure for options that mean nothing together."""
    if _is_stdin(options) and len(options.paths) > 1:
        raise Failure("- reads standard input and goes with no other path")
    if options.watch and _is_stdin(options):
        raise Failure("--watch needs files: standard input does not change")
    if options.write_baseline is not None:
        others = {"--diff-base": options.diff_base, "--diff": options.diff, "standard input": _is_stdin(options)}
        for name in (name for name, given in others.items() if given):
            raise Failure(f"--write-baseline records all findings of files and goes not with {name}")
    if options.diff_base is not None and _is_stdin(options) and options.stdin_filename is None:
        raise Failure("--diff-base needs to know which file standard input holds: --stdin-filename")


def _limits(options: CheckOptions, settings: Settings) -> Limits:
    """Raises BaselineError."""
    from kerascheck.configuration.baseline import Baseline
    from kerascheck.configuration.changes import Changes
    from kerascheck.configuration.finding_filter import Limits

    # Who writes a baseline wants all that is there in it.
    uses_baseline = settings.baseline and options.write_baseline is None
    return Limits(
        Baseline.load(Path(settings.baseline)) if uses_baseline else None,
        Changes(options.diff_base) if options.diff_base is not None else None,
    )


def _check_paths(options: CheckOptions, resolver: Resolver) -> int:
    from kerascheck import api
    from kerascheck.reporters.base import Outcome

    own = resolver.settings_for(Path.cwd())
    limits = _limits(options, own)
    with _progress() as progress:
        reports = api.check_paths(
            options.paths, settings=resolver, jobs=options.jobs, use_cache=not options.no_cache, progress=progress
        )
    if options.depends is not None:
        options.depends.update(name for report in reports for name in report.modules)
    if not reports:
        say("warning", "no Python files found under the given paths")
    shown = [limits.applied(report, _read) for report in reports]
    fixed = 0
    changed = False
    fixes: dict[str, Mapping[str, int]] = {}
    for index, report in enumerate(shown):
        settings = resolver.settings_for(Path(report.filename))
        if not (options.diff or settings.fix) or not _is_fixable(report, settings):
            continue
        # Checked anew: the file may have changed since, or another process may have fixed it.
        outcome = _fixed(report.filename, settings, limits, write=not options.diff)
        if options.diff:
            changed = changed or outcome.fixed > 0
            if outcome.fixed:
                show_difference(outcome.before, outcome.after, report.filename)
            continue
        after = outcome.after
        reports[index] = outcome.report
        shown[index] = limits.applied(outcome.report, lambda _, after=after: after)  # type: ignore[misc]
        fixed += outcome.fixed
        if outcome.fixed:
            fixes[report.filename] = outcome.codes
    if options.show_fixes:
        _show_fixes(fixes, own.output_format)
    if options.diff:
        return _status(shown, changed, options)
    _tell(limits, reports, _read, resolver)
    if options.write_baseline is not None:
        return _write_baseline(options.write_baseline, reports)
    return _conclude(Outcome(shown, _read, fixed, own.unsafe_fixes), options, own.output_format)


def _check_stdin(options: CheckOptions, resolver: Resolver) -> int:
    from kerascheck import api
    from kerascheck.reporters.base import Outcome
    from kerascheck.workers.parallel import check_text

    filename = options.stdin_filename or "<stdin>"
    settings = resolver.settings_for(Path(options.stdin_filename) if options.stdin_filename else Path.cwd())
    limits = _limits(options, settings)
    raw = sys.stdin.buffer.read(source_limit(filename) + 1)
    if len(raw) > source_limit(filename):
        raise Failure(f"standard input has more than {source_limit(filename) // 1_000_000} MB")
    report = check_text(raw, filename, settings)
    if report.crashed and settings.fix and not options.diff:
        sys.stdout.buffer.write(raw)  # nothing can be fixed, and the source is expected there
        sys.stdout.flush()
    if report.crashed or not (options.diff or settings.fix):
        _tell(limits, [report], lambda _: raw, resolver)
        shown = limits.applied(report, lambda _: raw)
        outcome = Outcome([shown], lambda _: raw, 0, settings.unsafe_fixes)
        return _conclude(outcome, options, settings.output_format, sys.stderr if settings.fix else None)
    fixed = api.fix(raw, filename, settings=settings, only=limits.kept if limits else None)
    if options.show_fixes and fixed.fixed:
        _show_fixes({filename: fixed.codes}, "")
    new = fixed.source
    assert isinstance(new, bytes)
    shown = limits.applied(fixed.report, lambda _: new)
    if options.diff:
        show_difference(raw, new, filename)
        return _status([shown], fixed.fixed > 0, options)
    sys.stdout.buffer.write(new)
    sys.stdout.flush()
    _tell(limits, [fixed.report], lambda _: new, resolver)
    # The source has gone to stdout, so the findings must not.
    result = Outcome([shown], lambda _: new, fixed.fixed, settings.unsafe_fixes)
    return _conclude(result, options, settings.output_format, sys.stderr)


def _tell(limits: Limits, reports: Sequence[Report], read: Callable[[str], bytes], resolver: Resolver) -> None:
    """Say on stderr how many findings are known, and how many of the known ones are gone."""
    from kerascheck.rules.registry import find_rule

    def ran(filename: str, code: str) -> bool:
        rule = find_rule(code)
        selection = resolver.settings_for(Path(filename)).selection
        return rule is None or selection.includes(code, rule.name, rule.enabled)

    note = limits.note(reports, read, ran)
    if note is not None:
        say("note", note)


def _write_baseline(file: Path, reports: Sequence[Report]) -> int:
    """Record all findings; the exit status. Raises BaselineError."""
    from kerascheck.configuration.baseline import Baseline

    for report in reports:
        _warn_if_incomplete(report.filename, report.incomplete)
    baseline = Baseline.of(file, reports, _read)
    baseline.write()
    count = len(baseline)
    say("note", f"{file}: {count} finding{'s' * (count != 1)} written")
    crashed = [diagnostic.filename for report in reports if report.crashed for diagnostic in report.diagnostics[:1]]
    if crashed:
        raise Failure(f"internal error in {', '.join(crashed)}; its findings are not in the baseline")
    return OK


def _is_fixable(report: Report, settings: Settings) -> bool:
    from kerascheck.fixes.apply import is_applicable

    return any(is_applicable(diagnostic, settings.unsafe_fixes) for diagnostic in report.diagnostics)


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What fixing one file gave: its bytes before and now, the findings that are left in these, how many are fixed."""

    before: bytes
    after: bytes
    report: Report
    fixed: int = 0
    codes: Mapping[str, int] = field(default_factory=dict)


def _show_fixes(fixes: Mapping[str, Mapping[str, int]], output_format: str) -> None:
    """Say which findings were fixed, file by file: where people read it, on stdout."""
    from kerascheck.rules.registry import find_rule

    stream = sys.stdout if output_format == "text" else sys.stderr
    total = sum(count for codes in fixes.values() for count in codes.values())
    if total:
        print(f"Fixed {total} finding{'s' * (total != 1)}:", file=stream)
    for filename, codes in fixes.items():
        print(f"- {filename}:", file=stream)
        for code, count in sorted(codes.items()):
            rule = find_rule(code)
            print(f"    {count} x {code}{f' ({rule.name})' if rule is not None else ''}", file=stream)


def _fixed(filename: str, settings: Settings, limits: Limits, write: bool) -> _Outcome:
    """Fix a file, as far as it can be written; what cannot be done is said on stderr, and the file left as it is."""
    from kerascheck import api
    from kerascheck.diagnostics import Report
    from kerascheck.fixes.write import ChangedMeanwhile, write_atomically

    try:
        before = _read(filename)
    except OSError:
        return _Outcome(b"", b"", Report(filename, skipped="is gone"))
    found = api.fix(before, filename, settings=settings, only=limits.kept if limits else None)
    assert isinstance(found.source, bytes)
    if not write or not found.fixed:
        return _Outcome(before, found.source, found.report, found.fixed, found.codes)
    try:
        write_atomically(filename, found.source, before)
        return _Outcome(before, found.source, found.report, found.fixed, found.codes)
    except ChangedMeanwhile:
        print(f"warning: {filename}: not fixed, it has changed meanwhile", file=sys.stderr)
    except OSError as error:
        print(f"warning: {filename}: not fixed, it cannot be written: {error.strerror or error}", file=sys.stderr)
    try:
        before = _read(filename)
    except OSError:
        return _Outcome(b"", b"", Report(filename, skipped="is gone"))
    return _Outcome(before, before, api.check(before, filename, settings=settings))


def _warn_if_incomplete(filename: str, reason: str | None) -> None:
    """Say on stderr that a part of a file is not analysed."""
    if reason is not None:
        say("warning", f"{filename}: analysed in part, {reason}")


def _conclude(outcome: Outcome, options: CheckOptions, output_format: str, default: TextIO | None = None) -> int:
    """Write the findings in the wanted format to the wanted place; the exit status."""
    if options.fix_only:
        status = _status(outcome.reports, False, options)
        return FOUND if status == OK and outcome.fixed and options.exit_non_zero_on_fix else status
    from kerascheck.reporters.base import find_reporter

    for report in outcome.reports:
        _warn_if_incomplete(report.filename, report.incomplete)
    render = find_reporter("statistics" if options.statistics else output_format)
    if options.output_file is None:
        stream = default or sys.stdout
        render(outcome, stream, wants_colour(stream))
    else:
        content = io.BytesIO()
        with io.TextIOWrapper(content, "utf-8", "backslashreplace", write_through=True) as text:
            render(outcome, text, False)
            _write(options.output_file, content.getvalue())
    found = bool(outcome.diagnostics) or (outcome.fixed > 0 and options.exit_non_zero_on_fix)
    return _status(outcome.reports, found, options)


def _write(file: Path, content: bytes) -> None:
    """Write what a command makes. Raises Failure; what was there before is then as it was."""
    from kerascheck.fixes.write import write_whole

    try:
        write_whole(os.fspath(file), content)
    except OSError as error:
        raise Failure(f"{file}: cannot be written: {error.strerror or error}") from None


def _status(reports: Sequence[Report], found: bool, options: CheckOptions) -> int:
    if any(report.crashed and not report.given_up for report in reports):
        return FAILED
    if any(report.given_up for report in reports):
        looked_at = [report for report in reports if report.skipped is None]
        if all(report.given_up for report in looked_at):
            return FAILED
    return FOUND if found and not options.exit_zero else OK


def _read(filename: str) -> bytes:
    return read_program(filename)


def wants_colour(stream: TextIO) -> bool:
    """Whether output to the stream is coloured: on a terminal, unless NO_COLOR or FORCE_COLOR say otherwise."""
    if os.environ.get("NO_COLOR"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or (stream.isatty() and os.environ.get("TERM") != "dumb")


@contextlib.contextmanager
def _progress() -> Iterator[Callable[[int, int], None] | None]:
    """A function to call with the files done and all files: a bar on a terminal, from the second second on."""
    if not sys.stderr.isatty():
        yield None
        return
    began = time.monotonic()
    with contextlib.ExitStack() as stack:
        show: Callable[[int], None] | None = None

        def advance(finished: int, total: int) -> None:
            nonlocal show
            if show is None and time.monotonic() - began > _DELAY_OF_PROGRESS:
                from rich.console import Console
                from rich.progress import Progress

                bar = stack.enter_context(Progress(console=Console(stderr=True), transient=True))
                task = bar.add_task("Checking", total=total)
                show = lambda done: bar.update(task, completed=done)  # noqa: E731
            if show is not None:
                show(finished)

        yield advance


def summarize(paths: Sequence[Path], output_format: str, isolated: bool, stream: TextIO) -> int:
    """`kerascheck summary`: the models of files and folders, as tables or as JSON; the exit status.

    Raises:
        Failure: a path does not exist, or there is no such format.
    """
    from kerascheck.views.summary import summarize

    if output_format not in ("table", "json"):
        raise Failure(f"{output_format!r} is not a format of this command: table or json")
    from kerascheck.views.tables import Table, table_of, write_table

    rows: list[dict[str, object]] = []
    tables: list[Table] = []

    def use(source: Source, analysis: Analysis) -> None:
        models = summarize(source, analysis)
        if output_format == "json":
            rows.extend([model.as_dict() for model in models])
        else:
            tables.extend([table_of(model) for model in models])

    status = _analyse_each(paths, isolated, use)
    if output_format == "json":
        stream.write(as_json(rows, stream) + "\n")
    else:
        for table in tables:
            write_table(table, stream, wants_colour(stream))
        if not tables and status == OK:
            stream.write("No models found.\n")
    return status


def verify(paths: Sequence[Path], output_format: str, isolated: bool, stream: TextIO) -> int:
    """`kerascheck verify`: the exact networks of files and folders against the real Keras; the exit status.

    Raises:
        Failure: a path does not exist, there is no such format, or no Keras.
    """
    from kerascheck.verify.verify import NoKeras, Verdict, import_keras, write_json, write_text
    from kerascheck.verify.verify import verify as verify_source

    if output_format not in ("text", "json"):
        raise Failure(f"{output_format!r} is not a format of this command: text or json")
    try:
        keras = import_keras()
    except NoKeras as error:
        raise Failure(str(error)) from None
    verdicts: list[Verdict] = []
    status = _analyse_each(
        paths, isolated, lambda source, analysis: verdicts.extend(verify_source(source, analysis, keras)), limited=False
    )
    (write_json if output_format == "json" else write_text)(verdicts, stream)
    if status == OK and any(verdict.result == "differs" for verdict in verdicts):
        return FOUND
    return status


def graph(path: Path, output: Path | None, name: str | None, isolated: bool, stream: TextIO) -> int:
    """`kerascheck graph`: one model of a file as a picture; the exit status.

    Raises:
        Failure: there is no such file, model or format, or a package is missing.
    """
    from kerascheck.views import drawing
    from kerascheck.views.graph import Architecture, architecture, sites_of
    from kerascheck.views.summary import summarize
    from kerascheck.workers.supervision import on_file

    kind = output.suffix.lower() if output is not None else ".mmd"
    if kind not in (".mmd", ".svg", ".html", ".png"):
        raise Failure(f"{output}: the format is taken from the ending: .svg, .png, .html or .mmd")
    pictures: list[Architecture] = []

    def draw(source: Source, analysis: Analysis, findings: list[Diagnostic]) -> None:
        every = summarize(source, analysis)
        models = [model for model in every if name is None or name in (model.name, model.network.name)]
        for model in models[-1:]:
            sites = sites_of(model.network, analysis.paths) if len(every) > 1 else None
            pictures.append(architecture(model, model.network, source, findings, sites))
        others = [f"{model.name}" for model in models[:-1] if model.name is not None]
        if others and name is None:
            say("kerascheck", f"drawn: {models[-1].name}; --model draws another: {', '.join(others)}")

    problem = _analyse(str(path), _settings(path, isolated), draw, examine=True)
    if problem is not None:
        raise Failure(problem)
    if not pictures:
        raise Failure(f"{path}: no model" + (f" called {name}" if name is not None else ""))
    try:
        with on_file(str(path), _settings(path, isolated).budget):
            if kind == ".png":
                content = drawing.png(pictures[0])
            else:
                render = {".mmd": drawing.mermaid, ".svg": drawing.svg, ".html": drawing.html}[kind]
                content = render(pictures[0]).encode()
    except drawing.MissingPackage as error:
        raise Failure(str(error)) from None
    except Exception as error:
        from kerascheck.engine import internal_error

        raise Failure(f"{path}: {internal_error('drawing', error)}") from None
    if output is None:
        stream.write(content.decode())
    else:
        _write(output, content)
    return OK


def report(
    options: CheckOptions,
    output: Path,
    title: str | None,
    stream: TextIO,
) -> int:
    """`kerascheck report`: findings and models of files and folders as one page; the exit status.

    Raises:
        Failure: a path does not exist, the configuration is wrong, or the page cannot be written.
    """
    from kerascheck.project.discovery import NoSuchPath, discover
    from kerascheck.views.report.collect import collect
    from kerascheck.views.report.page import page
    from kerascheck.workers.parallel import Job

    try:
        resolver = Resolver(options.overrides, options.config, options.isolated)
        jobs = [Job(str(path), resolver.settings_for(path)) for path in discover(options.paths, resolver.settings_for)]
    except (ConfigError, NoSuchPath) as error:
        raise Failure(str(error)) from None
    done = 0
    with _progress() as progress:

        def advance(count: int) -> None:
            nonlocal done
            done += count
            if progress is not None:
                progress(done, len(jobs))

        files = collect(jobs, options.jobs, advance)
    for file in files:
        _warn_if_incomplete(file.filename, file.report.incomplete)
    heading = title or f"kerascheck: {', '.join(str(path) for path in options.paths)}"
    content = page(files, heading).encode("utf-8", "replace")
    if str(output) == STDIN:
        sys.stdout.buffer.write(content)
        sys.stdout.flush()
    else:
        _write(output, content)
        found, models = sum(len(file.findings) for file in files), sum(len(file.models) for file in files)
        counts = [f"{number} {noun}{'s' * (number != 1)}" for number, noun in ((found, "finding"), (models, "model"))]
        stream.write(f"{output}: {' and '.join(counts)} in {len(files)} file{'s' * (len(files) != 1)}.\n")
    return _status([file.report for file in files], False, options)


def _settings(path: Path, isolated: bool) -> Settings:
    """The settings for a file. Raises Failure where the configuration is wrong."""
    try:
        return Resolver(isolated=isolated).settings_for(path)
    except ConfigError as error:
        raise Failure(str(error)) from None


def _analyse_each(
    paths: Sequence[Path], isolated: bool, use: Callable[[Source, Analysis], None], limited: bool = True
) -> int:
    """Analyse each file that mentions Keras; what cannot be read is said on stderr and gives the exit status FAILED.

    Raises:
        Failure: a path does not exist.
    """
    from kerascheck.project.discovery import NoSuchPath, discover

    resolver = Resolver(isolated=isolated)
    status = OK
    try:
        for path in discover(paths, resolver.settings_for):
            settings = resolver.settings_for(path)
            problem = _analyse(str(path), settings, lambda source, models, _: use(source, models), limited=limited)
            if problem is not None:
                say("kerascheck: error", problem)
                status = FAILED
    except (ConfigError, NoSuchPath) as error:
        raise Failure(str(error)) from None
    return status


def _analyse(
    filename: str,
    settings: Settings,
    use: Callable[[Source, Analysis, list[Diagnostic]], None],
    examine: bool = False,
    limited: bool = True,
) -> str | None:
    """Analyse one file and hand it on, with what `check` finds in it if that is asked for; why that is not possible."""
    try:
        raw = _read(filename)
    except OSError as error:
        return f"{filename}: cannot be read: {error.strerror or error}"
    return analyse_text(filename, raw, settings, use, examine, limited)


def analyse_text(
    filename: str,
    raw: bytes,
    settings: Settings,
    use: Callable[[Source, Analysis, list[Diagnostic]], None],
    examine: bool = False,
    limited: bool = True,
) -> str | None:
    """Analyse the bytes of a file and hand the outcome on; why that is not possible, or None."""
    from kerascheck import api
    from kerascheck.engine import deep_recursion, internal_error
    from kerascheck.project.source import SourceError
    from kerascheck.workers.supervision import given_up, on_file

    if filename in given_up:
        return f"{filename}: {given_up[filename]}"
    try:
        with on_file(filename, settings.budget):
            found = (api.examine if examine else api.analyze)(raw, filename, settings=settings)
            if found.analysis is None:
                found = api.analyze(raw, filename, settings=settings)  # says what is wrong, and passes over skip-file
        if found.source is None or found.analysis is None:
            return None
        for error in found.source.broken:
            cell, row = found.source.in_cell(error.position.row)
            place = f"{filename}:cell {cell}:{row}:{error.position.column}"
            say("warning", f"{place}: this cell is left out: {error.code} {error.message}")
        _warn_if_incomplete(filename, found.report.incomplete)
        with deep_recursion(), on_file(filename, settings.budget) if limited else contextlib.nullcontext():
            use(found.source, found.analysis, found.report.diagnostics)
        if found.analysis.fault is not None:
            return f"{filename}: {internal_error('the analysis', found.analysis.fault)}"
    except SourceError as error:
        return f"{filename}:{error.position.row}:{error.position.column}: {error.code} {error.message}"
    except RecursionError:
        return f"{filename}: nested too deeply to analyse"
    except MemoryError:
        return f"{filename}: too large to analyse"
    except Exception as error:  # one file never loses the others
        return f"{filename}: {internal_error('the analysis', error)}"
    return None


def explain_rule(code: str, stream: TextIO) -> None:
    """`kerascheck rule`: the documentation of one rule.

    Raises:
        Failure: there is no such rule.
    """
    from kerascheck.configuration.config import check_selector
    from kerascheck.rules.registry import find_rule
    from kerascheck.views.rule_page import rule_page

    rule = find_rule(code)
    if rule is None:
        try:
            check_selector(code)
        except ConfigError as error:
            raise Failure(str(error)) from None
        raise Failure(f"{code} stands for several rules; `kerascheck rules` lists them all")
    text = rule_page(rule)
    if wants_colour(stream):
        from rich.console import Console
        from rich.markdown import Markdown

        Console(file=stream).print(Markdown(text))
    else:
        stream.write(text)


def list_rules(output_format: str, stream: TextIO) -> None:
    """`kerascheck rules`: all rules, as a table or as JSON.

    Raises:
        Failure: there is no such format.
    """
    from kerascheck.rules.registry import all_rules

    rules = all_rules()
    if output_format == "json":
        import json

        json.dump([_facts(rule) for rule in rules], stream, indent=2)
        stream.write("\n")
        return
    if output_format != "table":
        raise Failure(f"{output_format!r} is not a format of this command: table or json")
    rows = [
        (rule.code, rule.name, rule.severity.value, "on" if rule.enabled else "off", rule.fixable, _summary(rule))
        for rule in rules
    ]
    if wants_colour(stream):
        from rich.console import Console
        from rich.table import Table

        table = Table("code", "name", "severity", "default", "fix", "what it says")
        for row in rows:
            table.add_row(*row)
        Console(file=stream).print(table)
        return
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        stream.write("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() + "\n")


def _facts(rule: Rule) -> dict[str, object]:
    return {
        "code": rule.code,
        "name": rule.name,
        "severity": rule.severity.value,
        "enabled": rule.enabled,
        "fix": rule.fixable,
        "since": rule.since,
        "summary": _summary(rule),
        "url": rule.page or None,
    }


def _summary(rule: Rule) -> str:
    return (rule.__doc__ or "").strip().partition("\n")[0]


def serve_editor(verbose: bool) -> int:
    """`kerascheck lsp`: the exit status.

    Raises:
        Failure: the extra is not installed.
    """
    from kerascheck.integrations.lsp.start import MissingPackage, serve

    try:
        return serve(verbose)
    except MissingPackage as error:
        raise Failure(str(error)) from None


def show_config(
    path: Path, overrides: Overrides, config: Path | None, isolated: bool, stream: TextIO, structured: bool = False
) -> None:
    """`kerascheck config`: the settings that hold for a path, each with where it comes from, as TOML or JSON.

    Raises:
        Failure: a configuration file is wrong, or the path does not exist.
    """
    if not path.exists():
        raise Failure(f"{path}: no such file or folder")
    try:
        resolved = Resolver(overrides, config, isolated).resolve(path)
    except ConfigError as error:
        raise Failure(str(error)) from None
    target = _target_of(path, resolved.settings.target) if path.is_file() else None
    if structured:
        settings = {key: {"value": value, "origin": resolved.origins[key]} for key, value in resolved.values.items()}
        found = _target_facts(path, target) if target is not None else None
        stream.write(as_json({"settings": settings, "target": found}, stream) + "\n")
        return
    rows = [(f"{key} = {_toml(value)}", resolved.origins[key]) for key, value in resolved.values.items()]
    width = max(len(row) for row, _ in rows if len(row) <= 60)
    for row, origin in rows:
        stream.write(f"{row.ljust(width)}  # {origin}\n")
    if target is not None:
        shown = "; ".join(str(found) for found in target.evidence[:_MAX_EVIDENCE]) or "nothing shows it"
        stream.write(f"# {path} is written for {target.era.value}: {shown}\n")
        stream.write(f"# what Keras 3 does not have is {_SAID[target.old_forms]}\n")


#: What is said of forms that Keras 3 does not have, in words.
_SAID = {"pass": "right there, and not reported", "note": "reported as a note", "error": "reported as an error"}


def _target_of(path: Path, setting: str) -> Target | None:
    """The Keras that a file is taken to be written for, and why; None for what is no program."""
    from kerascheck.engine import aim
    from kerascheck.project.source import Source, SourceError

    try:
        source = Source(read_program(str(path)), str(path))
        aim(source, setting)
        return source.target
    except (OSError, SourceError):
        return None


def _target_facts(path: Path, target: Target) -> dict[str, object]:
    """The decision, as JSON has it."""
    return {
        "filename": str(path),
        "era": target.era.value,
        "evidence": [
            {"era": found.era.value, "text": found.text, "filename": found.filename, "row": found.row}
            for found in target.evidence
        ],
        "old_forms": target.old_forms,
    }


_MAX_EVIDENCE = 3


def _toml(value: object) -> str:
    import json

    if value is None:
        return "(the rules that are on by default)"
    if isinstance(value, tuple) and value and isinstance(value[0], tuple):
        return "{" + ", ".join(f"{json.dumps(key)} = {_toml(codes)}" for key, codes in value) + "}"
    if isinstance(value, tuple):
        return "[" + ", ".join(_toml(item) for item in value) + "]"
    return json.dumps(value, ensure_ascii=False)
