"""What the commands do; `cli` only reads their arguments."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from kerascheck.cli.common import (
    FAILED,
    FOUND,
    OK,
    STDIN,
    CheckOptions,
    Failure,
    read_file,
    read_stdin,
    refuse_others_beside_stdin,
    shown_progress,
    status_of,
    stdin_job,
    wants_colour,
    warn_if_incomplete,
    write_output,
)
from kerascheck.configuration.config import Resolver
from kerascheck.diagnostics import Severity
from kerascheck.errors import ConfigError
from kerascheck.fixes.patches import show_difference
from kerascheck.text.escaping import one_line, say

if TYPE_CHECKING:
    from kerascheck.configuration.config import Settings
    from kerascheck.configuration.finding_filter import Limits
    from kerascheck.diagnostics import Report
    from kerascheck.reporters.base import Outcome


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
    if _is_stdin(options):
        refuse_others_beside_stdin(options.paths)
    if options.add_noqa and (_is_stdin(options) or options.diff or options.write_baseline is not None):
        raise Failure("--add-noqa changes files and goes not with standard input, --diff or --write-baseline")
    if options.show_files and _is_stdin(options):
        raise Failure("--show-files lists files; standard input is none")
    if options.watch and _is_stdin(options):
        raise Failure("--watch needs files: standard input does not change")
    if options.write_baseline is not None:
        others = {
            "--diff-base": options.overrides.diff_base,
            "--diff": options.diff,
            "standard input": _is_stdin(options),
        }
        for name in (name for name, given in others.items() if given):
            raise Failure(f"--write-baseline records all findings of files and goes not with {name}")
    if options.overrides.diff_base is not None and _is_stdin(options) and options.stdin_filename is None:
        raise Failure("--diff-base needs to know which file standard input holds: --stdin-filename")


def _limits(options: CheckOptions, settings: Settings) -> Limits:
    """Raises BaselineError."""
    from kerascheck.configuration.baseline import Baseline
    from kerascheck.configuration.changes import Changes
    from kerascheck.configuration.finding_filter import Limits

    # Who writes a baseline wants all that is there in it.
    uses_baseline = settings.baseline and options.write_baseline is None
    base = options.overrides.diff_base
    if base is None and options.write_baseline is None:
        base = settings.diff_base or None
    return Limits(
        Baseline.load(Path(settings.baseline)) if uses_baseline else None,
        Changes(base) if base is not None else None,
    )


def _check_paths(options: CheckOptions, resolver: Resolver) -> int:
    from kerascheck import api

    own = resolver.settings_for(Path.cwd())
    if options.show_files:
        return _show_files(options, resolver)
    limits = _limits(options, own)
    with shown_progress() as progress:
        reports = api.check_paths(
            options.paths,
            settings=resolver,
            jobs=own.jobs,
            use_cache=own.cache,
            progress=progress,
            cache_dir=own.cache_dir or None,
        )
    if own.verbose:
        _tell_files(reports, resolver)
    if options.depends is not None:
        options.depends.update(name for report in reports for name in report.modules)
    if not reports:
        say("warning", "no Python files found under the given paths")
    shown = [limits.applied(report, read_file) for report in reports]
    fixed = 0
    changed = False
    fixes: dict[str, Mapping[str, int]] = {}
    for index, report in enumerate(shown):
        settings = resolver.settings_for(Path(report.filename))
        if options.add_noqa or not (options.diff or settings.fix) or not _is_fixable(report, settings):
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
    if own.show_fixes:
        _show_fixes(fixes, own.output_format)
    if options.diff:
        return status_of(shown, changed, own.exit_zero)
    if options.add_noqa:
        return _add_noqa(shown)
    if not own.quiet:
        _tell(limits, reports, read_file, resolver)
    if options.write_baseline is not None:
        return _write_baseline(options.write_baseline, reports)
    return _conclude(_outcome(shown, read_file, fixed, own), own)


def _check_stdin(options: CheckOptions, resolver: Resolver) -> int:
    from kerascheck import api
    from kerascheck.workers.parallel import check_text

    filename, settings = stdin_job(options.stdin_filename, resolver)
    limits = _limits(options, settings)
    raw = read_stdin(filename)
    report = check_text(raw, filename, settings)
    if report.crashed and settings.fix and not options.diff:
        sys.stdout.buffer.write(raw)  # nothing can be fixed, and the source is expected there
        sys.stdout.flush()
    if report.crashed or not (options.diff or settings.fix):
        _tell(limits, [report], lambda _: raw, resolver)
        shown = limits.applied(report, lambda _: raw)
        outcome = _outcome([shown], lambda _: raw, 0, settings)
        return _conclude(outcome, settings, sys.stderr if settings.fix else None)
    fixed = api.fix(raw, filename, settings=settings, only=limits.kept if limits else None)
    if settings.show_fixes and fixed.fixed:
        _show_fixes({filename: fixed.codes}, "")
    new = fixed.source
    assert isinstance(new, bytes)
    shown = limits.applied(fixed.report, lambda _: new)
    if options.diff:
        show_difference(raw, new, filename)
        return status_of([shown], fixed.fixed > 0, settings.exit_zero)
    sys.stdout.buffer.write(new)
    sys.stdout.flush()
    _tell(limits, [fixed.report], lambda _: new, resolver)
    # The source has gone to stdout, so the findings must not.
    return _conclude(_outcome([shown], lambda _: new, fixed.fixed, settings), settings, sys.stderr)


def _tell(limits: Limits, reports: Sequence[Report], read: Callable[[str], bytes], resolver: Resolver) -> None:
    """Say on stderr how many findings are known, and how many of the known ones are gone."""
    from kerascheck.rules.registry import find_rule

    def ran(filename: str, code: str) -> bool:
        rule = find_rule(code)
        return rule is None or resolver.settings_for(Path(filename)).runs(rule)

    note = limits.note(reports, read, ran)
    if note is not None:
        say("note", note)


def _write_baseline(file: Path, reports: Sequence[Report]) -> int:
    """Record all findings; the exit status. Raises BaselineError."""
    from kerascheck.configuration.baseline import Baseline

    for report in reports:
        warn_if_incomplete(report.filename, report.incomplete)
    baseline = Baseline.of(file, reports, read_file)
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
        before = read_file(filename)
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
        before = read_file(filename)
    except OSError:
        return _Outcome(b"", b"", Report(filename, skipped="is gone"))
    return _Outcome(before, before, api.check(before, filename, settings=settings))


def _outcome(reports: list[Report], read: Callable[[str], bytes], fixed: int, settings: Settings) -> Outcome:
    from kerascheck.reporters.base import Outcome

    return Outcome(reports, read, fixed, settings.unsafe_fixes, settings.quiet, settings.show_unknown)


def _conclude(outcome: Outcome, settings: Settings, default: TextIO | None = None) -> int:
    """Write the findings in the wanted format to the wanted place; the exit status."""
    if settings.fix_only:
        status = status_of(outcome.reports, False, settings.exit_zero)
        return FOUND if status == OK and outcome.fixed and settings.exit_non_zero_on_fix else status
    from kerascheck.reporters.base import FOR_PEOPLE, find_reporter, understood

    if not settings.quiet:
        for report in outcome.reports:
            warn_if_incomplete(report.filename, report.incomplete)
    render = find_reporter(settings.output_format)
    if settings.statistics:
        render = find_reporter("statistics")
        outcome = replace(outcome, as_data=settings.output_format not in FOR_PEOPLE)
    if settings.output_file in ("", STDIN) or Path(settings.output_file).name == STDIN:
        stream = default or sys.stdout
        render(outcome, stream, wants_colour(stream, settings.color))
    else:
        content = io.BytesIO()
        with io.TextIOWrapper(content, "utf-8", "backslashreplace", write_through=True) as text:
            render(outcome, text, settings.color == "always")
            write_output(Path(settings.output_file), content.getvalue())
    if settings.output_format not in FOR_PEOPLE and not settings.quiet:
        print(understood(outcome), file=sys.stderr)
    if settings.output_format == "github" and not settings.statistics:
        _add_to_job_summary(outcome)
    order = list(Severity)  # the worst first
    found = any(order.index(item.severity) <= order.index(settings.fail_on) for item in outcome.diagnostics)
    found = found or (outcome.fixed > 0 and settings.exit_non_zero_on_fix)
    return status_of(outcome.reports, found, settings.exit_zero)


def _add_to_job_summary(outcome: Outcome) -> None:
    """Show the findings on the page of the job, where GitHub says how."""
    from kerascheck.reporters._job_summary import job_summary

    file = os.environ.get("GITHUB_STEP_SUMMARY")
    if not file:
        return
    try:
        with open(file, "a", encoding="utf-8", errors="backslashreplace") as stream:
            stream.write(job_summary(outcome))
    except OSError as error:
        say("warning", f"the summary of the job cannot be written: {error.strerror or error}")


def _show_files(options: CheckOptions, resolver: Resolver) -> int:
    """List the files that would be checked."""
    from kerascheck.project.discovery import discover

    for path in discover(options.paths, resolver.settings_for):
        print(one_line(str(path)))
    return OK


def _tell_files(reports: Sequence[Report], resolver: Resolver) -> None:
    """Say on stderr what was made of each file, and where its settings come from."""
    origins: dict[str, None] = {}
    for report in reports:
        found = resolver.resolve(Path(report.filename))
        origins.update(dict.fromkeys(origin for origin in found.origins.values() if origin != "default"))
        models = report.models_exact + report.models_symbolic + report.models_unknown
        counts = [
            f"{number} {noun}{'s' * (number != 1)}"
            for number, noun in ((models, "model"), (len(report.diagnostics), "finding"))
        ]
        say("note", f"{report.filename}: {report.skipped or ', '.join(counts)}")
    say("note", f"settings: {', '.join(origins) or 'default'}")


def _add_noqa(reports: Sequence[Report]) -> int:
    """Write comments that silence all findings; the exit status. What cannot be written is said on stderr."""
    from kerascheck.configuration.suppressions import silenced
    from kerascheck.fixes.write import ChangedMeanwhile, write_atomically

    added = files = 0
    status = OK
    for report in reports:
        if not report.diagnostics:
            continue
        try:
            before = read_file(report.filename)
            after, count = silenced(before, report)
            if count:
                write_atomically(report.filename, after, before)
                added, files = added + count, files + 1
            left = len({(item.cell, item.noqa_row, item.code) for item in report.diagnostics}) - count
            if left:
                say("warning", f"{report.filename}: no comment can silence {left} of its findings")
        except ChangedMeanwhile:
            say("kerascheck: error", f"{report.filename}: not changed, it has changed meanwhile")
            status = FAILED
        except OSError as error:
            say("kerascheck: error", f"{report.filename}: cannot be written: {error.strerror or error}")
            status = FAILED
    counts = [f"{number} {noun}{'s' * (number != 1)}" for number, noun in ((added, "comment"), (files, "file"))]
    print(f"Added {' in '.join(counts)}.")
    return status
