"""The commands about rules: `rule` and `rules`."""

from __future__ import annotations

from typing import TYPE_CHECKING, TextIO

from kerascheck.cli.common import (
    Failure,
    wants_colour,
)
from kerascheck.errors import ConfigError

if TYPE_CHECKING:
    from kerascheck.rules.base import Rule


def explain_rule(code: str, stream: TextIO) -> None:
    """`kerascheck rule`: the documentation of one rule.

    Raises:
        Failure: there is no such rule.
    """
    from kerascheck.configuration.config import check_selector
    from kerascheck.rules.registry import find_rule
    from kerascheck.views.rule_page import rule_page

    rule = find_rule(code)
    if rule is None:
        try:
            check_selector(code)
        except ConfigError as error:
            raise Failure(str(error)) from None
        raise Failure(f"{code} stands for several rules; `kerascheck rules` lists them all")
    text = rule_page(rule)
    if wants_colour(stream):
        from rich.console import Console
        from rich.markdown import Markdown

        Console(file=stream).print(Markdown(text))
    else:
        stream.write(text)


def list_rules(output_format: str, stream: TextIO) -> None:
    """`kerascheck rules`: all rules, as a table or as JSON.

    Raises:
        Failure: there is no such format.
    """
    from kerascheck.rules.registry import all_rules

    rules = all_rules()
    if output_format == "json":
        import json

        json.dump([_facts(rule) for rule in rules], stream, indent=2)
        stream.write("\n")
        return
    if output_format != "table":
        raise Failure(f"{output_format!r} is not a format of this command: table or json")
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
