"""From the bytes of a file to its report: parse, interpret, run the rules, merge, place, silence."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from kerascheck.configuration.config import Settings
from kerascheck.configuration.converting import AUTO
from kerascheck.configuration.selection import Selection, matches
from kerascheck.configuration.suppressions import Suppressions, comment_row
from kerascheck.crashes import PLEASE_REPORT, note_crash
from kerascheck.diagnostics import (
    NO_KERAS,
    Applicability,
    Diagnostic,
    Fix,
    Position,
    Report,
    Severity,
    Span,
)
from kerascheck.placing import in_cell, related_places, removal, shown_name, why_unclear
from kerascheck.project.discovery import matches_glob
from kerascheck.project.import_graph import concerns_keras
from kerascheck.project.source import UNREADABLE, Source, SourceError
from kerascheck.project.target import Era, Evidence, Target
from kerascheck.runtime import safe_path
from kerascheck.runtime.asked import recorded
from kerascheck.runtime.gc_pause import between_files, leave_alone, no_collection
from kerascheck.runtime.reading import read_program
from kerascheck.runtime.recursion import deep_recursion

if TYPE_CHECKING:
    from kerascheck.machine import Analysis
    from kerascheck.network.networks import Network
    from kerascheck.network.program import Program
    from kerascheck.rules.base import Finding, Repair, Rule

UNUSED_SUPPRESSION = "KC003"
UNKNOWN_DIRECTIVE = "KC006"
REVEALED = "KC007"
UNUSED_DIRECTIVE = "KC008"

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Examination:
    """What checking one file gave, with what it was read off: for those who show more than findings.

    `source` and `analysis` are None where the file could not be read so far, or has nothing to do with Keras.
    """

    report: Report
    source: Source | None = None
    analysis: Analysis | None = None


def check_source(raw: bytes, filename: str, settings: Settings, rules: Iterable[Rule] | None = None) -> Report:
    """Check one file. Whatever the file holds, this returns.

    Args:
        raw: the bytes of the file.
        filename: how the file is called in the findings.
        settings: which rules run, and their thresholds.
        rules: those to choose from, instead of all that are installed.

    Raises:
        PluginError: the rules of another package cannot be used.
    """
    return examine(raw, filename, settings, rules).report


def examine(raw: bytes, filename: str, settings: Settings, rules: Iterable[Rule] | None = None) -> Examination:
    """Check one file and keep its models; arguments and errors as of `check_source`."""
    with safe_path.own_imports():
        return _examine(raw, filename, settings, rules)


def _examine(raw: bytes, filename: str, settings: Settings, rules: Iterable[Rule] | None) -> Examination:
    if not concerns_keras(raw, filename):
        return Examination(Report(filename, skipped=NO_KERAS))
    between_files()
    # The collector waits until the file is done: what is made for it is needed up to then.
    with deep_recursion(), no_collection():
        check = _Check(filename, settings, rules)
        try:
            report = check.run(raw)
        except RecursionError:
            report = check.refuse(UNREADABLE, "nested too deeply to analyse", Position(1, 1))
        except MemoryError:
            report = check.refuse(UNREADABLE, "too large to analyse", Position(1, 1))
        except Exception as error:
            report = check.crash("the analysis", error)
    report.diagnostics = _weighed(report.diagnostics, settings)
    return Examination(report, check.source, check.analysis)


def _weighed(found: list[Diagnostic], settings: Settings) -> list[Diagnostic]:
    """The findings with the severities that the settings give them, and of these the ones that are to be seen."""
    if settings.severity:
        severity_of = settings.severity_of
        found = [replace(item, severity=severity_of(item.code, item.name, item.severity)) for item in found]
    return [item for item in found if settings.shows(item.code, item.name, item.severity)]


def analyze(raw: bytes, filename: str, budget: float, target: str = AUTO) -> Examination:
    """The models of one file, without looking for faults in them: the report has no findings.

    Args:
        raw: the bytes of the file.
        filename: how the file is called.
        budget: the work that it may cost, in seconds of a slow core.
        target: the Keras that it is written for, as the setting of that name says it.

    Raises:
        SourceError: the file is no Python, or cannot be decoded.
    """
    with safe_path.own_imports():
        return _analyze(raw, filename, budget, target)


def _analyze(raw: bytes, filename: str, budget: float, target: str) -> Examination:
    report = Report(filename)
    if not concerns_keras(raw, filename):
        report.skipped = NO_KERAS
        return Examination(report)
    between_files()
    source = Source(raw, filename)
    aim(source, target)
    with deep_recursion(), no_collection():
        try:
            _ = source.tree
            from kerascheck.machine import analyze

            with recorded() as report.asked:
                analysis = analyze(source, budget)
        except RecursionError:
            raise SourceError(UNREADABLE, "nested too deeply to analyse", Position(1, 1)) from None
    report.incomplete, report.by_chance = analysis.incomplete, analysis.by_chance
    return Examination(report, source, analysis)


def aim(source: Source, target: str) -> None:
    """Let a setting decide for which Keras the source is written."""
    if target != AUTO:
        source.target = Target(Era(target), (Evidence(Era(target), f"target = {target}", "settings"),))


def check_file(filename: str, settings: Settings) -> Report:
    """Check the file of this name; one that cannot be read gives KC002."""
    raw = read_file(filename, settings)
    return raw if isinstance(raw, Report) else check_source(raw, filename, settings)


def read_file(filename: str, settings: Settings) -> bytes | Report:
    """The bytes of the file of this name, or the report that says why it cannot be read."""
    try:
        return read_program(filename)
    except OSError as error:
        return unreadable(filename, f"cannot be read: {error.strerror or error}", settings)


def unreadable(filename: str, reason: str, settings: Settings) -> Report:
    """The report of a file that could not be checked at all."""
    report = _Check(filename, settings).refuse(UNREADABLE, reason, Position(1, 1))
    report.diagnostics = _weighed(report.diagnostics, settings)
    return report


@dataclass(frozen=True, slots=True)
class _Found:
    rule: Rule
    finding: Finding


@lru_cache(maxsize=64)
def _running(
    rules: tuple[Rule, ...], preset: str, selection: Selection, ignored: tuple[str, ...]
) -> tuple[Mapping[str, Rule], bool]:
    """The rules that run, by their codes, and whether all are our own: mostly the same in all files of a run."""
    settings = Settings(preset=preset, selection=selection)
    found = {
        rule.code: rule
        for rule in rules
        if settings.runs(rule) and not any(matches(selector, rule.code, rule.name) for selector in ignored)
    }
    return MappingProxyType(found), all(rule.is_own for rule in found.values())


class _Check:
    """The work on one file."""

    def __init__(self, filename: str, settings: Settings, rules: Iterable[Rule] | None = None) -> None:
        if rules is None:
            from kerascheck.rules.registry import all_rules

            rules = all_rules()
        self._all = tuple(rules)
        ignored = [
            selector
            for pattern, selectors in settings.per_file_ignores
            if matches_glob(filename, pattern, settings.root)
            for selector in selectors
        ]
        self._rules, self._are_own = _running(self._all, settings.preset, settings.selection, tuple(ignored))
        self._settings = settings
        self._report = Report(filename)
        self.source: Source | None = None
        self.analysis: Analysis | None = None
        self._lowered: dict[int, tuple[Repair, Fix | None]] = {}  # by the identity of the repair, which is kept alive

    def run(self, raw: bytes) -> Report:
        """The report on these bytes."""
        try:
            self.source = source = Source(raw, self._report.filename)
            aim(source, self._settings.target)
            suppressions = self._suppressions(source)
            if suppressions.skip_file:
                self._report.skipped = "says skip-file"
                return self._report
        except SourceError as error:
            return self.refuse(error.code, error.message, error.position)
        try:
            _ = source.tree
            leave_alone()
        except SourceError as error:
            self.refuse(error.code, error.message, error.position)
            self._report.diagnostics = [in_cell(found, source) for found in self._report.diagnostics]
            return self._report
        if source.broken:
            suppressions = self._suppressions(source)  # their places are others now
        for broken in source.broken:
            self.refuse(broken.code, broken.message, broken.position)

        from kerascheck.machine import analyze
        from kerascheck.machine.files import data_reading

        with recorded() as self._report.asked, data_reading(self._settings.read_data):
            # Rules of other packages may look at calls that none of our own asks about.
            calls_matter = not self._are_own
            self.analysis = analysis = analyze(source, self._settings.budget, calls_matter)
        paths = analysis.paths
        self._report.incomplete, self._report.by_chance = analysis.incomplete, analysis.by_chance
        if analysis.fault is not None:
            self.crash("the analysis", analysis.fault)
        self._count_models(paths)
        placed = self._placed(self._merged(paths, source), source)
        self._report.diagnostics += self._unsilenced(placed, suppressions)
        if UNUSED_SUPPRESSION in self._rules:
            self._report.diagnostics += self._unused(suppressions, source)
        if UNKNOWN_DIRECTIVE in self._rules:
            self._report.diagnostics += self._not_understood(suppressions, source)
        self._report.diagnostics += self._told(analysis, source)
        self._report.diagnostics = [in_cell(found, source) for found in self._report.diagnostics]
        offers = self._settings.offers_fix
        self._report.diagnostics = [
            found if found.fix is None or offers(found.code, found.name) else replace(found, fix=None)
            for found in self._report.diagnostics
        ]
        if not source.is_faithful:
            self._report.diagnostics = [replace(found, fix=None) for found in self._report.diagnostics]
        self._report.diagnostics.sort(key=lambda diagnostic: diagnostic.sort_key)
        return self._report

    def refuse(self, code: str, message: str, position: Position) -> Report:
        """Report that the file as a whole cannot be checked."""
        rule = self._rules.get(code)
        if rule is not None:
            span = Span(position, position)
            self._report.diagnostics.append(
                Diagnostic(code, rule.name, rule.severity, message, self._report.filename, span, noqa_row=position.row)
            )
        return self._report

    def crash(self, where: str, error: Exception, advice: str = PLEASE_REPORT) -> Report:
        """Report a fault of kerascheck itself, whatever is selected."""
        note_crash(self._report, where, error, advice)
        return self._report

    def _count_models(self, paths: list[Program]) -> None:
        """Count each model once; one that is less well known on some path counts as that."""
        order = ("exact", "symbolic", "unknown")
        worst: dict[object, int] = {}
        which: dict[object, Network] = {}
        for program in paths:
            for network in program.networks if not program.doubts else ():
                if program.caller is not None and (network.site is None or network.site.file is not self.source):
                    continue  # it is a model of that file
                key = network.site.key if network.site is not None else id(network)
                rank = order.index(network.status())
                if rank > worst.get(key, -1):
                    worst[key], which[key] = rank, network
        counts = list(worst.values())
        self._report.models_exact = counts.count(0)
        self._report.models_symbolic = counts.count(1)
        self._report.models_unknown = counts.count(2)
        self._report.elsewhere = sorted(
            (shown_name(network.site.file.filename, self._report.filename), order[worst[key]])
            for key, network in which.items()
            if network.site is not None and network.site.file is not self.source
        )
        unclear = [why_unclear(network, self._report.filename) for key, network in which.items() if worst[key]]
        self._report.unclear = sorted(filter(None, unclear), key=lambda item: (item.filename, item.cell or 0, item.row))

    def _merged(self, paths: list[Program], source: Source) -> list[_Found]:
        """The findings that hold in every program that reaches what they are about; the first message of each place.

        Paths from another start (a function that nobody calls) are another use of the same code: a fault in one use
        is a fault. A finding with a fix must hold in all uses, since the fix changes the code for all of them.
        """
        from kerascheck.rules.asking import held, with_what_they_ask

        rules = with_what_they_ask(tuple(self._rules.values()), self._settings.thresholds)
        found: list[dict[tuple[str, tuple[int, int]], _Found]] = []
        for program in paths:
            on_path: dict[tuple[str, tuple[int, int]], _Found] = {}
            there = held(program)
            for rule, asked in rules:
                if asked is not None and asked.isdisjoint(there):
                    continue
                for finding in self._findings(rule, program):
                    if finding.site.file is source:
                        on_path.setdefault((rule.code, finding.site.key), _Found(rule, finding))
            found.append(on_path)
        merged: dict[tuple[str, tuple[int, int]], _Found] = {}
        for own, on_path in zip(paths, found, strict=True):
            for key, first in on_path.items():
                about, everywhere = first.finding.anchor_key, first.finding.repair is not None
                if own.guessed and not any(
                    key in other
                    for program, other in zip(paths, found, strict=True)
                    if program.doubts and program.entry == own.entry
                ):
                    continue  # it may rest on the guess
                if key not in merged and all(
                    key in other
                    for program, other in zip(paths, found, strict=True)
                    if (about in program.reached or about in program.went_well)
                    and (everywhere or program.entry == own.entry)
                ):
                    merged[key] = first
        return list(merged.values())

    def _findings(self, rule: Rule, program: Program) -> list[Finding]:
        """What the rule finds in one program; a rule that fails is reported and finds nothing."""
        try:
            findings = list(rule.check(program, self._settings.thresholds))
            if findings:
                _demand_findings(findings)
            return findings
        except Exception as error:
            self._crash_of(rule, error)
            return []

    def _crash_of(self, rule: Rule, error: Exception) -> None:
        """Report a rule that failed, the first one of a file."""
        from kerascheck.rules.registry import distribution_of

        if self._report.crashed:
            return
        distribution = distribution_of(rule)
        if distribution is None:
            self.crash(f"rule {rule.code}", error)
        else:
            self.crash(f"rule {rule.code}", error, f"the rule comes from {distribution}")

    def _placed(self, found: Iterable[_Found], source: Source) -> Iterator[Diagnostic]:
        for item in found:
            rule, finding = item.rule, item.finding
            try:
                span, fix = source.locate(finding.site.node), self._fix(item, source)
            except Exception as error:  # a node that is not of this tree
                self._crash_of(rule, error)
                continue
            yield Diagnostic(
                code=rule.code,
                name=rule.name,
                severity=_severity(rule, finding, source),
                message=finding.message,
                filename=source.filename,
                span=span,
                fix=fix,
                help=finding.help,
                noqa_row=comment_row(source, span.start.row),
                related=tuple(related_places(finding, source.filename)),
                page=None if rule.is_own else rule.page,
            )

    def _fix(self, item: _Found, source: Source) -> Fix | None:
        from kerascheck.fixes.lower import CannotLower, lower

        repair = item.finding.repair
        is_old = item.rule.migrates or item.finding.is_old_form
        if repair is None and is_old and not source.broken:
            from kerascheck.migrate.repairs import repair_at

            repair = repair_at(source, item.finding.site.node)
        if repair is None or source.is_reindented:
            return None
        is_safe = repair.applicability is Applicability.SAFE
        if is_old and item.finding.severity is Severity.INFO and is_safe:
            # As far as is known, the program is meant for an older Keras: one old form less makes it run on none.
            repair = replace(repair, applicability=Applicability.UNSAFE)
        # Findings share a repair where they are brought to Keras 3 together: thousands, of thousands of changes.
        known = self._lowered.get(id(repair))
        if known is not None:
            return known[1]
        try:
            fix = lower(repair, source)
        except (CannotLower, LookupError) as error:
            _log.debug("no fix for %s: %s", item.rule.code, error)
            fix = None
        self._lowered[id(repair)] = repair, fix
        return fix

    def _suppressions(self, source: Source) -> Suppressions:
        return Suppressions(source, self._settings.noqa, self._settings.ignore_noqa)

    def _not_understood(self, suppressions: Suppressions, source: Source) -> Iterator[Diagnostic]:
        """Comments that speak to kerascheck and say nothing that it knows."""
        rule = self._rules[UNKNOWN_DIRECTIVE]
        for start, end, reason in suppressions.not_understood(self._all):
            span = Span(source.position(start), source.position(end))
            yield Diagnostic(
                rule.code, rule.name, rule.severity, reason, source.filename, span, noqa_row=span.start.row
            )

    def _unsilenced(self, diagnostics: Iterable[Diagnostic], suppressions: Suppressions) -> Iterator[Diagnostic]:
        """The findings that no comment silences, on their first row or at the end of their logical line."""
        for diagnostic in diagnostics:
            rows = suppressions.rows_for(diagnostic.span.start.row)
            if not suppressions.silence(diagnostic.code, diagnostic.name, rows):
                yield diagnostic

    def _told(self, analysis: Analysis, source: Source) -> Iterator[Diagnostic]:
        """KC007 and KC008: what comments ask for, and which of them come to nothing."""
        for directive in source.directives:
            watch = analysis.watch
            span = Span(source.position(directive.start), source.position(directive.end))
            code, message = UNUSED_DIRECTIVE, directive.wrong
            if message is None and watch is not None and id(directive) not in watch.applied:
                if analysis.incomplete is not None:
                    continue  # it may have been on the way
                message = "the analysis does not come here, so this comment has no effect"
            if message is None and directive.kind == "reveal" and watch is not None:
                code = REVEALED
                message = "; ".join(watch.answers(directive)) or "nothing is named here"
            rule = self._rules.get(code)
            if message is not None and rule is not None:
                yield Diagnostic(
                    code, rule.name, rule.severity, message, source.filename, span, noqa_row=span.start.row
                )

    def _unused(self, suppressions: Suppressions, source: Source) -> Iterator[Diagnostic]:
        """KC003: comments of our own, and codes of ours in `# noqa`, that silence nothing."""
        rule = self._rules[UNUSED_SUPPRESSION]
        reported = UNKNOWN_DIRECTIVE in self._rules
        wrong = {start for start, _, _ in suppressions.not_understood(self._all)} if reported else set()
        for suppression in suppressions.all:
            unused = suppression.unused(self._rules.values())
            if unused is None or suppression.start in wrong:
                continue
            what = f" of {', '.join(unused)}" if unused else ""
            span = Span(source.position(suppression.start), source.position(suppression.end))
            yield Diagnostic(
                code=rule.code,
                name=rule.name,
                severity=rule.severity,
                message=f"this comment silences nothing{what}; remove it",
                filename=source.filename,
                span=span,
                fix=removal(suppression, unused, source),
                noqa_row=span.start.row,
            )


def _severity(rule: Rule, finding: Finding, source: Source) -> Severity:
    """How grave a finding is in this file: what only Keras 3 refuses is no error where another one may be meant."""
    severity = finding.severity or rule.severity
    is_new = (rule.only_keras_3 or finding.only_keras_3) and severity is Severity.ERROR
    return Severity.WARNING if is_new and source.target.era is Era.UNKNOWN else severity


def _demand_findings(found: Iterable[object]) -> None:
    """Raises TypeError where a rule has given something else."""
    from kerascheck.rules.base import Finding

    for one in found:
        if not isinstance(one, Finding):
            raise TypeError(f"{one!r} is no Finding")
