"""The documentation of a rule, as the command line, editors and the web pages show it."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

from kerascheck.rules.registry import distribution_of

if TYPE_CHECKING:
    from kerascheck.rules.base import Rule


def rule_page(rule: Rule) -> str:
    """The documentation of a rule as Markdown."""
    title, _, body = inspect.cleandoc(rule.__doc__ or "").partition("\n")
    facts = [f"severity: {rule.severity.value}", f"fix: {rule.fixable}", f"since: {rule.since}"]
    if not rule.enabled:
        facts.append("off unless selected")
    distribution = distribution_of(rule)
    if distribution is not None:
        facts.append(f"from: {distribution}")
    return f"# {rule.name} ({rule.code})\n\n{'; '.join(facts)}\n\n{title}\n\n{body.strip()}\n"
