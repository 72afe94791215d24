"""KC504: methods and attributes that objects of Keras 3 do not have."""

from __future__ import annotations

from collections.abc import Iterator

from kerascheck.diagnostics import Severity
from kerascheck.keras.changes import find_member
from kerascheck.network.program import OldForm, Program
from kerascheck.rules._gone import severity_of
from kerascheck.rules.base import Finding, Invalid, Rule, Thresholds
from kerascheck.rules.kc5._in_classes import gone_in_classes

#: What KC422 speaks about.
_TRAINING = frozenset({"fit_generator", "evaluate_generator", "predict_generator", "predict_classes", "predict_proba"})


_SUBJECTS = {
    "keras.Model": "models",
    "keras.Sequential": "Sequential models",
    "keras.layers.Layer": "layers",
    "keras.optimizers.Optimizer": "optimizers",
    "keras.metrics.Metric": "metrics",
    "keras.KerasTensor": "symbolic tensors",
    "keras.callbacks.Callback": "callbacks",
    "keras.mixed_precision.LossScaleOptimizer": "loss-scale optimizers",
}


_ENDS = frozenset({"inputs", "outputs"})
_OF_SHAPES = {
    "as_list": "list(x.shape)",
    "rank": "len(x.shape)",
    "ndims": "len(x.shape)",
    "dims": "x.shape",
}


#: What is there only to raise NotImplementedError.
class GoneMember(Rule):
    """A method or attribute of an older Keras.

    ## What it does

    Follows models, layers, optimizers, metrics and the tensors between layers to where the program reads an attribute
    or calls a method that Keras 3 does not have: `model.reset_states()`, `layer.output_shape`, `optimizer.lr`,
    `layer.get_output_at(0)`, `x.get_shape()`, `x.shape.as_list()`; and to where it sets one that cannot be set any
    more: `model.outputs = [...]`. (Methods for training have a rule of their own, KC422.)

    A program for which an older Keras is known to be meant may use them. Where nothing but its own style shows an
    older Keras, the finding is a note. Inside the `call` of a layer, tensors are those of the backend.

    ## Why it is bad

    Python raises AttributeError.

    ## Example

    ```python
    from tensorflow.keras import layers

    inputs = layers.Input((8, 8, 3))
    height, width, depth = inputs.shape.as_list()[1:]
    ```

    ## Use instead

    ```python
    from tensorflow.keras import layers

    inputs = layers.Input((8, 8, 3))
    height, width, depth = inputs.shape[1:]
    ```

    ## References

    - [Keras: migrating Keras 2 code to Keras 3](https://keras.io/guides/migrating_to_keras_3/)
    """

    code = "KC504"
    name = "gone-member"
    severity = Severity.ERROR
    fixable = "unsafe"
    migrates = True

    def check(self, program: Program, thresholds: Thresholds) -> Iterator[Finding]:
        followed = {form.site.key for form in program.gone}
        in_classes = (form for form in gone_in_classes(program) if form.site.key not in followed)
        for form in (*program.gone, *in_classes):
            severity, message = severity_of(form.site.file), _message(form)
            if severity is not None and message is not None:
                yield Finding(form.site, message, severity=severity)

    VALID = [
        # a model has what layers lack
        """
import keras
class Net(keras.Model):
    def __init__(self, **options):
        inputs = keras.Input((4,))
        super().__init__(inputs=inputs, outputs=keras.layers.Dense(2)(inputs), **options)
    def get_config(self):
        return {"given": self.input_shape[1:], "gives": self.output_shape}
""",
        # what can be set
        """
from keras import Input, Model, layers
inputs, head = Input((8,)), layers.Dense(8)
model = Model(inputs, head(inputs))
model.trainable = False
head.kernel_regularizer = None
class Plan:
    outputs = None
Plan().outputs = model.outputs
""",
        # ready for both
        """
import keras
class Cycle(keras.callbacks.Callback):
    def on_epoch_begin(self, epoch, logs=None):
        optimizer = self.model.optimizer
        rate = self.model.optimizer.lr if hasattr(optimizer, "lr") else self.model.optimizer.learning_rate
        print(rate, keras.ops.mean(rate))
""",
        # a model of its own
        """
import keras
class Report(keras.callbacks.Callback):
    model = None
    def on_epoch_begin(self, epoch, logs=None):
        print(self.model.optimizer.lr, keras.ops.mean(1.0))
""",
        # what they have
        """
import numpy as np
from keras import Input, Model, layers, optimizers
inputs = Input((4,))
layer = layers.LSTM(3, stateful=True)
dense = layers.Dense(2)
model = Model(inputs, dense(inputs))
print(dense.output.shape, dense.units, model.output_shape, model.input_shape, list(inputs.shape))
optimizer = optimizers.Adam(0.1)
print(optimizer.learning_rate, optimizer.iterations, optimizer.variables)
layer.reset_states()
""",
        # tensors inside of a call
        """
from keras import layers
class Halved(layers.Layer):
    def call(self, x):
        batch, size = x.get_shape().as_list()
        return x[:, : size // 2]
outputs = Halved()(layers.Input((4,)))
""",
        # tensors of TensorFlow
        """
import tensorflow as tf
from keras import layers
x = tf.zeros((2, 3))
print(x.shape.as_list(), x.get_shape())
y = layers.Dense(2)(x)
print(y.shape.as_list())
""",
        # an attribute that the program sets
        """
from keras import Sequential, layers
model = Sequential([layers.Dense(1)])
model.validation_data = [1, 2]
print(model.validation_data)
""",
        # a method of the program
        """
import keras
class Model(keras.Model):
    def reset_states(self):
        return None
Model().reset_states()
""",
        # it looks before
        """
from keras import optimizers
optimizer = optimizers.Adam(0.1)
try:
    rate = optimizer.lr
except AttributeError:
    rate = optimizer.learning_rate
""",
        # a callback that is given its data
        """
import keras
class Report(keras.callbacks.Callback):
    def __init__(self, data):
        super().__init__()
        self.validation_data = data
    def on_epoch_end(self, epoch, logs=None):
        print(len(self.validation_data), self.params, self.model)
""",
        # losses that are added where Keras takes them
        """
import keras
from keras import layers, ops
class Sampled(layers.Layer):
    def call(self, mean):
        self.add_loss(ops.mean(ops.square(mean)))
        return mean
inputs = keras.Input((4,))
model = keras.Model(inputs, Sampled()(inputs))
class Net(keras.Model):
    def call(self, x):
        self.add_loss(ops.mean(x))
        return x
Net()(inputs)
""",
        # something else
        """
import keras
import torch
rate = torch.optim.Adam([]).lr
""",
        # in a callback that asks, and one with a model of its own
        """
import keras
class Log(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        if hasattr(self.model.optimizer, "lr"):
            print(self.model.optimizer.lr)
        print(self.model.optimizer.learning_rate, self.model.stop_training)
class Other(keras.callbacks.Callback):
    def __init__(self, model):
        super().__init__()
        self.model = model
    def on_epoch_end(self, epoch, logs=None):
        print(self.model.optimizer.lr)
""",
    ]
    INVALID = [
        Invalid(
            """
import keras
from keras import layers, ops
class Loud(layers.Layer):
    def call(self, x):
        self.add_loss(ops.mean(x))
        self.add_metric(ops.mean(x), name="mean")
        return x
inputs = keras.Input((4,))
hidden = layers.Dense(2)(Loud()(inputs))
model = keras.Model(inputs, hidden)
model.add_loss(ops.mean(hidden))
""",
            [
                (7, "layers of Keras 3 have no add_metric; use metrics of compile, or a metric of the layer"),
                (12, "models of Keras 3 have no add_loss; use self.add_loss in the call of a layer"),
            ],
            """
import keras
from keras import layers, ops
class Loud(layers.Layer):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.mean_metric = keras.metrics.Mean(name="mean")

    def call(self, x):
        self.add_loss(ops.mean(x))
        self.mean_metric.update_state(ops.mean(x))
        return x
inputs = keras.Input((4,))
hidden = layers.Dense(2)(Loud()(inputs))
model = keras.Model(inputs, hidden)


class AddLoss(layers.Layer):
    def call(self, outputs, loss):
        self.add_loss(loss)
        return outputs


model = keras.Model(model.inputs, AddLoss()(model.outputs[0], ops.mean(hidden)))
""",
        ),
        Invalid(
            """
import keras
cell = keras.layers.LSTM(4)
cell.get_constants(keras.Input((3, 2)))
""",
            [(4, "LSTM of Keras 3 has no get_constants")],
        ),
        Invalid(
            """
import keras
class Log(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        print(float(self.model.optimizer.lr))
class Own(keras.layers.Layer):
    def call(self, x):
        self.add_update(x)
        return x
""",
            [
                (5, "optimizers of Keras 3 have no lr; use learning_rate"),
                (8, "layers of Keras 3 have no add_update"),
            ],
            """
import keras
class Log(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        print(float(self.model.optimizer.learning_rate))
class Own(keras.layers.Layer):
    def call(self, x):
        self.add_update(x)
        return x
""",
        ),
        Invalid(
            """
from tensorflow.keras import layers, models
picture = layers.Input((8, 8, 3))
convolution = layers.Conv2D(4, 3)
x = convolution(picture)
height, width, depth = x.get_shape().as_list()[1:]
size = x.shape.as_list()[1]
print(convolution.output_shape, convolution.get_output_at(0), x._keras_shape)
""",
            [
                (6, "symbolic tensors of Keras 3 have no get_shape; use x.shape, a tuple"),
                (7, "the shape of a tensor is a tuple in Keras 3, without as_list; use list(x.shape)"),
                (8, "layers of Keras 3 have no output_shape; use layer.output.shape"),
                (8, "layers of Keras 3 have no get_output_at; use layer.output"),
                (8, "symbolic tensors of Keras 3 have no _keras_shape; use shape"),
            ],
            """
from tensorflow.keras import layers, models
picture = layers.Input((8, 8, 3))
convolution = layers.Conv2D(4, 3)
x = convolution(picture)
height, width, depth = list(x.shape)[1:]
size = list(x.shape)[1]
print(convolution.output.shape, convolution.output, x.shape)
""",
        ),
        Invalid(
            """
from keras import Sequential, layers, metrics, optimizers
model = Sequential([layers.Input((4,)), layers.Dense(1)])
optimizer = optimizers.SGD(0.1)
model.compile(optimizer, "mse")
print(optimizer.lr, model.optimizer.lr, model.to_yaml())
model.reset_states()
mean = metrics.Mean()
mean.reset_states()
""",
            [
                (6, "optimizers of Keras 3 have no lr; use learning_rate"),
                (6, "optimizers of Keras 3 have no lr; use learning_rate"),
                (6, "models of Keras 3 have no to_yaml; use to_json"),
                (7, "models of Keras 3 have no reset_states; use reset_state of the stateful layers"),
                (9, "metrics of Keras 3 have no reset_states; use reset_state"),
            ],
            """
from keras import Sequential, layers, metrics, optimizers
model = Sequential([layers.Input((4,)), layers.Dense(1)])
optimizer = optimizers.SGD(0.1)
model.compile(optimizer, "mse")
print(optimizer.learning_rate, model.optimizer.learning_rate, model.to_json())
for layer in model.layers:
    if hasattr(layer, "reset_states"):
        layer.reset_states()
mean = metrics.Mean()
mean.reset_state()
""",
        ),
        Invalid(
            """
from keras.callbacks import Callback
class Report(Callback):
    def on_epoch_end(self, epoch, logs=None):
        print(float(self.model.optimizer.lr))
""",
            [(5, "optimizers of Keras 3 have no lr; use learning_rate")],
            """
from keras.callbacks import Callback
class Report(Callback):
    def on_epoch_end(self, epoch, logs=None):
        print(float(self.model.optimizer.learning_rate))
""",
        ),
        Invalid(
            """
import tensorflow as tf
from tensorflow.keras import Model, layers
inputs = layers.Input((8,))
mean = layers.Dense(2)(inputs)
model = Model(inputs, layers.Dense(8)(mean))
model.add_loss(tf.keras.ops.mean(mean))
class Report(tf.keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        print(self.model.predict(self.validation_data[0]))
model.add_metric(tf.keras.ops.mean(mean), name="mean")
""",
            [
                (7, "models of Keras 3 have no add_loss; use self.add_loss in the call of a layer"),
                (10, "callbacks of Keras 3 have no validation_data"),
                (11, "layers of Keras 3 have no add_metric; use metrics of compile, or a metric of the layer"),
            ],
            """
import tensorflow as tf
from tensorflow.keras import Model, layers
inputs = layers.Input((8,))
mean = layers.Dense(2)(inputs)
model = Model(inputs, layers.Dense(8)(mean))


class AddLoss(layers.Layer):
    def call(self, outputs, loss):
        self.add_loss(loss)
        return outputs


model = Model(model.inputs, AddLoss()(model.outputs[0], tf.keras.ops.mean(mean)))
class Report(tf.keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        print(self.model.predict(self.validation_data[0]))
model.add_metric(tf.keras.ops.mean(mean), name="mean")
""",
        ),
        Invalid(
            """
from keras import Input, Model, layers
inputs, head = Input((8,)), layers.Dense(8)
model = Model(inputs, head(layers.Dense(4)(inputs)))
model.outputs = [model.layers[1].output]
head.trainable_weights = []
""",
            [
                (
                    5,
                    "outputs of models cannot be set in Keras 3; create another keras.Model",
                ),
                (6, "trainable_weights of layers cannot be set in Keras 3"),
            ],
        ),
    ]


def _message(form: OldForm) -> str | None:
    """What to say of it; None where another rule does."""
    if form.kind == "shape":
        way = _OF_SHAPES.get(form.name)
        message = f"the shape of a tensor is a tuple in Keras 3, without {form.name}"
        return f"{message}; use {way}" if way is not None else message
    if form.kind == "closed":
        message = f"{form.name} of {_SUBJECTS[form.owner]} cannot be set in Keras 3"
        return f"{message}; create another keras.Model" if form.name in _ENDS else message
    if form.kind != "member" or form.name in _TRAINING:
        return None
    row = find_member((form.owner,), form.name)
    subject = _SUBJECTS.get(form.owner)  # of several, or the name of a class
    message = f"{subject} of Keras 3 have no {form.name}"
    if subject is None:
        message = f"{form.owner.rpartition('.')[2]} of Keras 3 has no {form.name}"
    return f"{message}; use {row.advice}" if row is not None and row.advice is not None else message
