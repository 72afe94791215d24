"""What Python and Keras refuse of layers and models whose classes are the program's own.

Source: `Layer.__init__`, `Layer.__call__` and `Layer.add_weight` of keras/src/layers/layer.py (Keras 3.15).
"""

from __future__ import annotations

from typing import TypeGuard

import libcst as cst

from kerascheck.layers.names import INITIALIZERS, check_base, unknown_name
from kerascheck.machine.functions import SymbolicArguments
from kerascheck.machine.members import find_method
from kerascheck.machine.static import names_used
from kerascheck.machine.values import BoundMethod, ClassValue, Instance
from kerascheck.network.arguments import Arguments
from kerascheck.network.dims import format_shape
from kerascheck.symbolic.unknown import KerasError, Symbol

#: The keyword arguments that `Layer.__init__` of Keras 3 takes.
BASE_ARGUMENTS = frozenset(
    {"activity_regularizer", "trainable", "dtype", "autocast", "name", "input_dim", "input_shape"}
)
#: Arguments that Keras adds to a call, or takes out of it.
_INJECTED = frozenset({"training", "mask"})
#: Classes among the ancestors that do not change how `__init__` and `call` are found.
_PLAIN = frozenset({"builtins.object", "abc.ABC"})


def refused_binding(method: BoundMethod, arguments: Arguments, subject: str) -> KerasError | None:
    """The TypeError of a call that does not fit the parameters of `__init__` or `call`; None where it does."""
    node = method.function.node
    if isinstance(node, cst.Lambda) or node.decorators or isinstance(arguments, SymbolicArguments):
        return None
    params = node.params
    positional = [*params.posonly_params, *params.params][1:]
    names = {param.name.value for param in (*positional, *params.kwonly_params)}
    if not isinstance(params.star_arg, cst.Param) and len(arguments.positional) > len(positional):
        message = f"{subject} takes {len(positional)} positional arguments, {len(arguments.positional)} are given"
        return KerasError(message, "argument")
    for name in arguments.keywords:
        if name not in names and name not in _INJECTED and params.star_kwarg is None:
            hint = "; accept **kwargs and pass them to super().__init__(**kwargs)" if name in BASE_ARGUMENTS else ""
            return KerasError(f"{subject} has no argument {name}{hint}", "unknown-argument")
    if arguments.open_positional or arguments.open_keywords:
        return None
    for param in (*positional[len(arguments.positional) :], *params.kwonly_params):
        name = param.name.value
        if param.default is None and name not in arguments.keywords and name not in _INJECTED:
            return KerasError(f"{subject} needs the argument {name}", "missing-argument")
    return None


def refused_training(method: BoundMethod, arguments: Arguments, subject: str) -> KerasError | None:
    """The TypeError of a `call` that needs `training`, which Keras gives only where it is known (Keras 3.15)."""
    node = method.function.node
    if isinstance(node, cst.Lambda) or node.decorators or arguments.open_keywords or arguments.open_positional:
        return None
    for place, param in enumerate((*node.params.params, *node.params.kwonly_params)):
        if param.name.value == "training" and param.default is None:
            given = "training" in arguments.keywords or place <= len(arguments.positional)
            if not given and not isinstance(arguments, SymbolicArguments):
                return KerasError(
                    f"{subject} needs the argument training, which is not passed here; "
                    "give it a default, training=None",
                    "missing-argument",
                )
    return None


def refused_base(cls: ClassValue, arguments: Arguments) -> KerasError | None:
    """The refusal of what `super().__init__(...)` hands to `Layer` or `Model`; not for inputs and outputs."""
    if not is_plain_subclass(cls):
        return None
    if arguments.positional:
        return KerasError(
            f"{cls.name}: the __init__ of Layer and Model takes its arguments by name, {len(arguments.positional)} are "
            "given by position",
            "argument",
        )
    for name in arguments.keywords:
        if name not in BASE_ARGUMENTS:
            return KerasError(
                f"{cls.name}: the __init__ of Layer and Model has no argument {name}; keep it in the class",
                "unknown-argument",
            )
    try:
        check_base(cls.name, {name: given.value for name, given in arguments.keywords.items()})
    except KerasError as error:
        return error
    return None


def is_plain_subclass(cls: ClassValue) -> bool:
    """Whether all ancestors are classes of the program, one of Keras's, and nothing that is not known."""
    return all(
        isinstance(base, ClassValue)
        or (isinstance(base, Symbol) and (base.name.startswith("keras.") or base.name in _PLAIN))
        for base in cls.mro()
    )


def refused_class(instance: Instance, has_base: bool) -> KerasError | None:
    """The refusal of any call of the object: its base was never initialised, or it has no `call`."""
    cls = instance.cls
    if instance.unknown is not None or not is_plain_subclass(cls) or find_method(instance, "__call__") is not None:
        return None
    init = find_method(instance, "__init__")
    if init is not None and not _initialises_base(init):
        return KerasError(
            f"{cls.name}.__init__ does not call super().__init__(), as its first statement should", "super-init"
        )
    if not has_base and find_method(instance, "call") is None and "call" not in instance.attributes:
        return KerasError(f"{cls.name} has no method call, so it cannot be called on a tensor", "class")
    return None


def _initialises_base(init: BoundMethod) -> bool:
    """Whether `__init__` may call that of a base class, however it is written."""
    node = init.function.node
    if isinstance(node, cst.FunctionDef) and node.decorators:
        return True
    return not _INITIALISING.isdisjoint(names_used(init.function.site.file, node.body))


_INITIALISING = frozenset({"super", "__init__", "setattr", "exec"})


def _is_row(written: object) -> TypeGuard[tuple[object, ...]]:
    return isinstance(written, tuple)


def _shown(size: object) -> str:
    is_shape = isinstance(size, tuple) and all(one is None or isinstance(one, int) for one in size)
    return format_shape(size) if is_shape else f"{size!r}" if isinstance(size, (str, float)) else "a tuple"  # type: ignore[arg-type]


def refused_weight(
    layer: str, arguments: Arguments, written: object, shape: object, is_entry: bool
) -> KerasError | None:
    """The refusal of the arguments of `self.add_weight(...)` in Keras 3.

    `written`: the shape as the program gives it, which may be none at all.

    Where nobody makes the layer (`is_entry`), a size that is None may be a default that every caller replaces.
    """
    first = arguments.positional[0].value if arguments.positional else None
    if isinstance(first, str):
        return KerasError(
            f"{layer}.add_weight takes the shape first in Keras 3; write add_weight(shape=..., name={first!r})",
            "old-argument",
        )
    if isinstance(shape, tuple) and None in shape and not is_entry:
        return KerasError(
            f"{layer}.add_weight needs a known shape, got {format_shape(shape)}; a weight has no batch axis, and an "
            "axis of any size cannot have weights",
            "argument",
        )
    wrong = next((one for one in written if isinstance(one, (tuple, str, float))), None) if _is_row(written) else None
    if wrong is not None:
        advice = "; with several inputs, build gets a list of shapes" if isinstance(wrong, tuple) else ""
        return KerasError(f"{layer}.add_weight expects whole numbers in shape, got {_shown(wrong)}{advice}", "argument")
    initializer = arguments.value("initializer", 1)
    if isinstance(initializer, str) and initializer not in INITIALIZERS:
        return unknown_name(f"{layer}.add_weight", "initializer", initializer, INITIALIZERS)
    return None
