"""Which codes are reported: select and ignore, the longest prefix wins. Knows nothing of files or trees."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

_CODE_PREFIX = re.compile(r"([A-Z]+)\d*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Layer:
    """What one place (a configuration file, the command line) says about codes.

    `select` None leaves what the layers below chose; given, it replaces that.
    """

    select: tuple[str, ...] | None = None
    ignore: tuple[str, ...] = ()
    extend_select: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Selection:
    """Layers, the later ones stronger. Within a layer the most specific selector decides, `ignore` on a tie."""

    layers: tuple[Layer, ...] = ()

    def includes(self, code: str, name: str, enabled: bool = True) -> bool:
        """Whether the rule is reported; `enabled` says what holds where nobody asks for it or against it."""
        chosen = enabled
        for layer in self.layers:
            wanted = _specificity((*(layer.select or ()), *layer.extend_select), code, name)
            unwanted = _specificity(layer.ignore, code, name)
            if wanted > unwanted:
                chosen = True
            elif unwanted >= 0 or layer.select is not None:
                chosen = False
        return chosen


def matches(selector: str, code: str, name: str) -> bool:
    """Whether a selector (`ALL`, `KC`, `KC1`, `KC103`, a rule's name) covers a rule."""
    return _specificity((selector,), code, name) >= 0


def most_specific(selectors: Iterable[str], code: str, name: str) -> str | None:
    """The longest of the selectors that cover a rule, the last of those; None where none does."""
    best: tuple[int, str] | None = None
    for selector in selectors:
        length = _specificity((selector,), code, name)
        if length >= 0 and (best is None or length >= best[0]):
            best = length, selector
    return best[1] if best is not None else None


def _specificity(selectors: Iterable[str], code: str, name: str) -> int:
    """The length of the longest selector that covers the rule; -1 where none does."""
    best = -1
    for selector in selectors:
        if selector.lower() == name:
            best = max(best, len(code))
        elif selector.upper() == "ALL":
            best = max(best, 0)
        elif _begins(code, selector.upper()):
            best = max(best, len(selector))
    return best


def _begins(code: str, selector: str) -> bool:
    """Whether a code begins with the selector, which has all of its letters."""
    match = _CODE_PREFIX.fullmatch(selector)
    return match is not None and code.startswith(selector) and not code[match.end(1)].isalpha()
