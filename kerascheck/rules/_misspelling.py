"""Names that are nearly those that Keras knows."""

from __future__ import annotations

from collections import Counter

import libcst as cst

from kerascheck.machine.static import once_in_outline
from kerascheck.network.ir import Site
from kerascheck.text.outline import Outline


def mentions(site: Site, name: str) -> int:
    """How often the name is written in the file."""
    return _names(site.file, site.file.tree)[name]


@once_in_outline
def _names(outline: Outline, tree: cst.CSTNode) -> Counter[str]:
    return Counter(node.value for node in outline.below(tree, cst.Name))


def is_near(written: str, meant: str) -> bool:
    """Whether it takes one slip of the keyboard: a letter more, less, another one, or two that changed places."""
    if abs(len(written) - len(meant)) > 1 or written == meant or written[0] != meant[0]:
        return False
    if len(written) == len(meant):
        differing = [i for i, (a, b) in enumerate(zip(written, meant, strict=True)) if a != b]
        if len(meant) < 5:
            return len(differing) == 2 and _are_swapped(written, meant, differing)
        return len(differing) == 1 or (len(differing) == 2 and _are_swapped(written, meant, differing))
    shorter, longer = sorted((written, meant), key=len)
    return any(longer[:i] + longer[i + 1 :] == shorter for i in range(len(longer))) and len(meant) > 4


def _are_swapped(one: str, other: str, places: list[int]) -> bool:
    first, second = places
    return second == first + 1 and one[first] == other[second] and one[second] == other[first]
