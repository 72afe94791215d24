"""Which names are written in the code of a file, and how often: of variables, attributes, arguments and modules.

What a library calls its functions is written somewhere, be it in the import that binds them to another name.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping

import libcst as cst

from kerascheck.machine.imports import dotted_name
from kerascheck.machine.static import names_used, once_in_outline, outline_of
from kerascheck.network.ir import Site
from kerascheck.project.source import Source
from kerascheck.text.outline import Outline
from kerascheck.text.treewalk import walk


def mentions(site: Site, name: str) -> int:
    """How often the name is written in the file."""
    return _names(site.file, site.file.tree)[name]


def writes(file: Source, names: Iterable[str]) -> bool:
    """Whether one of the names is written in the code of the file."""
    return not names_used(file, file.tree).isdisjoint(names)


def called(file: Source, node: cst.BaseExpression) -> str:
    """What a call names, with the names that imports have bound spelled out: `numpy.save` for `np.save`."""
    dotted = dotted_name(node)
    root, dot, rest = dotted.partition(".")
    return _imported(file, file.tree).get(root, root) + dot + rest


def calls_of(file: Source, names: Container[str]) -> Iterator[cst.Call]:
    """The calls of functions and methods of these names, or of functions imported as such."""
    for node in outline_of(file).below(file.tree, cst.Call):
        if called(file, node.func).rpartition(".")[2] in names:
            yield node


def strings_of(node: cst.CSTNode) -> Iterator[str]:
    """The texts that are written in the code."""
    for part in walk(node):
        if isinstance(part, cst.SimpleString) and isinstance(part.evaluated_value, str):
            yield part.evaluated_value


@once_in_outline
def asked(outline: Outline, tree: cst.CSTNode) -> frozenset[str]:
    """The texts of which the file asks whether they are in something."""
    return frozenset(
        text
        for node in outline.below(tree, cst.Comparison)
        if any(isinstance(one.operator, (cst.In, cst.NotIn)) for one in node.comparisons)
        for text in strings_of(node)
    )


@once_in_outline
def texts(outline: Outline, tree: cst.CSTNode) -> frozenset[str]:
    """All texts that are written in the code of a file."""
    return frozenset(text for node in outline.below(tree, cst.SimpleString) for text in strings_of(node))


@once_in_outline
def _imported(outline: Outline, tree: cst.CSTNode) -> Mapping[str, str]:
    """What the names stand for that imports bind, as a dotted name."""
    found: dict[str, str] = {}
    for node in outline.below(tree, cst.Import):
        for alias in node.names:
            if alias.asname is not None:
                found[dotted_name(alias.asname.name)] = dotted_name(alias.name)
    for statement in outline.below(tree, cst.ImportFrom):
        module = dotted_name(statement.module) if statement.module is not None and not statement.relative else ""
        for alias in statement.names if not isinstance(statement.names, cst.ImportStar) else ():
            bound = alias.name if alias.asname is None else alias.asname.name
            found[dotted_name(bound)] = f"{module}.{dotted_name(alias.name)}"
    return found


@once_in_outline
def _names(outline: Outline, tree: cst.CSTNode) -> Counter[str]:
    return Counter(node.value for node in outline.below(tree, cst.Name))
