"""Where arithmetic of our own on the numbers of a program may fail: the result is not known then."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from kerascheck.machine.run import Run
from kerascheck.network.ir import Site

_F = TypeVar("_F", bound=Callable[..., Any])


def computed(function: _F) -> _F:
    """The function, which gives something unknown where numbers are too large to compute with, infinite or none.

    It is called with the run first and the site last.
    """

    @wraps(function)
    def call(run: Run, *arguments: Any) -> Any:
        try:
            return function(run, *arguments)
        except (ArithmeticError, ValueError):
            site = arguments[-1]
            return run.fresh("numbers that cannot be computed with", site.node if isinstance(site, Site) else None)

    return cast(_F, call)
