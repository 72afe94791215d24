"""What the rules about custom code and saving claim, tried on the installed Keras."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import pytest

from kerascheck.configuration.config import Settings
from kerascheck.diagnostics import Severity
from kerascheck.engine import check_source
from kerascheck.keras.attributes import DATA as ATTRIBUTES
from kerascheck.rules._configs import BASE_KEYS
from kerascheck.rules._reserved import RESERVED, TAKE_NONE
from kerascheck.rules._state import STATEFUL
from kerascheck.rules.kc8.mask_destroyed import PASSING
from kerascheck.rules.kc8.optimizer_forms import REMOVED
from tests.rules.oracle import keras

pytestmark = pytest.mark.oracle

_HEAD = """
import os, pickle
import numpy as np
import tensorflow as tf
import keras
from keras import layers, losses, metrics, ops
x = np.random.rand(16, 4).astype("float32")
y = np.random.rand(16, 1).astype("float32")
def network():
    return keras.Sequential([layers.Input((4,)), layers.Dense(3), layers.Dense(1)])
def train(layer=None, **options):
    parts = [layers.Input((4,)), layers.Dense(4), *([] if layer is None else [layer]), layers.Dense(1)]
    model = keras.Sequential(parts)
    model.compile(**{"optimizer": "sgd", "loss": "mse", **options})
    model.fit(x, y, verbose=0)
    return model
"""
#: Programs on which Keras raises, by the rule that says so.
RAISING = {
    "KC871": [
        """
class Own(layers.Layer):
    def __init__(self, units):
        super().__init__()
        self.units = units
    def build(self, shape):
        self.w = self.add_weight(shape=(shape[-1], self.unit))
    def call(self, x):
        return x @ self.w
train(Own(4))
""",
    ],
    "KC872": [
        """
maker, critic = network(), keras.Sequential([layers.Input((1,)), layers.Dense(1)])
fake = maker(x)
with tf.GradientTape() as tape:
    error = tf.reduce_mean(critic(fake))
slopes = tape.gradient(error, maker.trainable_variables)
keras.optimizers.SGD().apply_gradients(zip(slopes, maker.trainable_variables))
""",
    ],
    "KC873": [
        """
model = network()
values = model(x)
values[0, 0] = 1.0
""",
    ],
    "KC875": [
        """
print(tf.reduce_mean(tf.equal(tf.ones((3,)), 1.0)))
""",
    ],
    "KC876": [
        """
model = network()
network().set_weights(model.weights())
""",
    ],
    "KC877": [
        """
@keras.saving.register_keras_serializable()
class Own(layers.Layer):
    def call(self, x):
        return x
    def from_config(self, config):
        return Own(**config)
model = keras.Sequential([layers.Input((4,)), Own()])
keras.models.clone_model(model)
""",
    ],
    "KC878": [
        """
class Own(layers.Layer):
    def call(self, x):
        self.add_loss(lambda: ops.mean(x))
        return x
train(Own())
""",
    ],
    "KC870": [
        """
one = keras.Sequential([layers.Input((4,)), layers.Dense(3)])
losses.SparseCategoricalCrossentropy(from_logits=True)(np.array([1, 2, 3]), one(x[:3]))
""",
    ],
    "KC849": [
        """
class Own(keras.Model):
    def compile(self, optimizer):
        self.rule = optimizer
    def train_step(self, data):
        return {"loss": ops.mean(self(data[0]))}
inputs = keras.Input((4,))
model = Own(inputs, layers.Dense(1)(inputs))
model.compile("sgd")
model.fit(x, y, verbose=0)
""",
    ],
    "KC854": [
        """
class Own(keras.optimizers.schedules.LearningRateSchedule):
    def __call__(self, step):
        return tf.math.rsqrt(step)
train(optimizer=keras.optimizers.SGD(Own()))
""",
        """
class Own(keras.optimizers.schedules.LearningRateSchedule):
    def __call__(self, step):
        return 0.1 if step < 10 else 0.01
model = network()
model.compile(keras.optimizers.SGD(Own()), "mse")
model.fit(x, y, verbose=0)
""",
    ],
    "KC855": [
        """
teacher = network()
class Own(keras.Model):
    def train_step(self, data):
        return {"loss": ops.mean(teacher.predict(data[0], verbose=0))}
inputs = keras.Input((4,))
model = Own(inputs, layers.Dense(1)(inputs))
model.compile("sgd")
model.fit(x, y, verbose=0)
""",
        """
TABLE = [0.5, 1.0]
def own(y_true, y_pred):
    return ops.mean(y_pred) * TABLE[tf.cast(y_true[0, 0], "int32")]
model = network()
model.compile("sgd", own)
model.fit(x, y, verbose=0)
""",
    ],
    "KC857": [
        """
@tf.function
def step(model, optimizer):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(model(x, training=True) ** 2)
    slopes = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(slopes, model.trainable_variables))
for rate in (0.1, 0.01):
    step(network(), keras.optimizers.Adam(rate))
""",
    ],
    "KC858": [
        """
model, optimizer = network(), keras.optimizers.SGD()
def step():
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(model(x, training=True) ** 2)
    slopes = tape.gradient(loss, model.trainable_variables)
    slopes = tf.clip_by_global_norm(slopes, 1.0)
    optimizer.apply_gradients(zip(slopes, model.trainable_variables))
step()
""",
    ],
    "KC859": [
        """
def own(shape):
    return np.zeros(shape)
keras.Sequential([keras.Input((4,)), layers.Dense(3, kernel_initializer=own)])
""",
    ],
    "KC860": [
        """
class Own(keras.Model):
    def train_step(self, data):
        x, y = data
        return {"loss": ops.mean(self(x) - y)}
inputs = keras.Input((4,))
model = Own(inputs, layers.Dense(1)(inputs))
model.compile("sgd")
model.fit(x, y, class_weight={0: 1.0, 1: 2.0}, verbose=0)
""",
        """
class Own(keras.Model):
    def train_step(self, data):
        x, y = data
        return {"loss": ops.mean(self(x) - y)}
inputs = keras.Input((4,))
model = Own(inputs, layers.Dense(1)(inputs))
model.compile("sgd")
model.fit(x, verbose=0)
""",
    ],
    "KC866": [
        """
class Own(layers.Layer):
    def build(self, input_shape):
        super().build()
    def call(self, x):
        return x
train(Own())
""",
    ],
    "KC868": [
        """
class Own(layers.Layer):
    def __init__(self):
        super().__init__()
        self.state_size = 3
        self.dense = layers.Dense(3)
    def call(self, inputs, states):
        return ops.tanh(self.dense(inputs))
inputs = keras.Input((5, 3))
keras.Model(inputs, layers.RNN(Own())(inputs)).predict(np.ones((4, 5, 3)), verbose=0)
""",
    ],
    "KC717": [
        """
import tempfile
path = os.path.join(tempfile.mkdtemp(), "served")
model = network()
model.export(path, verbose=False)
loaded = tf.saved_model.load(path)
loaded.predict(x)
""",
    ],
    "KC718": [
        """
model = network()
model.set_weights(model.get_weights)
""",
    ],
    "KC209": [
        """
class Own(layers.Layer):
    def call(self, x):
        return x + tf.zeros((x.shape[0], 4))
keras.Sequential([keras.Input((4,)), Own()])
""",
        """
class Own(layers.Layer):
    def call(self, x):
        return sum(x[:, i] for i in range(x.shape[1]))
keras.Sequential([keras.Input((None, 4)), Own()])
""",
        """
layer = layers.MultiHeadAttention(2, 4)
a, b = keras.Input((6, 3)), keras.Input((6,), dtype="bool")
model = keras.Model([a, b], layer(a, a, attention_mask=b))
model(([np.ones((4, 6, 3)), np.ones((4, 6), "bool")]))
""",
    ],
    "KC200": [
        """
layer = layers.Dense(3)
layer.enable_lora(2)
""",
    ],
    "KC714": [
        """
one = network()
one.set_weights(0.9 * one.get_weights())
""",
    ],
    "KC814": [
        """
class Own(keras.Model):
    def __init__(self):
        super().__init__()
        self.head = layers.Dense(1)
    def call(self, x):
        return self.head(x)
    def train_step(self, data):
        x, y = data
        return {"loss": self.loss(y, self(x))}
model = Own()
model.compile("sgd", loss="mse")
model.fit(x, y, verbose=0)
""",
    ],
    "KC813": [
        """
class Batches(keras.utils.PyDataset):
    def __len__(self):
        return np.ceil(16 / 4)
    def __getitem__(self, index):
        return x, y
model = network()
model.compile("sgd", "mse")
model.fit(Batches(), verbose=0)
""",
    ],
    "KC812": [
        """
class Own(losses.Loss):
    def compute(self, y_true, y_pred):
        return ops.mean(y_pred - y_true)
train(loss=Own())
""",
        """
class Mean(metrics.Metric):
    def update_state(self, y_true, y_pred, sample_weight=None):
        pass
train(metrics=[Mean()])
""",
    ],
    "KC811": [
        """
class Hits(metrics.Metric):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.total = 0.0
    def update_state(self, y_true, y_pred, sample_weight=None):
        self.total += ops.sum(y_true * y_pred)
    def result(self):
        return self.total
model = network()
model.compile("sgd", "mse", metrics=[Hits()])
model.fit(x, y, batch_size=4, validation_data=(x, y), epochs=2, verbose=0)
""",
    ],
    "KC838": [
        """
model, kept = network(), []
@tf.function
def step():
    with tf.GradientTape() as tape:
        error = tf.reduce_mean(model(x) ** 2)
    kept.append(error)
    return tape.gradient(error, model.trainable_variables)
step()
np.mean(kept)
""",
    ],
    "KC837": [
        """
class Log(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        print(logs["val_loss"])
model = network()
model.compile("sgd", "mse")
model.fit(x, y, verbose=0, callbacks=[Log()])
""",
    ],
    "KC835": [
        """
class Cell(layers.Layer):
    def call(self, inputs, states):
        return inputs, states
layers.RNN(Cell())(keras.Input((10, 3)))
""",
    ],
    "KC834": [
        """
total = tf.constant(0.0)
total.assign(1.0)
""",
    ],
    "KC832": [
        """
class Own(keras.Model):
    def __init__(self):
        super().__init__()
        self.head = layers.Dense(1)
    def train_step(self, data):
        x, y = data
        return {"loss": ops.mean(self.head(x) - y)}
model = Own()
model.compile("sgd")
model.fit(x, y, validation_data=(x, y), verbose=0)
""",
    ],
    "KC831": [
        """
one, two = network(), network()
optimizer = keras.optimizers.Adam()
for model in (one, two):
    with tf.GradientTape() as tape:
        error = tf.reduce_mean(model(x) ** 2)
    slopes = tape.gradient(error, model.trainable_variables)
    optimizer.apply_gradients(zip(slopes, model.trainable_variables))
""",
        """
model = keras.Sequential([layers.Dense(1)])
optimizer = keras.optimizers.Adam()
optimizer.build(model.trainable_variables)
with tf.GradientTape() as tape:
    error = tf.reduce_mean(model(x) ** 2)
slopes = tape.gradient(error, model.trainable_variables)
optimizer.apply_gradients(zip(slopes, model.trainable_variables))
""",
    ],
    "KC221": [
        """
class Log(keras.callbacks.Callback):
    def on_epoch_end(self, epoch):
        print(epoch)
model = network()
model.compile("sgd", "mse")
model.fit(x, y, verbose=0, callbacks=[Log()])
""",
        """
class Log(keras.callbacks.Callback):
    def on_train_batch_end(self, batch):
        print(batch)
model = network()
model.compile("sgd", "mse")
model.fit(x, y, verbose=0, callbacks=[Log()])
""",
        """
class Log(keras.callbacks.Callback):
    def on_test_end(self):
        print("end")
model = network()
model.compile("sgd", "mse")
model.evaluate(x, y, verbose=0, callbacks=[Log()])
""",
    ],
    "KC810": [
        """
class Tower(keras.Model):
    def __init__(self):
        super().__init__()
        self.head = layers.Dense(1)
    def call(self, left, right):
        return self.head(left) + self.head(right)
model = Tower()
model.compile("sgd", "mse")
model.fit([x, x], y, verbose=0)
""",
        """
class Near(metrics.Metric):
    def __init__(self):
        super().__init__(name="near")
        self.hits = self.add_weight(shape=(), name="hits")
    def update_state(self, y_true, y_pred):
        self.hits.assign_add(ops.sum(y_true - y_pred))
    def result(self):
        return self.hits
model = network()
model.compile("sgd", "mse", weighted_metrics=[Near()])
model.fit(x, y, verbose=0)
""",
        """
class Bias(metrics.Metric):
    def __init__(self):
        super().__init__()
        self.total = self.add_weight(initializer="zeros")
    def update_state(self, y_true, y_pred):
        self.total.assign_add(ops.sum(y_pred))
    def result(self):
        return self.total
train(metrics=[Bias()])
""",
        """
class Own(losses.Loss):
    def call(self, y_true, y_pred, weights):
        return ops.mean(y_pred)
train(loss=Own())
""",
        """
class Own(keras.Model):
    def __init__(self):
        super().__init__()
        self.head = layers.Dense(1)
    def call(self, x):
        return self.head(x)
    def train_step(self, x, y):
        return {}
model = Own()
model.compile("sgd", "mse")
model.fit(x, y, verbose=0)
""",
    ],
    "KC829": [
        """
class Clip(layers.Layer):
    def call(self, x):
        if ops.max(x) > 1.0:
            return x / ops.max(x)
        return x
train(Clip())
""",
        """
class Own(keras.Model):
    def __init__(self):
        super().__init__()
        self.head = layers.Dense(1)
    def call(self, x):
        total = tf.reduce_sum(x)
        while total < 10.0:
            total = total + 1.0
        return self.head(x) + total
model = Own()
model.compile("sgd", "mse")
model.fit(x, y, verbose=0)
""",
        """
def error(y_true, y_pred):
    if ops.sum(y_true) > 0.0:
        return ops.mean(ops.square(y_true - y_pred))
    return ops.mean(ops.abs(y_true - y_pred))
train(loss=error)
""",
    ],
    "KC827": [
        """
model = network()
with tf.GradientTape() as tape:
    error = tf.reduce_mean(model(x) ** 2)
first = tape.gradient(error, model.layers[0].trainable_variables)
second = tape.gradient(error, model.layers[1].trainable_variables)
""",
    ],
    "KC828": [
        """
model = network()
def penalty():
    mixed = tf.random.uniform((16, 1)) * x
    with tf.GradientTape() as tape:
        score = model(mixed)
    return tf.norm(tape.gradient(score, mixed))
penalty()
""",
    ],
    "KC801": [
        """
class Twice(layers.Layer):
    def __init__(self):
        self.factor = 2
    def call(self, x):
        return self.factor * x
train(Twice())
""",
        """
class Own(losses.Loss):
    def __init__(self):
        self.factor = 2
    def call(self, y_true, y_pred):
        return ops.mean(ops.abs(y_true - y_pred))
train(loss=Own())
""",
        """
class Own(layers.Layer):
    def __init__(self):
        self.scale = self.add_weight(shape=(4,))
        super().__init__()
Own()
""",
    ],
    "KC802": [
        """
class Own(layers.Layer):
    def call(self, x):
        return layers.Dense(4)(x)
train(Own())
""",
        """
class Own(layers.Layer):
    def call(self, x):
        return x + self.add_weight(shape=(4,))
train(Own())
""",
    ],
    "KC803": [
        """
class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.metrics = []
Net()
"""
    ],
    "KC805": [
        """
class Net(keras.Model):
    def test_step(self, data):
        x, y = data
        return self.compute_loss(x, y, self(x))
inputs = keras.Input((4,))
net = Net(inputs, layers.Dense(1)(inputs))
net.compile("sgd", "mse")
net.evaluate(x, y, verbose=0)
""",
    ],
    "KC806": [
        """
def own(image):
    flip = layers.RandomFlip("horizontal")
    return flip(image)
tf.data.Dataset.from_tensor_slices(np.ones((2, 4, 4, 3))).map(own)
""",
        """
@tf.function
def project(t):
    return tf.matmul(t, tf.Variable(tf.ones((4, 2))))
project(x)
""",
    ],
    "KC808": [
        """
class Own(layers.Layer):
    def call(self, x):
        x = 2 * x
train(Own())
"""
    ],
    "KC820": [
        """
model = network()
optimizer = keras.optimizers.SGD()
def step():
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean((model(x).numpy() - y) ** 2)
    slopes = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(slopes, model.trainable_variables))
step()
""",
        """
model = network()
optimizer = keras.optimizers.SGD()
def step():
    with tf.GradientTape() as tape:
        output = model(x)
    loss = tf.reduce_mean((output - y) ** 2)
    slopes = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(slopes, model.trainable_variables))
step()
""",
    ],
    "KC821": [
        """
class Net(keras.Model):
    def train_step(self, data):
        self.optimizer.minimize(lambda: tf.reduce_mean(self(data)), self.trainable_variables)
        return {}
net = Net()
net.compile("adam")
net.fit(x)
""",
        """
optimizer = keras.optimizers.Adam()
model = network()
with tf.GradientTape() as tape:
    loss = tf.reduce_mean(model(x))
slopes = tape.gradient(loss, model.trainable_variables)
optimizer.apply_gradients(slopes, model.trainable_variables)
""",
        """
optimizer = keras.optimizers.Adam()
model = network()
with tf.GradientTape() as tape:
    loss = tf.reduce_mean(model(x))
slopes = tape.gradient(loss, model.trainable_variables)
optimizer.apply_gradients(zip(model.trainable_variables, slopes))
""",
    ],
    "KC840": [
        """
def own(y_true, y_pred):
    return ops.mean(ops.abs(y_true - ops.round(y_pred)))
model = network()
model.compile("sgd", loss=own)
model.fit(x, y, verbose=0)
""",
        """
def own(y_true, y_pred):
    return ops.mean(ops.cast(y_pred > 0.5, "float32") - y_true)
model = network()
model.compile("sgd", loss=own)
model.fit(x, y, verbose=0)
""",
    ],
    "KC841": [
        """
def own(y_true, y_pred):
    return ops.mean(y_true)
model = network()
model.compile("sgd", loss=own)
model.fit(x, y, verbose=0)
"""
    ],
    "KC842": [
        """
class Own(layers.Layer):
    def call(self, x):
        return np.exp(x)
inputs = keras.Input((4,))
keras.Model(inputs, Own()(inputs))
""",
        """
def own(y_true, y_pred):
    return np.mean(np.abs(y_true - y_pred))
model = network()
model.compile("sgd", loss="mse", metrics=[own])
model.fit(x, y, verbose=0)
""",
    ],
    "KC845": [
        """
inputs = keras.Input((4,))
middle = layers.Dense(3)(inputs)
model = keras.Model(inputs, layers.Dense(1)(middle))
def own(y_true, y_pred):
    return ops.mean(ops.square(y_true - y_pred)) + ops.mean(middle)
model.compile("sgd", loss=own)
model.fit(x, y, verbose=0)
"""
    ],
    "KC703": [
        """
network().load_weights("best.ckpt")
""",
        """
model = network()
model.export("serving", verbose=False)
keras.models.load_model("serving")
""",
    ],
    "KC704": [
        """
network().save_weights("model.weights.h5")
fresh = keras.Sequential([layers.Dense(3), layers.Dense(1)])
fresh.load_weights("model.weights.h5")
""",
        """
fresh = keras.Sequential([layers.Dense(3), layers.Dense(1)])
fresh.save_weights("model.weights.h5")
""",
    ],
    "KC705": [
        """
layer = layers.Dense(3)
layer.build((None, 4))
layer.set_weights([np.zeros((4, 2)), np.zeros(2)])
""",
        """
layer = layers.Embedding(10, 4, weights=[np.zeros((11, 4))])
layer.build((None, 3))
""",
    ],
    "KC706": [
        """
network().save_weights("model.weights.h5")
other = keras.Sequential([layers.Input((4,)), layers.Dense(5), layers.Dense(1)])
other.load_weights("model.weights.h5")
"""
    ],
    "KC707": [
        """
def own(y_true, y_pred):
    return ops.mean(ops.abs(y_true - y_pred))
model = network()
model.compile("sgd", loss=own)
model.save("model.keras")
keras.models.load_model("model.keras")
""",
        """
class Twice(layers.Layer):
    def call(self, x):
        return 2 * x
model = keras.Sequential([layers.Input((4,)), Twice()])
model.save("model.h5")
keras.models.load_model("model.h5")
""",
    ],
    "KC708": [
        """
model = keras.Sequential([layers.Input((4,)), layers.Lambda(lambda t: 2 * t)])
model.save("model.keras")
keras.models.load_model("model.keras")
""",
        """
def double(t):
    return 2 * t
model = keras.Sequential([layers.Input((4,)), layers.Lambda(double)])
model.save("model.keras")
keras.models.load_model("model.keras", safe_mode=False)
""",
    ],
    "KC710": [
        """
class Falling(keras.optimizers.schedules.LearningRateSchedule):
    def __init__(self, first):
        self.first = first
    def __call__(self, step):
        return self.first / (ops.cast(step, "float32") + 1.0)
model = network()
model.compile(keras.optimizers.Adam(Falling(0.1)), "mse")
model.save("falling.keras")
""",
        """
class Lookup(layers.Layer):
    def __init__(self, table, **kwargs):
        super().__init__(**kwargs)
        self.table = table
    def call(self, x):
        return ops.matmul(x, self.table)
model = keras.Sequential([layers.Input((4,)), Lookup(np.eye(4))])
model.save("model.keras")
""",
        """
class Net(keras.Model):
    def __init__(self, units):
        super().__init__()
        self.head = layers.Dense(units)
    def call(self, x):
        return self.head(x)
net = Net(3)
net(x)
net.save("net.keras")
""",
    ],
    "KC711": [
        """
class Scale(layers.Layer):
    def __init__(self, factor):
        super().__init__()
        self.factor = factor
    def call(self, x):
        return self.factor * x
model = keras.Sequential([layers.Input((4,)), Scale(3)])
keras.models.clone_model(model)
""",
        """
class Scale(layers.Layer):
    def __init__(self, factor, **kwargs):
        super().__init__(**kwargs)
        self.factor = factor
    def call(self, x):
        return self.factor * x
    def get_config(self):
        return {**super().get_config(), "scale": self.factor}
model = keras.Sequential([layers.Input((4,)), Scale(3)])
keras.models.clone_model(model)
""",
    ],
}


@pytest.mark.parametrize(
    ("rule", "program"), [pytest.param(rule, program, id=f"{rule}-{number}") for rule in RAISING
                          for number, program in enumerate(RAISING[rule])]
)  # fmt: skip
def test_keras_raises_where_the_rule_says_so(
    rule: str, program: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keras()
    monkeypatch.chdir(tmp_path)
    text = _HEAD + program
    found = check_source(text.encode(), "example.py", Settings()).diagnostics
    assert any(one.code == rule and one.severity is Severity.ERROR for one in found)
    with pytest.raises(Exception, match=r".*"):
        exec(compile(text, "example.py", "exec"), {"__name__": "example"})


@pytest.mark.parametrize("base", sorted(RESERVED))
def test_the_names_that_cannot_be_set(base: str) -> None:
    module = keras()
    cls: Any = module
    for part in base.removeprefix("keras.").split("."):
        cls = getattr(cls, part)
    own = type(
        "Own", (cls,), {"call": lambda self, x: x, "result": lambda self: 0.0, "update_state": lambda self: None}
    )
    refused = set()
    for name in dir(cls):
        if name.startswith("_"):
            continue
        try:
            setattr(own(), name, [])
        except AttributeError:
            refused.add(name)
        except (TypeError, ValueError):
            continue
    assert refused == RESERVED[base]
    for name in TAKE_NONE & RESERVED[base]:
        setattr(own(), name, None)


def test_what_a_base_class_puts_into_a_configuration() -> None:
    module = keras()
    for base, keys in BASE_KEYS.items():
        cls: Any = module
        for part in base.removeprefix("keras.").split("."):
            cls = getattr(cls, part)
        own = type("Own", (cls,), {"get_config": lambda self, cls=cls: cls.get_config(self)})
        assert tuple(own().get_config()) == keys


@pytest.mark.parametrize("name", sorted(STATEFUL))
def test_layers_that_make_variables(name: str) -> None:
    module = keras()
    cls = getattr(module.layers, name)
    sizes = {"AlphaDropout": 0.5, "Dropout": 0.5, "GaussianDropout": 0.5, "GaussianNoise": 0.1}
    if name in sizes or name.startswith("SpatialDropout"):
        layer = cls(sizes.get(name, 0.5))
        assert layer.variables or layer._seed_generators
        return
    options = {
        "Bidirectional": lambda: cls(module.layers.LSTM(3)),
        "EinsumDense": lambda: cls("ab,bc->ac", output_shape=3),
        "Embedding": lambda: cls(7, 3),
        "MultiHeadAttention": lambda: cls(2, 3),
        "AdditiveAttention": cls,
        "BatchNormalization": cls,
        "LayerNormalization": cls,
        "RMSNormalization": cls,
        "PReLU": cls,
        "GroupNormalization": lambda: cls(2),
        "DepthwiseConv1D": lambda: cls(1),
        "DepthwiseConv2D": lambda: cls(1),
    }
    convolution = "Conv" in name and "Depthwise" not in name
    layer = options[name]() if name in options else cls(3, 1) if convolution else cls(3)
    rank = next(
        (int(c) for c in name if c.isdigit()), 1 if name in ("LSTM", "GRU", "SimpleRNN", "Bidirectional") else 0
    )
    shape = (2, *(4,) * (rank + ("LSTM" in name and convolution)), 4)
    if name in ("MultiHeadAttention", "AdditiveAttention"):
        data = module.ops.ones((2, 3, 4))
        layer(*([data, data] if name == "MultiHeadAttention" else [[data, data]]))
    else:
        layer(module.ops.ones(shape, "int32" if name == "Embedding" else "float32"))
    assert layer.variables


def test_what_optimizers_have_not() -> None:
    module = keras()
    for name in REMOVED:
        assert not hasattr(module.optimizers.Adam(), name)


def test_a_tf_variable_is_not_trained() -> None:
    module = keras()
    import tensorflow as tf

    class Scale(module.layers.Layer):  # type: ignore[misc, name-defined]
        def __init__(self) -> None:
            super().__init__()
            self.scale = tf.Variable(tf.ones((4,)))

    assert Scale().trainable_variables == []


def test_what_is_released_behind_the_trace_is_not_trained() -> None:
    module = keras()
    tf = pytest.importorskip("tensorflow")
    base = module.Sequential([module.Input((4,)), module.layers.Dense(4)])
    base.trainable = False
    model = module.Sequential([base, module.layers.Dense(1)])
    optimizer = module.optimizers.SGD(0.1)

    def update(x: Any) -> None:
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(model(x) ** 2)
        slopes = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(slopes, model.trainable_variables, strict=True))

    step, data = tf.function(update), tf.ones((8, 4))
    step(data)
    base.trainable = True
    before = base.get_weights()
    step(data)
    assert all((one == other).all() for one, other in zip(before, base.get_weights(), strict=True))


def test_half_and_single_precision_do_not_mix() -> None:
    module = keras()
    tf = pytest.importorskip("tensorflow")

    class Half(module.layers.Layer):  # type: ignore[misc, name-defined]
        def call(self, x: Any) -> Any:
            return x * tf.constant(0.5)

    with pytest.raises(Exception, match="float"):
        Half(dtype="mixed_float16")(tf.ones((2, 3)))


def test_attributes_are_as_recorded() -> None:
    keras()
    recording = runpy.run_path(str(Path(__file__).parents[2] / "tools" / "record_attributes.py"))
    assert ATTRIBUTES.read_text(encoding="utf-8").splitlines() == recording["lines"]()


def test_a_metric_of_two_ranks_compares_each_with_each() -> None:
    module = keras()
    import numpy as np

    def size(y_true: Any, y_pred: Any) -> Any:
        return module.ops.cast(module.ops.size(y_true - y_pred), "float32")

    model = module.Sequential([module.layers.Input((4,)), module.layers.Dense(1)])
    model.compile("sgd", "mse", metrics=[size])
    shown = model.evaluate(np.ones((8, 4)), np.ones(8), batch_size=8, verbose=0, return_dict=True)
    assert shown["size"] == 64


def test_a_seed_that_is_a_number_gives_the_same_numbers() -> None:
    module = keras()
    import numpy as np

    first, second = (np.array(module.random.normal((8,), seed=42)) for _ in range(2))
    assert (first == second).all()


@pytest.mark.parametrize("name", sorted(PASSING))
def test_layers_that_hand_a_mask_on(name: str) -> None:
    module = keras()
    cls = getattr(module.layers, name)
    sizes = {"Activation": "relu", "Dense": 3, "Rescaling": 0.5, "GroupNormalization": 1}
    rates = ("Dropout", "AlphaDropout", "GaussianDropout", "GaussianNoise", "SpatialDropout1D")
    layer = cls(sizes[name]) if name in sizes else cls(0.5) if name in rates else cls()
    assert layer.supports_masking
    assert layer.compute_mask("inputs", "mask") == "mask"
