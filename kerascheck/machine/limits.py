"""How deep and how long an analysis goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    pass

#: Limits, each generous for code that people write and small enough to stay quick on hostile code.
MAX_CALL_DEPTH = 40
MAX_EXPRESSION_DEPTH = 150
MAX_LOOP_ROUNDS = 2_000
MAX_COMPREHENSION = 1_000
MAX_ITEMS = 100_000
