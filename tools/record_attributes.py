"""Writes `kerascheck/keras/attributes.txt`: what the objects of the classes of the installed Keras 3 have.

Usage: python tools/record_attributes.py
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from pathlib import Path

DATA = Path(__file__).resolve().parent.parent / "kerascheck" / "keras" / "attributes.txt"

#: Modules of classes from which programs derive theirs.
MODULES = (
    *("layers", "metrics", "losses", "callbacks", "constraints", "regularizers", "initializers", "optimizers"),
    *("optimizers.schedules", "utils"),
)


def attributes_of(cls: type) -> set[str]:
    """What its objects have: members, and what any method sets on its first parameter."""
    found: set[str] = set()
    for base in cls.__mro__[:-1]:
        found |= set(vars(base))
        try:
            tree = ast.parse(textwrap.dedent(inspect.getsource(base)))
        except (OSError, TypeError):
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef) and node.args.args:
                own = node.args.args[0].arg
                found |= {
                    part.attr
                    for part in ast.walk(node)
                    if isinstance(part, ast.Attribute)
                    and isinstance(part.ctx, ast.Store)
                    and isinstance(part.value, ast.Name)
                    and part.value.id == own
                }
    return {name for name in found if not name.startswith("__")}


def lines() -> list[str]:
    """What the file should hold: a class, the one before it in the file of whose names it has all, and the others."""
    import keras
    from keras.src.models.functional import Functional

    classes: dict[str, type] = {"keras.Layer": keras.Layer, "keras.Model": keras.Model}
    classes |= {"keras.Sequential": keras.Sequential, "keras.Functional": Functional}
    for module in MODULES:
        held: object = keras
        for part in module.split("."):
            held = getattr(held, part)
        for name, value in sorted(vars(held).items()):
            if inspect.isclass(value) and value not in classes.values():
                classes[f"keras.{module}.{name}"] = value
    known: dict[str, set[str]] = {}
    found = []
    for dotted, cls in sorted(classes.items(), key=lambda one: (len(one[1].__mro__), one[0])):
        names = attributes_of(cls)
        below = [other for other in known if issubclass(cls, classes[other])]
        base = max(below, key=lambda other: len(known[other]), default="")
        found.append(" ".join([dotted, base or "-", *sorted(names - known.get(base, set()))]))
        known[dotted] = names
    return found


if __name__ == "__main__":
    DATA.write_text("\n".join(lines()) + "\n", encoding="utf-8")
