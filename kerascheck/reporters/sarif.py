"""SARIF 2.1.0, as GitHub's code scanning and others read the results of analyzers.

See https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html.
"""

from __future__ import annotations

import inspect
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TextIO
from urllib.parse import quote

from kerascheck import __version__
from kerascheck.diagnostics import DOCS_URL, Diagnostic, Fix, Related, Report, Severity, Span
from kerascheck.reporters._places import Place, Places
from kerascheck.reporters.base import Outcome
from kerascheck.rules.registry import find_rule
from kerascheck.text.escaping import as_json

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_ROOT = "%SRCROOT%"


def render(outcome: Outcome, stream: TextIO, colour: bool) -> None:
    """Write the log of one run."""
    places = Places(outcome)
    rules = _used_rules(outcome.diagnostics)
    order = {rule["id"]: index for index, rule in enumerate(rules)}
    root = Path(places.root).as_uri()
    run = {
        "tool": {
            "driver": {
                "name": "kerascheck",
                "version": __version__,
                "informationUri": DOCS_URL.removesuffix("rules/"),
                "rules": rules,
            }
        },
        "invocations": [_invocation(outcome.reports, places)],
        "originalUriBaseIds": {_ROOT: {"uri": root if root.endswith("/") else f"{root}/"}},
        "columnKind": "unicodeCodePoints",
        "newlineSequences": ["\r\n", "\n", "\r"],
        "results": [_result(diagnostic, place, order, places) for diagnostic, place in places.all],
    }
    stream.write(as_json({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, stream) + "\n")


def _used_rules(diagnostics: Iterable[Diagnostic]) -> list[dict[str, Any]]:
    """What is known of the rules that found something, in the order of their codes."""
    first: dict[str, Diagnostic] = {}
    for diagnostic in diagnostics:
        first.setdefault(diagnostic.code, diagnostic)
    return [_descriptor(first[code]) for code in sorted(first)]


def _descriptor(diagnostic: Diagnostic) -> dict[str, Any]:
    descriptor: dict[str, Any] = {"id": diagnostic.code, "name": diagnostic.name}
    if diagnostic.url:
        descriptor["helpUri"] = diagnostic.url
    rule = find_rule(diagnostic.code)
    if rule is None:
        return descriptor
    documentation = inspect.cleandoc(rule.__doc__ or rule.name)
    title, _, body = documentation.partition("\n")
    first_paragraph = body.partition("## What it does")[2].partition("\n## ")[0].strip()
    return descriptor | {
        "shortDescription": {"text": title},
        "fullDescription": {"text": " ".join(first_paragraph.split()) or title},
        "help": {"text": documentation, "markdown": documentation},
        "defaultConfiguration": {"level": _LEVELS[rule.severity], "enabled": rule.enabled},
        "properties": {"fix": rule.fixable, "since": rule.since},
    }


def _result(diagnostic: Diagnostic, place: Place, order: dict[str, int], places: Places) -> dict[str, Any]:
    location: dict[str, Any] = {
        "physicalLocation": {"artifactLocation": _artifact(place.path), "region": _region(place)}
    }
    if diagnostic.cell is not None:
        location["logicalLocations"] = [{"name": f"cell {diagnostic.cell}"}]
    result: dict[str, Any] = {
        "ruleId": diagnostic.code,
        "ruleIndex": order[diagnostic.code],
        "level": _LEVELS[diagnostic.severity],
        "message": {"text": _plain(place.message)},
        "locations": [location],
        "partialFingerprints": {"kerascheck/v1": place.fingerprint},
    }
    related = [_related(item, places) for item in diagnostic.related if item.cell is None]
    if related:
        result["relatedLocations"] = related
    # Edits of a cell are no edits of the notebook's text.
    if diagnostic.fix is not None and diagnostic.cell is None:
        result["fixes"] = [_fix(diagnostic.fix, place)]
    return result


def _related(item: Related, places: Places) -> dict[str, Any]:
    artifact = _artifact(places.path(item.filename))
    return {
        "physicalLocation": {"artifactLocation": artifact, "region": _region_of_span(item.span)},
        "message": {"text": _plain(item.message)},
    }


def _plain(text: str) -> str:
    """The text without what SARIF reads as a link, `[text](target)`."""
    return text.replace("[", "\\[").replace("]", "\\]") if "](" in text else text


def _fix(fix: Fix, place: Place) -> dict[str, Any]:
    replacements = [
        {"deletedRegion": _region_of_span(edit.span), "insertedContent": {"text": edit.content}} for edit in fix.edits
    ]
    return {
        "description": {"text": fix.message},
        "artifactChanges": [{"artifactLocation": _artifact(place.path), "replacements": replacements}],
        "properties": {"applicability": fix.applicability.value},
    }


def _region(place: Place) -> dict[str, int]:
    region = {"startLine": place.row, "endLine": place.end_row}
    if place.column is not None and place.end_column is not None:
        region |= {"startColumn": place.column, "endColumn": place.end_column}
    return region


def _region_of_span(span: Span) -> dict[str, int]:
    return {
        "startLine": span.start.row,
        "startColumn": span.start.column,
        "endLine": span.end.row,
        "endColumn": span.end.column,
    }


def _artifact(path: str) -> dict[str, str]:
    if os.path.isabs(path):
        return {"uri": Path(path).as_uri()}
    return {"uri": quote(os.fsencode(path)), "uriBaseId": _ROOT}


def _invocation(reports: Iterable[Report], places: Places) -> dict[str, Any]:
    """Whether the run is worth its result: faults of our own, and files that were analysed in part."""
    reports = list(reports)
    notifications = [
        {
            "level": "warning",
            "message": {"text": f"analysed in part, {report.incomplete}"},
            "locations": [{"physicalLocation": {"artifactLocation": _artifact(places.path(report.filename))}}],
        }
        for report in reports
        if report.incomplete is not None
    ]
    invocation: dict[str, Any] = {"executionSuccessful": not any(report.crashed for report in reports)}
    return invocation | ({"toolExecutionNotifications": notifications} if notifications else {})
