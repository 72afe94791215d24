"""A report for GitLab's Code Quality, which is the form of Code Climate's issues.

See https://docs.gitlab.com/ci/testing/code_quality/ and https://github.com/codeclimate/platform/blob/master/spec/.
"""

from __future__ import annotations

from typing import TextIO

from kerascheck.diagnostics import Severity
from kerascheck.reporters._places import Places
from kerascheck.reporters.base import Outcome
from kerascheck.text.escaping import as_json

_SEVERITIES = {Severity.ERROR: "critical", Severity.WARNING: "major", Severity.INFO: "info"}

#: What Code Climate calls the families of rules; all others are `Bug Risk`.
_CATEGORIES = {"KC5": "Compatibility", "KC6": "Performance", "KC7": "Security"}


def render(outcome: Outcome, stream: TextIO, colour: bool) -> None:
    """Write the array of issues."""
    issues = [
        {
            "type": "issue",
            "check_name": diagnostic.code,
            "description": f"{diagnostic.code} {place.message}",
            "categories": [_CATEGORIES.get(diagnostic.code[:3], "Bug Risk")],
            "severity": _SEVERITIES[diagnostic.severity],
            "fingerprint": place.fingerprint,
            "location": {"path": place.path, "lines": {"begin": place.row, "end": place.end_row}},
        }
        for diagnostic, place in Places(outcome).all
    ]
    stream.write(as_json(issues, stream) + "\n")
