"""Names of files as far as they are known: how they end."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile
from typing import Any

import libcst as cst

from kerascheck.machine.modules.paths import path_text
from kerascheck.machine.static import once_in_outline
from kerascheck.network.arguments import Arguments, Given
from kerascheck.network.ir import Site
from kerascheck.text.outline import Outline
from kerascheck.text.treewalk import walk


def ending_of(arguments: Arguments, site: Site, name: str = "filepath", position: int = 0) -> str | None:
    """How the path in an argument ends, by its last part or a piece of it; None where that is not known."""
    given = arguments.get(name, position)
    if not isinstance(given, Given):
        return None
    text: Any = path_text(given.value)
    if isinstance(text, str):
        return text
    return _ending(given.node.value, site, 3) if given.node is not None else None


def is_none_of(ending: str | None, endings: Sequence[str]) -> bool:
    """Whether the path surely ends in none of the ways, from what is known of its end."""
    return ending is not None and not any(ending.endswith(end) or end.endswith(ending) for end in endings)


def last_part(text: str) -> str:
    """The part behind the last slash."""
    return text.replace("\\", "/").rstrip("/").rpartition("/")[2]


def _ending(node: cst.CSTNode, site: Site, depth: int) -> str | None:
    """The text that the value of the expression surely ends with."""
    if isinstance(node, cst.SimpleString):
        value = node.evaluated_value
        return value if isinstance(value, str) else None
    if isinstance(node, cst.FormattedString):
        last = node.parts[-1] if node.parts else None
        return last.value if isinstance(last, cst.FormattedStringText) else None
    if isinstance(node, cst.BinaryOperation) and isinstance(node.operator, (cst.Add, cst.Divide)):
        return _ending(node.right, site, depth)
    if isinstance(node, cst.BinaryOperation) and isinstance(node.operator, cst.Modulo):
        text = _ending(node.left, site, depth)
        return None if text is None else _behind_format(text, "%")
    if isinstance(node, cst.Call) and isinstance(node.func, cst.Attribute):
        name = node.func.attr.value
        if name == "join" and len(node.args) > 1 and not any(arg.star for arg in node.args):
            return _ending(node.args[-1].value, site, depth)
        if name == "format":
            text = _ending(node.func.value, site, depth)
            return None if text is None else _behind_format(text, "}")
    if isinstance(node, cst.Call) and isinstance(node.func, cst.Name) and node.func.value in ("str", "Path"):
        return _ending(node.args[-1].value, site, depth) if node.args and not node.args[-1].star else None
    if isinstance(node, cst.Name) and depth:
        values = assigned_values(site.file, site.file.tree).get(node.value, ())
        return _common([_ending(value, site, depth - 1) for value in values])
    return None


def _common(endings: list[str | None]) -> str | None:
    """What all of the texts end with."""
    known = [ending[::-1] for ending in endings if ending is not None]
    if not known or len(known) < len(endings):
        return None
    same = takewhile(lambda letters: len(set(letters)) == 1, zip(*known, strict=False))
    return "".join(letters[0] for letters in same)[::-1] or None


def _behind_format(text: str, sign: str) -> str | None:
    """What stands behind the last place that is filled in."""
    if sign not in text:
        return text
    rest = text.rpartition(sign)[2]
    if sign == "%":
        rest = rest.lstrip("0123456789.-+")[1:]
    return rest or None


@once_in_outline
def assigned_values(outline: Outline, tree: cst.CSTNode) -> dict[str, tuple[cst.BaseExpression, ...]]:
    """What the file assigns to names, wherever; a name that is bound in another way as well has more than one."""
    found: dict[str, list[cst.BaseExpression]] = {}
    for node in outline.below(tree, cst.Assign, cst.Param, cst.For, cst.CompFor, cst.AugAssign, cst.AnnAssign):
        if isinstance(node, cst.Assign):
            for target in node.targets:
                for name in walk(target.target):
                    if isinstance(name, cst.Name):
                        plain = isinstance(target.target, cst.Name)
                        found.setdefault(name.value, []).extend([node.value] if plain else [node.value, node.value])
        elif isinstance(node, (cst.Param, cst.For, cst.CompFor, cst.AugAssign, cst.AnnAssign)):
            for name in walk(node.name if isinstance(node, cst.Param) else node.target):
                if isinstance(name, cst.Name):
                    found.setdefault(name.value, []).extend([cst.Name("_"), cst.Name("_")])
    return {name: tuple(values) for name, values in found.items()}
