"""Loops around models, as the rules read them."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerascheck.network.ir import Site
from kerascheck.network.program import Loop
from kerascheck.rules._code import holds
from kerascheck.text.treewalk import walk


def stands_in(site: Site, loop: Loop) -> bool:
    """Whether the site is written in the body of the loop, and not in a function that the body calls."""
    return site.file is loop.site.file and holds(loop.site.node, site)


def names_in(node: cst.CSTNode) -> set[str]:
    """The plain names in a piece of code."""
    return {part.value for part in walk(node) if isinstance(part, cst.Name)}


def changing_names(loop: Loop) -> set[str]:
    """The names that a loop or its body binds."""
    node = loop.site.node
    found: set[str] = set()
    for part in walk(node):
        if isinstance(part, (cst.For, cst.CompFor)):
            found |= names_in(part.target)
        elif isinstance(part, cst.Assign):
            for target in part.targets:
                found |= _bound(target.target)
        elif isinstance(part, (cst.AnnAssign, cst.AugAssign)):
            found |= _bound(part.target)
    return found


def _bound(target: cst.CSTNode) -> set[str]:
    """The names that an assignment binds; of an attribute or an item, what it belongs to."""
    return {part.value for part in _roots(target)}


def _roots(target: cst.CSTNode) -> Iterator[cst.Name]:
    if isinstance(target, cst.Name):
        yield target
    elif isinstance(target, (cst.Attribute, cst.Subscript)):
        yield from _roots(target.value)
    elif isinstance(target, (cst.Tuple, cst.List)):
        for element in target.elements:
            yield from _roots(element.value)
