"""Functions of the old backend and what takes their place give the same numbers."""

from __future__ import annotations

import pytest

from kerascheck.project.target import Era
from tests.migrate.helpers import migrated

pytestmark = pytest.mark.oracle

#: Calls, with arrays of these names.
ARRAYS = """\
import numpy as np
import tensorflow as tf
rows = np.random.RandomState(0).rand(3, 4).astype("float32") + 0.1
more = np.random.RandomState(1).rand(3, 4).astype("float32") + 0.1
shares = rows / rows.sum(axis=-1, keepdims=True)
cubes = np.random.RandomState(2).rand(2, 3, 4).astype("float32")
kernel = np.random.RandomState(3).rand(4, 5).astype("float32")
places = np.array([2, 0, 1])
rows, more, shares, cubes, kernel, places = map(tf.constant, (rows, more, shares, cubes, kernel, places))
"""
CALLS = [
    "K.abs(rows - 0.5)", "K.all(rows > 0.3, axis=1)", "K.any(rows > 0.9)", "K.arange(1, 5)", "K.argmax(rows)",
    "K.argmin(rows, axis=0)", "K.batch_flatten(cubes)", "K.binary_crossentropy(shares, shares * 0.9)",
    "K.cast(rows, 'int32')", "K.cast_to_floatx(places)", "K.categorical_crossentropy(shares, shares)",
    "K.clip(rows, 0.2, 0.5)", "K.clip(rows, min_value=0.2, max_value=0.5)", "K.concatenate([rows, more])",
    "K.concatenate([rows, more], axis=0)", "K.constant(3.0)", "K.constant([1, 2], dtype='float32')", "K.cos(rows)",
    "K.cumprod(rows)", "K.cumsum(rows, axis=1)", "K.dot(rows, kernel)", "K.dot(cubes, kernel)", "K.elu(rows - 0.5)",
    "K.equal(rows, more)", "K.eval(K.sum(rows))", "K.exp(rows)", "K.expand_dims(rows)", "K.expand_dims(rows, 0)",
    "K.eye(3)", "K.flatten(cubes)", "K.gather(rows, places)", "K.greater(rows, more)", "K.greater_equal(rows, 0.5)",
    "K.in_top_k(rows, places, 2)", "K.int_shape(K.constant(rows))", "K.l2_normalize(rows, axis=-1)",
    "K.less(rows, more)", "K.less_equal(rows, more)", "K.log(rows)", "K.map_fn(lambda x: x * 2, K.constant(rows))",
    "K.max(rows, axis=-1, keepdims=True)", "K.maximum(rows, more)", "K.mean(rows)", "K.mean(rows, axis=0)",
    "K.min(rows, axis=1)", "K.minimum(rows, 0.5)", "K.ndim(rows)", "K.not_equal(rows, more)", "K.one_hot(places, 3)",
    "K.ones((2, 3))", "K.ones_like(rows)", "K.permute_dimensions(cubes, (0, 2, 1))", "K.pow(rows, 2)",
    "K.prod(rows, axis=1)", "K.relu(rows - 0.5)", "K.relu(rows - 0.5, alpha=0.1, max_value=0.3)", "K.repeat(rows, 2)",
    "K.repeat_elements(rows, 2, axis=0)", "K.repeat_elements(rows, rep=2, axis=1)", "K.reshape(cubes, (2, 12))",
    "K.reverse(rows, axes=0)", "K.round(rows)", "K.shape(rows)", "K.sigmoid(rows)", "K.sign(rows - 0.5)", "K.sin(rows)",
    "K.softmax(rows)", "K.softmax(rows, axis=0)", "K.softplus(rows)", "K.softsign(rows)",
    "K.sparse_categorical_crossentropy(places, shares)", "K.sqrt(rows)", "K.square(rows)", "K.squeeze(rows[None], 0)",
    "K.stack([rows, more])", "K.stack([rows, more], axis=1)", "K.std(rows, axis=1)", "K.stop_gradient(rows)",
    "K.sum(rows, axis=-1)", "K.switch(rows > 0.5, rows, more)", "K.tanh(rows)", "K.tile(rows, (1, 2))",
    "K.transpose(rows)", "K.var(rows, axis=0)", "K.zeros((2, 3))", "K.zeros_like(rows)",
]  # fmt: skip


def test_the_same_numbers() -> None:
    keras = pytest.importorskip("keras")
    numpy = pytest.importorskip("numpy")
    pytest.importorskip("tensorflow")
    code = f"{ARRAYS}results = [\n" + "".join(f"    {call},\n" for call in CALLS) + "]\n"
    new = migrated(f"from keras import backend as K\n{code}", Era.KERAS_2)
    assert "K.sum" not in new
    before: dict[str, object] = {}
    after: dict[str, object] = {}
    exec(f"from tensorflow.keras import backend as K\n{code}", before)
    exec(new, after)
    for call, old, now in zip(CALLS, before["results"], after["results"], strict=True):  # type: ignore[call-overload]
        old_numbers, new_numbers = (numpy.asarray(keras.ops.convert_to_numpy(one)) for one in (old, now))
        assert old_numbers.shape == new_numbers.shape, call
        assert numpy.allclose(old_numbers, new_numbers, atol=1e-5), call
