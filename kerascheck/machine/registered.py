"""Names that a program gives its own functions and classes in Keras: what is written for each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import libcst as cst

from kerascheck.machine.mentions import mentions_in
from kerascheck.machine.names import canonical
from kerascheck.machine.static import once_a_file
from kerascheck.text.treewalk import walk

_TABLE = "get_custom_objects"
_SCOPES = ("custom_object_scope", "CustomObjectScope")


@once_a_file
def registered_in(source: Any) -> Mapping[str, cst.BaseExpression]:
    """What stands for the names that a file registers by `get_custom_objects` or in the scope of custom objects."""
    tables: set[int] = set()
    found: dict[str, cst.BaseExpression] = {}
    for mention in mentions_in(source):
        name = canonical(mention.dotted).rpartition(".")[2]
        if mention.call is not None and mention.root != "tensorflow":
            if name == _TABLE:
                tables.add(id(mention.call))
            elif name in _SCOPES and mention.call.args:
                found.update(_written(mention.call.args[0].value))
    for node in walk(source.tree) if tables else ():
        if isinstance(node, cst.Call) and isinstance(node.func, cst.Attribute) and id(node.func.value) in tables:
            if node.func.attr.value == "update" and node.args:
                found.update(_written(node.args[0].value))
        elif isinstance(node, cst.Assign) and len(node.targets) == 1:
            target = node.targets[0].target
            if isinstance(target, cst.Subscript) and id(target.value) in tables and len(target.slice) == 1:
                index = target.slice[0].slice
                key = index.value if isinstance(index, cst.Index) else None
                if isinstance(key, cst.SimpleString):
                    found[str(key.evaluated_value)] = node.value
    return found


def _written(node: cst.BaseExpression) -> Iterator[tuple[str, cst.BaseExpression]]:
    """The names and values of a dictionary that is written out."""
    for element in node.elements if isinstance(node, cst.Dict) else ():
        if isinstance(element, cst.DictElement) and isinstance(element.key, cst.SimpleString):
            yield str(element.key.evaluated_value), element.value
