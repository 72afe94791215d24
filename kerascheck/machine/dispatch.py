"""What evaluates, executes and calls what, by class: filled by the modules that say how."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import libcst as cst

from kerascheck.machine.values import (
    Value,
)

if TYPE_CHECKING:
    pass

#: What evaluates each class of expression, executes each class of statement and calls each class of value; filled by
#: the modules that say what these do. The entry of `object` is for all other values.
EXPRESSIONS: dict[type[cst.CSTNode], Callable[..., Value]] = {}
STATEMENTS: dict[type[cst.CSTNode], Callable[..., Any]] = {}
CALLS: dict[type, Callable[..., Value]] = {}
#: Expressions without parts, of those in EXPRESSIONS: they cost next to nothing and cannot nest.
LEAVES: dict[type[cst.CSTNode], Callable[..., Value]] = {}
