"""Functions of the standard library and of numpy that models are built with."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from kerascheck.machine.operators import binary
from kerascheck.machine.run import RAISED, Run
from kerascheck.machine.sequences import items_of
from kerascheck.machine.values import (
    ClassValue,
    Instance,
    Scope,
    UserRaise,
    Value,
)
from kerascheck.network.arguments import Arguments
from kerascheck.network.dims import SymDim
from kerascheck.network.ir import Site
from kerascheck.symbolic.unknown import Symbol, Unknown

Library = Callable[[Run, str, Arguments, Site], Value]


def _plain(function: Callable[..., Any]) -> Library:
    """A pure function of numbers."""

    def call(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
        values = [given.value for given in arguments.positional]
        if values and not arguments.keywords and all(isinstance(v, (int, float)) for v in values):
            try:
                return function(*values)
            except RAISED:
                return run.fresh(f"{name} that raises", site.node)
        if len(values) == 1 and isinstance(values[0], Unknown):
            text = f"{name}({values[0].text})" if values[0].text else None
            return Unknown(values[0].reason, ("call", name, values[0].key), text)
        return run.fresh(f"{name} of something unknown", site.node)

    return call


def _prod(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    items = items_of(run, arguments.positional[0].value) if arguments.positional else Unknown(name)
    if not isinstance(items, Unknown) and not arguments.keywords and len(arguments.positional) == 1:
        total: Value = 1
        scope = Scope("module", None, site.file)
        for item in items:
            total = binary(run, "Multiply", total, item, site.node, scope)
            if not isinstance(total, (int, float, SymDim)):
                break
        else:
            return total
    return run.fresh(f"{name} of something unknown", site.node)


def _exit(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    raise UserRaise(Symbol("builtins.SystemExit"))


def _identity(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    return arguments.positional[0].value if arguments.positional else run.fresh(name, site.node)


def _tqdm(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    return arguments.value("iterable", 0, run.unknown_list(name))


def _trange(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    from kerascheck.machine.builtins import BUILTINS

    positional = Arguments(arguments.positional, {}, arguments.open_positional)
    return BUILTINS["range"](run, name, positional, site)


def namespace(run: Run, name: str, attributes: dict[str, Value], site: Site) -> Instance:
    """An object that is nothing but its attributes, of a class of this name."""
    cls = ClassValue(name, site.node, Scope("module", None, site.file), [], site)  # type: ignore[arg-type]
    made = Instance(cls, run.tick())
    made.attributes = attributes
    return made


def make_namespace(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`types.SimpleNamespace(a=1)`."""
    attributes = {key: given.value for key, given in arguments.keywords.items()}
    made = namespace(run, name.rpartition(".")[2], attributes, site)
    if arguments.open_keywords:
        made.unknown = Unknown("** arguments of unknown content")
    return made


def _choice(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """`random.choice(items)`: known where there is nothing to choose."""
    items = items_of(run, arguments.value("seq", 0))
    if not isinstance(items, Unknown) and len(items) == 1:
        return items[0]
    return run.fresh("a random choice", site.node)


def _image_data_format(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    return run.image_data_format


def _image_dim_ordering(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """The name that Keras 1 has for the image data format."""
    known = {"channels_last": "tf", "channels_first": "th"}
    return known.get(run.image_data_format) or run.fresh("the image data format", site.node)


def _set_image_data_format(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    value = arguments.positional[0].value if arguments.positional else None
    run.image_data_format = value if isinstance(value, str) else run.fresh("the image data format", site.node)
    run.is_order_set = True
    return None


def _set_image_dim_ordering(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """The same of Keras 1: "th" as in Theano, "tf" as in TensorFlow."""
    value = arguments.positional[0].value if arguments.positional else arguments.value("dim_ordering")
    known = {"th": "channels_first", "tf": "channels_last"}.get(value) if isinstance(value, str) else None
    run.image_data_format = known if known is not None else run.fresh("the image data format", site.node)
    run.is_order_set = True
    return None


def _obtain_input_shape(run: Run, name: str, arguments: Arguments, site: Site) -> Value:
    """What the sources of models asked Keras for before version 2.2: the shape of an image.

    Source: `obtain_input_shape` in keras/src/applications/imagenet_utils.py.
    """
    shape, size = arguments.value("input_shape", 0), arguments.value("default_size", 1)
    top = arguments.value("require_flatten", 4, arguments.value("include_top", None))
    weights = arguments.value("weights", 5)
    image_data_format = arguments.value("data_format", 3, run.image_data_format)
    unknown = any(isinstance(value, Unknown) for value in (shape, size, top, weights, image_data_format))
    if unknown or not isinstance(size, int) or not isinstance(top, bool):
        return run.fresh(f"the result of {name}", site.node)
    if shape is not None and not (weights == "imagenet" and top):
        return shape
    sides: tuple[Value, Value] = (size, size) if top else (None, None)
    return (3, *sides) if image_data_format == "channels_first" else (*sides, 3)


#: Functions of `math` that take numbers.
_MATH = (
    "ceil", "floor", "sqrt", "log", "log2", "log10", "exp", "pow", "fabs", "trunc", "gcd", "isclose", "hypot", "sin",
    "cos", "tan", "tanh", "atan2", "degrees", "radians", "isfinite", "isinf", "isnan", "fmod", "copysign",
)  # fmt: skip

LIBRARIES: dict[str, Library] = {
    "keras.applications.imagenet_utils._obtain_input_shape": _obtain_input_shape,
    "keras.applications.imagenet_utils.obtain_input_shape": _obtain_input_shape,
    "keras_applications.imagenet_utils._obtain_input_shape": _obtain_input_shape,
    **{f"math.{name}": _plain(getattr(math, name)) for name in _MATH},
    "math.prod": _prod,
    "random.choice": _choice,
    "sys.exit": _exit,
    "os._exit": _exit,
    "tqdm.tqdm": _tqdm,
    "tqdm.auto.tqdm": _tqdm,
    "tqdm.notebook.tqdm": _tqdm,
    "tqdm.trange": _trange,
    "types.SimpleNamespace": make_namespace,
    "tensorflow.function": _identity,
    # Keras's own default, which few programs change; those that do are seen to (see set_image_data_format).
    "keras.backend.image_data_format": _image_data_format,
    "keras.config.image_data_format": _image_data_format,
    "keras.backend.image_dim_ordering": _image_dim_ordering,
    "keras.backend.set_image_dim_ordering": _set_image_dim_ordering,
    "keras.backend.set_image_data_format": _set_image_data_format,
    "keras.config.set_image_data_format": _set_image_data_format,
}
