"""Uses of layers, models and tensors that Keras 3 does not know: what is noted, and what real Keras says to them."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator
from typing import Any

import pytest

from kerascheck.machine.keras import gone
from kerascheck.network.program import OldForm
from tests.machine.helpers import build


def noted(code: str) -> list[tuple[str, str]]:
    """The kinds and names of all old forms in a program."""
    found: list[OldForm] = [form for program in build(code).paths for form in program.gone]
    return list(dict.fromkeys((form.kind, form.name) for form in found))


#: Arguments behind the tensor, for functions that need more.
_MORE: dict[str, tuple[Any, ...]] = {
    **dict.fromkeys(("add", "divide", "equal", "greater", "greater_equal", "less", "less_equal", "maximum"), ("x",)),
    **dict.fromkeys(("minimum", "multiply", "not_equal", "pow", "subtract", "matmul", "batch_dot", "dot"), ("x",)),
    **dict.fromkeys(("binary_crossentropy", "power"), ("x",)),
    **dict.fromkeys(("expand_dims", "squeeze", "split", "unstack", "repeat"), (1,)),
    **dict.fromkeys(("cast",), ("float16",)),
    **dict.fromkeys(("clip_by_value", "clip"), (0.0, 1.0)),
    **dict.fromkeys(("reshape", "broadcast_to"), ((-1, 2),)),
    **dict.fromkeys(("ensure_shape",), ((None, 4),)),
    "gather": ([0],),
    "gather_nd": ([[0]],),
    "boolean_mask": ([True],),
    "slice": ([0, 0], [-1, 2]),
    "one_hot": (3,),
    "pad": ([[0, 0], [1, 1]],),
    "tile": ([1, 2],),
    "reverse": ([1],),
    "tensordot": ("x", 1),
    "where": ("x", "x"),
    "top_k": (2,),
    "bias_add": ([1.0] * 4,),
    "moments": ([0],),
    "dropout": (0.5,),
    "max_pool2d": (2, 2, "VALID"),
    "avg_pool2d": (2, 2, "VALID"),
    "conv2d": ("x", 1, "VALID"),
    "depth_to_space": (2,),
    "space_to_depth": (2,),
    "resize": ((8, 8),),
    "permute_dimensions": ((1, 0),),
    "repeat_elements": (2, 1),
    "resize_images": (2, 2, "channels_last"),
}


def _refused() -> list[Any]:
    return [
        pytest.param(package, name, id=f"{package}.{name}")
        for package, names in gone._REFUSING.items()
        for name in sorted(names)
    ]


@pytest.mark.oracle
@pytest.mark.parametrize(("package", "name"), _refused())
def test_keras_refuses_the_function_on_a_placeholder(keras: Any, package: str, name: str) -> None:
    module = {"keras.backend": "keras._tf_keras.keras.backend"}.get(package, package)
    function = importlib.import_module(module)
    for part in name.split("."):
        function = getattr(function, part)
    refused = [_refuses(function, arguments) for arguments in (_usual(keras, name), *_calls(keras))]
    assert True in refused
    assert False not in refused or name == "stop_gradient"  # of a list, it begins when somebody asks


def _usual(keras: Any, name: str) -> tuple[Any, ...]:
    """What the function is usually given, with a placeholder among it."""
    tensor = keras.layers.Dense(4)(keras.Input((4, 4, 3) if "2d" in name or "image" in name else (4,)))
    short = name.rpartition(".")[2]
    more = [tensor if argument == "x" else argument for argument in _MORE.get(short, ())]
    first: Any = [tensor, tensor] if short in ("concat", "stack", "concatenate") else tensor
    if short == "concat":
        more = [-1]
    return ("ij->ij", tensor) if short == "einsum" else (first, *more)


def _calls(keras: Any) -> Iterator[tuple[Any, ...]]:
    """What a function may be given, a placeholder among it: which of these it takes is not asked."""
    image, row = keras.Input((4, 4, 3)), keras.Input((4,))
    for x in (image, row):
        yield from ((x,), (x, x), (x, x, x), (x, 1), (x, 0.1), (x, 0.0, 1.0), (x, 1, 1), (x, (1, 1)), (x, [2, 2]))
        yield from (([x, x],), ([x, x], -1), (x, 2, 2), (x, (2, 2), (1, 1), "SAME"), (x, [[0, 0]] * len(x.shape)))


def _refuses(function: Any, arguments: tuple[Any, ...]) -> bool | None:
    """Whether it refuses the placeholder in a call; None where it does not come to that."""
    try:
        function(*arguments)
    except (ValueError, AttributeError, NotImplementedError, TypeError) as error:
        return True if re.search(r"KerasTensor|attribute", str(error)) else None
    except Exception:
        return None
    return False


def test_functions_on_placeholders() -> None:
    code = """
import tensorflow as tf
from tensorflow.keras import layers
x = layers.Dense(4)(layers.Input((4,)))
tf.reduce_sum(x)
tf.concat([x, x], axis=1)
tf.is_tensor(x)
tf.debugging.assert_equal(1, 1)
"""
    assert noted(code) == [("function", "reduce_sum"), ("function", "concat")]


def test_in_a_call_tensors_are_those_of_the_backend() -> None:
    code = """
import tensorflow as tf
from tensorflow.keras import layers
class Sum(layers.Layer):
    def call(self, x):
        print(x.get_shape().as_list())
        return tf.reduce_sum(x, axis=-1)
x = Sum()(layers.Input((4,)))
y = layers.Lambda(lambda x: tf.square(x))(layers.Input((4,)))
"""
    assert noted(code) == []


def test_shapes_of_placeholders_are_tuples() -> None:
    code = """
from tensorflow.keras import layers
x = layers.Dense(4)(layers.Input((4,)))
shape = x.shape
print(shape.as_list(), x.shape.rank)
"""
    assert noted(code) == [("shape", "as_list"), ("shape", "rank")]


def test_shapes_of_arrays_and_eager_tensors_are_theirs() -> None:
    code = """
import tensorflow as tf
from tensorflow.keras import layers
x = layers.Dense(4)(tf.zeros((2, 4)))
print(x.shape.as_list(), tf.zeros((2, 3)).shape.rank)
"""
    assert noted(code) == []


def test_members_that_the_program_sets_are_its_own() -> None:
    code = """
import keras
model = keras.Sequential([keras.layers.Dense(1)])
model.targets = [1]
print(model.targets)
"""
    assert noted(code) == []


def test_the_optimizer_of_a_model() -> None:
    code = """
import keras
model = keras.Sequential([keras.layers.Dense(1)])
model.compile("adam", "mse")
print(model.optimizer.lr)
model.optimizer.lr = 0.1
"""
    assert noted(code.replace("model.optimizer.lr = 0.1\n", "")) == [("member", "lr")]
    assert noted(code) == [("set", "lr")]


def test_who_is_ready_for_it_is_not_told() -> None:
    code = """
import keras
optimizer = keras.optimizers.Adam()
try:
    rate = optimizer.lr
except AttributeError:
    rate = optimizer.learning_rate
"""
    assert noted(code) == []
