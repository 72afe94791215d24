"""Writes `kerascheck/keras/names.txt`: the public names of the installed Keras 3, and of its `tf.keras`.

Usage: python tools/record_names.py
"""

from __future__ import annotations

import importlib
import pkgutil
from pathlib import Path
from types import ModuleType

DATA = Path(__file__).resolve().parent.parent / "kerascheck" / "keras" / "names.txt"


def names_in(module: ModuleType, prefix: str = "") -> set[str]:
    """The public names in a module and in those below it."""
    found: set[str] = set()
    for below in pkgutil.iter_modules(module.__path__) if hasattr(module, "__path__") else ():
        if below.ispkg and not below.name.startswith("_") and below.name != "src":
            importlib.import_module(f"{module.__name__}.{below.name}")  # some are in their packages only from then on
    for name in dir(module):
        value = getattr(module, name)
        if name.startswith("_"):
            continue
        if isinstance(value, ModuleType):
            if not value.__name__.startswith("keras") or ".src" in value.__name__:
                continue
            found |= names_in(value, f"{prefix}{name}.")
        found.add(f"{prefix}{name}")
    return found


def lines() -> list[str]:
    """What the file should hold."""
    import keras
    import keras._tf_keras.keras as tf_keras

    own, in_tensorflow = names_in(keras), names_in(tf_keras)
    both = own & in_tensorflow
    return [
        f"{name}{'' if name in both else ' keras' if name in own else ' tf.keras'}"
        for name in sorted(own | in_tensorflow)
    ]


if __name__ == "__main__":
    DATA.write_text("\n".join(lines()) + "\n", encoding="utf-8")
