"""What the optimizers of Keras keep for each weight that trains.

Source: the `build` methods of keras/src/optimizers (Keras 3.15). Each keeps some numbers besides (the step, the
learning rate), which are too few to count.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

#: An argument of the optimizer by its name and its place in the constructor; the default where it is not given.
Read = Callable[[str, "int | None", object], object]

#: Copies of each weight that an optimizer keeps in any case.
_COPIES: Mapping[str, int] = {
    "sgd": 0,
    "rmsprop": 1,
    "adam": 2,
    "adamw": 2,
    "adamax": 2,
    "nadam": 2,
    "adagrad": 1,
    "adadelta": 2,
    "ftrl": 2,
    "lion": 1,
    "lamb": 2,
}

#: Arguments that make it keep one more while they are true, with their places.
_MORE: Mapping[str, Mapping[str, int | None]] = {
    "sgd": {"momentum": 1},
    "rmsprop": {"momentum": 2, "centered": 4},
    "adam": {"amsgrad": 4},
    "adamw": {"amsgrad": 5},
}

#: What `compile` takes where it is given no optimizer.
DEFAULT = "rmsprop"


def copies(name: str, read: Read) -> int | None:
    """How many numbers an optimizer keeps for each number that trains; None where that is not known."""
    key = name.lower()
    if key not in _COPIES:
        return None
    count = _COPIES[key]
    for argument, place in _MORE.get(key, {}).items():
        value = read(argument, place, False)
        if not isinstance(value, (bool, int, float)):
            return None
        count += value != 0
    if read("use_ema", None, False) not in (False, None):
        count += 1  # the mean of the weights
    if read("gradient_accumulation_steps", None, None) is not None:
        count += 1  # the sum of the gradients
    return count
