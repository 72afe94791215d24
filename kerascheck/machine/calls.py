"""Calling any value."""

from __future__ import annotations

from collections.abc import Hashable

import libcst as cst

from kerascheck.machine import foreign
from kerascheck.machine.asking import PURE_METHODS
from kerascheck.machine.assumptions import restrict
from kerascheck.machine.classes import instantiate
from kerascheck.machine.dispatch import CALLS
from kerascheck.machine.external import find_external
from kerascheck.machine.functions import call_function
from kerascheck.machine.holding import touch
from kerascheck.machine.keras.calling import call_layer
from kerascheck.machine.keras.gone import note_function
from kerascheck.machine.keras.origins import note_object_call
from kerascheck.machine.keras.saving import forget_file
from kerascheck.machine.members import find_method, value_of_property
from kerascheck.machine.modules.paths import PathValue
from kerascheck.machine.paths import spread
from kerascheck.machine.run import Run
from kerascheck.machine.values import (
    BoundMethod,
    ClassValue,
    FunctionValue,
    Instance,
    NativeFunction,
    NativeMethod,
    Partial,
    Value,
)
from kerascheck.network.arguments import Arguments, Given
from kerascheck.network.ir import Layer, Site
from kerascheck.network.networks import Network
from kerascheck.network.program import KerasObject
from kerascheck.symbolic.unknown import Guarded, Symbol, Unknown


def _call_bound(run: Run, method: BoundMethod, arguments: Arguments, site: Site) -> Value:
    if arguments.positional or arguments.keywords:
        made = value_of_property(run, method, site)
        if made is not None:
            return run.call(made, arguments, site)
    return call_function(run, method.function, arguments, site, method.receiver)


def _call_native_function(run: Run, function: NativeFunction, arguments: Arguments, site: Site) -> Value:
    """`Base.__init__(self, ...)`: the receiver comes first."""
    if not arguments.positional:
        return run.fresh("a method without its object", site.node)
    rest = Arguments(
        arguments.positional[1:], arguments.keywords, arguments.open_positional, arguments.open_keywords, arguments.call
    )
    return function.run(run, arguments.positional[0].value, rest, site)


def _call_native(run: Run, method: NativeMethod, arguments: Arguments, site: Site) -> Value:
    return method.run(run, method.receiver, arguments, site)


def _call_partial(run: Run, partial: Partial, arguments: Arguments, site: Site) -> Value:
    return run.call(partial.function, _merge(partial.arguments, arguments), site)


def _call_instance(run: Run, instance: Instance, arguments: Arguments, site: Site) -> Value:
    if instance.layer is not None:
        return call_layer(run, instance.layer, arguments, site)
    method = find_method(instance, "__call__")
    if method is not None:
        return run.call(method, arguments, site)
    return run.fresh("the call of an object", site.node)


def _call_other(run: Run, function: Value, arguments: Arguments, site: Site) -> Value:
    if isinstance(function, Layer):
        return call_layer(run, function, arguments, site)
    if isinstance(function, KerasObject) and "initializer" in function.qualname:
        from kerascheck.machine.keras.operations_making import call_initializer

        return call_initializer(run, function, arguments, site)
    if isinstance(function, KerasObject) and function.qualname.startswith(("keras.losses.", "keras.metrics.")):
        note_object_call(run, function, "__call__", arguments, site)
    if isinstance(function, Unknown) and _declares_hyperparameter(function):
        from kerascheck.machine.modules.tuning import chosen

        return chosen(run, function, arguments, site)
    if isinstance(function, Unknown) and function.holds:
        key = function.key
        touch(run, function, key[2] if isinstance(key, tuple) and len(key) == 3 and key[0] == "attribute" else None)
    if isinstance(function, Unknown) and (answer := _of_text(function, arguments)) is not None:
        return answer
    if isinstance(function, Unknown) and isinstance(function.key, tuple) and function.key[-1] in _METHODS_OF_ARRAYS:
        from kerascheck.data.unknowns import call_unknown_method

        made = call_unknown_method(run, function, arguments, site)
        if made is not None:
            return made
    if isinstance(function, Unknown) and (changed := _changed_by(function)) is not None:
        run.grown[changed] = True
    if function is None and not run.guarded:
        run.fails("TypeError", "None is called", site.node)
    foreign.called(run, function)
    reason = function.reason if isinstance(function, Unknown) else "a call of something that is not known"
    _escape_all(run, arguments, reason)
    text = None
    if isinstance(function, Unknown) and function.text and not arguments.positional and not arguments.keywords:
        text = f"{function.text}()"
    return run.fresh(reason, site.node, text)


#: Methods of lists, sets and dictionaries after which there are more items or fewer.
_GROWING = frozenset(
    {"append", "extend", "insert", "remove", "pop", "clear", "add", "discard", "update", "popitem", "setdefault"}
)


def _changed_by(function: Unknown) -> Hashable:
    """The unknown value that has other items after this method of it; None where it keeps those it has."""
    key = function.key
    is_method = isinstance(key, tuple) and len(key) == 3 and key[0] == "attribute" and key[2] in _GROWING
    return key[1] if is_method else None  # type: ignore[index]


def _of_text(function: Unknown, arguments: Arguments) -> Unknown | None:
    """What a method of texts gives of an unknown one: the same each time. None where it is another method."""
    key = function.key
    if not isinstance(key, tuple) or len(key) != 3 or key[0] != "attribute" or key[2] not in PURE_METHODS:
        return None
    given = tuple(one.value for one in arguments.positional)
    if arguments.keywords or arguments.open_positional or not all(_is_plain_text(value) for value in given):
        return None
    shown = ", ".join(map(repr, given))
    text = f"{function.text}({shown})" if function.text else None
    return Unknown(function.reason, ("method", key[2], key[1], given), text, None, function.needs, function.origin)


def _is_plain_text(value: Value) -> bool:
    return isinstance(value, str) or (isinstance(value, tuple) and all(isinstance(part, str) for part in value))


#: Methods of arrays whose results are known in part even of an unknown one.
_METHODS_OF_ARRAYS = frozenset({"reshape", "astype"})


def _declares_hyperparameter(function: Unknown) -> bool:
    """Whether it is a method such as `hp.Int` of something unknown."""
    key = function.key
    return isinstance(key, tuple) and len(key) == 3 and key[0] == "attribute" and key[2] in _DECLARING


#: Methods by which KerasTuner declares hyperparameters.
_DECLARING = frozenset({"Int", "Float", "Choice", "Boolean", "Fixed"})


#: Functions of TensorFlow that give other numbers each time.
_DRAWING = (
    "tensorflow.random.uniform", "tensorflow.random.normal", "tensorflow.random.truncated_normal",
    "tensorflow.random.shuffle", "tensorflow.random.poisson", "tensorflow.random.categorical",
    "tensorflow.random.gamma", "tensorflow.random_uniform", "tensorflow.random_normal", "tensorflow.image.random_",
)  # fmt: skip
#: Operations of TensorFlow that take logits.
_OF_LOGITS = frozenset(
    f"tensorflow.nn.{name}_cross_entropy_with_logits" for name in ("sparse_softmax", "softmax", "sigmoid")
)


def _call_external(run: Run, function: Symbol, arguments: Arguments, site: Site) -> Value:
    if function.name.startswith(_DRAWING):
        run.drawn += 1
    if function.name in _OF_LOGITS:
        note_object_call(run, function.name, "__call__", arguments, site)
    handler = find_external(function.name)
    if not run.tracing:
        note_function(run, function.name, arguments, site)
    if handler is not None:
        try:
            return handler(run, function.name, arguments, site)
        except ArithmeticError as error:  # numbers that Python itself cannot compute with either
            return run.fails(type(error).__name__, f"{function.name}() of numbers that are too large", site.node)
    for given in (*arguments.positional, *arguments.keywords.values()):
        if isinstance(given.value, Network):
            given.value.met_data = True  # it may be trained in there
    run.writes += 1
    if not run.project.is_harmless(function.name):
        foreign.called(run, function)
        _escape_all(run, arguments, f"it is passed to {function.name}, which is not analysed", site.node)
    else:
        from kerascheck.data.written import changed_arrays

        for array in changed_arrays(function.name, arguments):
            run.escape(array, f"{function.name} may write to it")
    return run.fresh(f"the result of {function.name}", site.node)


def _escape_all(run: Run, arguments: Arguments, reason: str, node: cst.CSTNode | None = None) -> None:
    for given in (*arguments.positional, *arguments.keywords.values()):
        run.escape(given.value, reason, node)
        foreign.escaped(run, given.value)
        if isinstance(given.value, (str, PathValue)):
            forget_file(run, given.value)


def _merge(first: Arguments, second: Arguments) -> Arguments:
    return Arguments(
        [*first.positional, *second.positional],
        {**first.keywords, **second.keywords},
        first.open_positional or second.open_positional,
        first.open_keywords or second.open_keywords,
        second.call,
    )


def plain_call(run: Run, function: Value, values: list[Value], site: Site) -> Value:
    """Call with positional values."""
    return run.call(function, Arguments([Given(v) for v in values], {}), site)


def _call_in_each_case(run: Run, function: Guarded, arguments: Arguments, site: Site) -> Value:
    """What hangs on conditions is called in each case, also where something else calls it."""
    known = restrict(run, function)
    if type(known) is not Guarded:
        return run.call(known, arguments, site)
    return spread(run, lambda one: run.call(one, arguments, site), known)


CALLS.update(
    {
        Guarded: _call_in_each_case,
        Symbol: _call_external,
        NativeMethod: _call_native,
        NativeFunction: _call_native_function,
        FunctionValue: call_function,
        BoundMethod: _call_bound,
        ClassValue: instantiate,
        Instance: _call_instance,
        Partial: _call_partial,
        object: _call_other,
    }
)
