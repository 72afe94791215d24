"""Methods of tensors that hold data. Source: https://www.tensorflow.org/api_docs/python/tf/Tensor"""

from __future__ import annotations

from kerascheck.data.array import Array
from kerascheck.data.methods import Method
from kerascheck.data.values import shape_argument
from kerascheck.machine.run import Run
from kerascheck.machine.values import Value
from kerascheck.network.arguments import Arguments
from kerascheck.network.ir import Site
from kerascheck.symbolic.unknown import Unknown


def _numpy(run: Run, array: Array, arguments: Arguments, site: Site) -> Value:
    made = array.snapshot()
    made.birth, made.kind = run.tick(), "numpy"
    return made


def _set_shape(run: Run, array: Array, arguments: Arguments, site: Site) -> Value:
    """`tensor.set_shape(shape)`: the program vouches for sizes that are not known."""
    shape = shape_argument(run, arguments.value("shape", 0), site)
    if isinstance(shape, Unknown):
        return None
    if isinstance(array.shape, tuple) and len(array.shape) == len(shape):
        shape = tuple(old if new is None else new for old, new in zip(array.shape, shape, strict=True))
    array.shape = shape
    return None


def _get_shape(run: Run, array: Array, arguments: Arguments, site: Site) -> Value:
    return array.shape if isinstance(array.shape, tuple) else run.fresh("the shape of a tensor", site.node)


METHODS: dict[str, Method] = {"numpy": _numpy, "set_shape": _set_shape, "get_shape": _get_shape}
