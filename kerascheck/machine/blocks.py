"""Blocks of statements."""

from __future__ import annotations

import libcst as cst

from kerascheck.machine.paths import (
    Signal,
)
from kerascheck.machine.run import Run
from kerascheck.machine.values import (
    Scope,
    UserRaise,
    Value,
)


def run_block(run: Run, suite: cst.BaseSuite, scope: Scope) -> Signal | None:
    return run.execute(suite.body, scope)


def raise_again(value: Value) -> None:
    raise UserRaise(value)
