"""The names that a program gives its own losses, activations and so on, so that an older Keras finds them by text.

`register_keras_serializable` is not among what does so, for it registers "Package>name", nor are the `custom_objects`
of one model that is loaded. Keras 3 looks up none of these names but those of initializers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import libcst as cst

from kerascheck.machine.static import once_a_file, outline_of
from kerascheck.network.ir import Site
from kerascheck.text.outline import Outline

#: What makes plain names of the program known to Keras 2 wherever it looks one up.
NAMES_OBJECTS = re.compile(r"custom_object_scope|CustomObjectScope|get_custom_objects|object_registration")
_SCOPES = frozenset({"custom_object_scope", "CustomObjectScope"})


def registers_names(site: Site, name: str) -> bool:
    """Whether the program may give Keras this name, so that a string unknown to us can be known to Keras.

    "Package>name" is the form of a name that any module may have registered.
    """
    if ">" in name:
        return True
    if NAMES_OBJECTS.search(getattr(site.file, "code", "")) is None:
        return False
    names = _registered(site.file)
    return names is None or name in names


@once_a_file
def _registered(source: Any) -> frozenset[str] | None:
    """The names that the file registers; None where they do not stand in it."""
    outline = outline_of(source)
    imports = outline.below(source.tree, cst.Import, cst.ImportFrom)
    uses = [
        node
        for node in outline.below(source.tree, cst.Name, skipping=imports)
        if isinstance(node, cst.Name) and NAMES_OBJECTS.fullmatch(node.value)
    ]
    tables = list(_tables(outline, source.tree))
    if len(tables) < len(uses) or None in tables:
        return None
    return frozenset(name for table in tables if table is not None for name in table)


def _tables(outline: Outline, tree: cst.Module) -> Iterator[frozenset[str] | None]:
    """The names of each place that registers some; None for one where they are not written."""
    for node in outline.below(tree, cst.Call, cst.Subscript):
        if isinstance(node, cst.Subscript) and _is_registry(node.value):
            index = node.slice[0].slice if len(node.slice) == 1 else None
            yield _words([index.value]) if isinstance(index, cst.Index) else None
        elif isinstance(node, cst.Call) and _last(node.func) in _SCOPES:
            yield _given(node)
        elif isinstance(node, cst.Call) and isinstance(node.func, cst.Attribute) and _is_registry(node.func.value):
            yield _given(node) if node.func.attr.value == "update" else None


def _is_registry(node: cst.BaseExpression) -> bool:
    return isinstance(node, cst.Call) and _last(node.func) == "get_custom_objects"


def _last(node: cst.BaseExpression) -> str | None:
    """The last part of a dotted name."""
    if isinstance(node, cst.Attribute):
        return node.attr.value
    return node.value if isinstance(node, cst.Name) else None


def _given(call: cst.Call) -> frozenset[str] | None:
    """The keys of the dictionaries that a call is given, and its keywords."""
    names: set[str] = set()
    for arg in call.args:
        if arg.keyword is not None:
            names.add(arg.keyword.value)
        elif not arg.star and isinstance(arg.value, cst.Dict):
            keys = [item.key for item in arg.value.elements if isinstance(item, cst.DictElement)]
            words = _words(keys) if len(keys) == len(arg.value.elements) else None
            if words is None:
                return None
            names |= words
        else:
            return None
    return frozenset(names)


def _words(nodes: list[cst.BaseExpression]) -> frozenset[str] | None:
    """The texts that these nodes write; None where one writes something else."""
    values = [node.evaluated_value if isinstance(node, cst.SimpleString) else None for node in nodes]
    words = frozenset(value for value in values if isinstance(value, str))
    return words if len(words) == len(set(values)) else None
