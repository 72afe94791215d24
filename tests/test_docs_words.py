"""The pages of the documentation and of the rules are held to the words of `docs/words.md`, too."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest

from kerascheck.rules.registry import own_rules

ROOT = Path(__file__).parent.parent
#: `docs/words.md` quotes what is not to be written; the evaluation is a log.
PAGES = [page for page in sorted((ROOT / "docs").glob("*.md")) if page.name not in ("words.md", "evaluation.md")]

AVOIDED = {
    r"\bin front of\b": "before",
    r"\bfor ever\b": "forever",
    r"\bthe one or the other\b": "one of the two",
    r"\bwants (a|an|the|one|inputs)\b": "expects",
}


def prose(text: str) -> str:
    """Without code."""
    return re.sub(r"`[^`\n]*`", "", re.sub(r"^\s*```.*?^\s*```", "", text, flags=re.DOTALL | re.MULTILINE))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_words_of_pages(page: Path) -> None:
    _check(prose(page.read_text(encoding="utf-8")))


@pytest.mark.parametrize("rule", own_rules(), ids=lambda rule: rule.code)
def test_words_of_rules(rule: object) -> None:
    _check(prose(inspect.cleandoc(rule.__doc__ or "")))


def _check(text: str) -> None:
    for pattern, instead in AVOIDED.items():
        found = re.search(pattern, text)
        assert found is None, f"{found.group()!r}: {instead}"
