"""What the page of `kerascheck report` shows, as JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict

from kerascheck.reporters.json import as_dict
from kerascheck.views.report.collect import FilePart


def json_of(files: Sequence[FilePart]) -> str:
    """Of each file its findings, as `check` writes them, how many models are known how well, and why others are not."""
    listed = [
        {
            "filename": file.filename,
            "skipped": file.report.skipped,
            "incomplete": file.report.incomplete,
            "models": {
                "exact": file.report.models_exact,
                "symbolic": file.report.models_symbolic,
                "unknown": file.report.models_unknown,
            },
            "unclear": [asdict(item) for item in file.report.unclear],
            "findings": [as_dict(part.diagnostic) for part in file.findings],
        }
        for file in files
    ]
    return json.dumps(listed, indent=2) + "\n"
