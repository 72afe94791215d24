"""JUnit's XML, as Jenkins and GitLab read test results: a suite for each file, a failed test for each finding."""

from __future__ import annotations

from collections import Counter
from typing import TextIO
from xml.etree import ElementTree

from kerascheck.diagnostics import Diagnostic
from kerascheck.reporters._places import Place, Places
from kerascheck.reporters.base import Outcome
from kerascheck.text.escaping import as_escapes, is_utf8, xml


def render(outcome: Outcome, stream: TextIO, colour: bool) -> None:
    """Write the document. A file without findings is a test that passed; one that was not analysed is none."""
    places = Places(outcome)
    findings: dict[str, list[tuple[Diagnostic, Place]]] = {}
    for diagnostic, place in places.all:
        findings.setdefault(diagnostic.filename, []).append((diagnostic, place))
    crashed = {report.filename for report in outcome.reports if report.crashed}
    root = ElementTree.Element("testsuites", {"name": "kerascheck"})
    for report in outcome.reports:
        if report.skipped is None:
            found = findings.get(report.filename, [])
            _add_suite(root, places.path(report.filename), found, report.filename in crashed)
    if not len(root):
        _add_suite(root, "kerascheck", [], False)  # consumers refuse a document without any test
    for count in ("tests", "failures", "errors"):
        root.set(count, str(sum(int(suite.get(count, 0)) for suite in root)))
    ElementTree.indent(root)
    # Where the stream cannot hold all characters, references can.
    encoding = "utf-8" if is_utf8(stream) else "us-ascii"
    written = ElementTree.tostring(root, encoding, xml_declaration=True).decode(encoding)
    stream.write(as_escapes(written, lambda character: f"&#{ord(character)};") + "\n")


def _add_suite(root: ElementTree.Element, path: str, findings: list[tuple[Diagnostic, Place]], crashed: bool) -> None:
    kind = "error" if crashed else "failure"
    suite = ElementTree.SubElement(
        root,
        "testsuite",
        {
            "name": xml(path),
            "tests": str(len(findings) or 1),
            "failures": "0" if crashed else str(len(findings)),
            "errors": str(len(findings)) if crashed else "0",
        },
    )
    if not findings:
        ElementTree.SubElement(suite, "testcase", {"name": "kerascheck", "classname": xml(path)})
    seen: Counter[str] = Counter()
    for diagnostic, place in findings:
        seen[diagnostic.code] += 1
        # No rows in the name, by which consumers recognise a test from one run to the next.
        again = f" #{seen[diagnostic.code]}" if seen[diagnostic.code] > 1 else ""
        name = f"{diagnostic.code} {diagnostic.name}{again}"
        case = ElementTree.SubElement(suite, "testcase", {"name": name, "classname": xml(path)})
        column = f":{place.column}" if place.column is not None else ""
        details = [f"{place.path}:{place.row}{column}: {diagnostic.code} {place.message}", diagnostic.help or ""]
        failure = ElementTree.SubElement(case, kind, {"message": xml(place.message), "type": diagnostic.severity.value})
        failure.text = xml("\n".join(filter(None, [*details, diagnostic.url])).replace("\r", ""))
