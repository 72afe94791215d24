"""How much work a file may make: steps, time and depth."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextvars import ContextVar
from typing import TYPE_CHECKING

from kerascheck.machine.values import (
    BudgetExceeded,
)

if TYPE_CHECKING:
    pass

#: Steps that count as a second of work: about what a slow core does.
STEPS_PER_SECOND = 120_000
#: What a layer costs, made and called, beside the steps that lead to it.
LAYER_STEPS = 8
#: Seconds of processor time, for each second of the budget, after which the clock ends what the steps do not.
CLOCK_FACTOR = 4
#: Says whether anybody still waits for the analysis; if not, it ends as if the clock had run out.
abandoned: ContextVar[Callable[[], bool] | None] = ContextVar("abandoned", default=None)


class Budget:
    """The work that one file may cost, shared by all of its runs.

    It is counted in steps, so that an analysis is cut off at the same place each time. The clock is a net below that,
    for steps that cost far more than others; it runs only while this thread does.
    """

    __slots__ = ("by_clock", "charged", "deadline", "limit", "steps", "watch")

    def __init__(self, seconds: float) -> None:
        self.limit = self.steps = max(1, int(seconds * STEPS_PER_SECOND))
        self.deadline = time.thread_time() + seconds * CLOCK_FACTOR
        self.by_clock = False  # whether the clock has ended it
        self.charged = 0  # steps that stand for work of another kind
        self.watch: Callable[[], None] | None = None  # what is asked now and then whether to go on

    @property
    def spent(self) -> int:
        """Steps of the program taken so far."""
        return self.limit - self.steps - self.charged

    def charge(self, steps: int) -> None:
        """Count work that is no step of the program as so many of them. Raises BudgetExceeded."""
        self.charged += steps
        self.spend(steps)

    def spend(self, steps: int = 1) -> None:
        """Count steps. Raises BudgetExceeded."""
        before = self.steps
        self.steps -= steps
        if before >> 8 != self.steps >> 8:
            self.check()

    def check(self) -> None:
        """Raise BudgetExceeded where the steps or the seconds are used up; called every 256 steps."""
        is_abandoned = abandoned.get()
        self.by_clock = self.steps > 0 and (
            time.thread_time() > self.deadline or (is_abandoned is not None and is_abandoned())
        )
        if self.steps <= 0 or self.by_clock:
            raise BudgetExceeded
        if self.watch is not None:
            self.watch()
