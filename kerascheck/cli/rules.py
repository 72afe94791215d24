"""The commands about rules: `rule` and `rules`."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from typing import TYPE_CHECKING, TextIO

from kerascheck.cli.common import Failure, check_format, wants_colour
from kerascheck.errors import ConfigError
from kerascheck.text.escaping import as_json

if TYPE_CHECKING:
    from kerascheck.rules.base import Rule


def explain_rules(selectors: Sequence[str], every: bool, output_format: str, stream: TextIO) -> None:
    """`kerascheck rule`: the documentation of rules, as text or as JSON.

    Raises:
        Failure: there is no such rule or format, or none is asked for.
    """
    from kerascheck.configuration.converting import check_selector
    from kerascheck.configuration.selection import matches
    from kerascheck.rules.registry import all_rules
    from kerascheck.views.rule_page import rule_page

    check_format(output_format, ("text", "json"))
    if not selectors and not every:
        raise Failure("which rule? Give codes, prefixes or names, or --all; `kerascheck rules` lists them")
    for selector in selectors:
        try:
            check_selector(selector)
        except ConfigError as error:
            raise Failure(str(error)) from None
    wanted = [
        rule for rule in all_rules() if every or any(matches(selector, rule.code, rule.name) for selector in selectors)
    ]
    if not wanted:
        raise Failure(f"there is no rule that begins with {selectors[0]}")
    if output_format == "json":
        found = [_facts(rule) | {"explanation": inspect.cleandoc(rule.__doc__ or "")} for rule in wanted]
        stream.write(as_json(found, stream) + "\n")
        return
    for number, rule in enumerate(wanted):
        text = rule_page(rule)
        if wants_colour(stream):
            from rich.console import Console
            from rich.markdown import Markdown

            Console(file=stream).print(Markdown(text))
        else:
            stream.write(("\n" if number else "") + text)


def list_rules(output_format: str, stream: TextIO) -> None:
    """`kerascheck rules`: all rules, as a table or as JSON.

    Raises:
        Failure: there is no such format.
    """
    from kerascheck.rules.registry import all_rules

    check_format(output_format, ("table", "json"))
    rules = all_rules()
    if output_format == "json":
        import json

        json.dump([_facts(rule) for rule in rules], stream, indent=2)
        stream.write("\n")
        return
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
