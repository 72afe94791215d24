"""The summary of a job of GitHub Actions, in Markdown: how much was found and understood, and the first findings.

See https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands.
"""

from __future__ import annotations

from collections import Counter

from kerascheck.diagnostics import Severity
from kerascheck.reporters._places import Places
from kerascheck.reporters.base import Outcome, counted, understood
from kerascheck.text.escaping import markdown

#: Findings in the table: annotations and the log have the others.
_MAX_ROWS = 50


def job_summary(outcome: Outcome) -> str:
    """The text that is added to the summary of the job."""
    severities = Counter(diagnostic.severity for diagnostic in outcome.diagnostics)
    found = [counted(severities[severity], noun) for severity, noun in _NOUNS.items() if severities[severity]]
    lines = ["### kerascheck", "", f"{', '.join(found) or 'No findings'}. {markdown(understood(outcome))}", ""]
    if outcome.diagnostics:
        lines += ["| severity | place | rule | message |", "| --- | --- | --- | --- |"]
    for diagnostic, place in Places(outcome).all[:_MAX_ROWS]:
        code = f"[{diagnostic.code}]({diagnostic.url})" if diagnostic.url else diagnostic.code
        where = f"{place.path}:{place.row}"
        lines.append(f"| {diagnostic.severity.value} | {markdown(where)} | {code} | {markdown(place.message)} |")
    if len(outcome.diagnostics) > _MAX_ROWS:
        lines += ["", f"and {len(outcome.diagnostics) - _MAX_ROWS} more."]
    return "\n".join(lines) + "\n"


_NOUNS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
