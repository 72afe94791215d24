"""Bringing a small program to Keras 3, in memory."""

from __future__ import annotations

import ast
import textwrap

from kerascheck.migrate.context import Options
from kerascheck.migrate.plan import Plan, plan
from kerascheck.project.source import Source
from kerascheck.project.target import Era, Evidence, Target


def planned(text: str, era: Era | None = None, options: Options | None = None) -> Plan:
    """The plan for a program."""
    source = Source(textwrap.dedent(text).encode(), "x.py")
    if era is not None:
        source.target = Target(era, (Evidence(era, "the test", "test"),))
    return plan(source, options)


def migrated(text: str, era: Era | None = None, options: Options | None = None) -> str:
    """The program after it; it parses, and a second run changes nothing."""
    new = planned(text, era, options).raw.decode()
    ast.parse(new)
    assert planned(new, Era.KERAS_3, options).raw.decode() == new, "a second run changes something"
    return new


def left(text: str, era: Era | None = None) -> list[str]:
    """What is to be done by hand."""
    return [step.message for step in planned(text, era).left]
