"""More kinds of change: what becomes of programs, what stays, and what is left to do by hand."""

from __future__ import annotations

import textwrap

import pytest

from kerascheck.project.target import Era
from tests.migrate.helpers import left, migrated, planned

#: What changes: the generation, the program, and what becomes of it.
CHANGED: dict[str, tuple[Era, str, str]] = {
    "sizes of a kernel of a layer that only older versions have": (
        Era.KERAS_2,
        "from keras.layers import AtrousConvolution2D\nx = AtrousConvolution2D(4, 3, 3, atrous_rate=(2, 2))\n",
        "from keras.layers import Conv2D\nx = Conv2D(4, (3, 3), dilation_rate=(2, 2))\n",
    ),
    "arguments of a transposed convolution": (
        Era.KERAS_1,
        "from keras.layers import Deconvolution2D\n"
        "x = Deconvolution2D(4, 3, 3, output_shape=(None, 4, 4, 4), subsample=(2, 2), border_mode='same')\n",
        "from keras.layers import Conv2DTranspose\nx = Conv2DTranspose(4, (3, 3), strides=(2, 2), padding='same')\n",
    ),
    "a product along the last axes": (
        Era.KERAS_1,
        "from keras.layers import Input, merge\na = Input((3,))\nb = merge([a, a], mode='cos')\n",
        "from keras.layers import Input, dot\na = Input((3,))\nb = dot([a, a], axes=-1, normalize=True)\n",
    ),
    "Keras of TensorFlow 1": (
        Era.TF_KERAS,
        "import tensorflow as tf\nx = tf.compat.v1.keras.layers.CuDNNLSTM(4)\n",
        "import tensorflow as tf\nx = tf.keras.layers.LSTM(4)\n",
    ),
    "what is done while a layer learns": (
        Era.KERAS_2,
        """\
        from keras import backend as K
        from keras.layers import Layer
        class Noise(Layer):
            def call(self, x, mask=None):
                def noised():
                    return x + 1
                return K.in_train_phase(noised, x, training=None)
        """,
        """\
        from keras.layers import Layer
        class Noise(Layer):
            def call(self, x, mask=None, training=None):
                def noised():
                    return x + 1
                return (noised() if training else x)
        """,
    ),
    "a loss that is added to a functional model": (
        Era.KERAS_2,
        """\
        from keras import backend as K
        from keras.layers import Dense, Input
        from keras.models import Model
        x = Input((3,))
        y = Dense(3)(x)
        model = Model(x, y)
        model.add_loss(K.mean(y))
        """,
        """\
        from keras.layers import Dense, Input, Layer
        from keras.models import Model
        from keras import ops
        x = Input((3,))
        y = Dense(3)(x)
        model = Model(x, y)


        class AddLoss(Layer):
            def call(self, outputs, loss):
                self.add_loss(loss)
                return outputs


        model = Model(model.inputs, AddLoss()(model.outputs[0], ops.mean(y)))
        """,
    ),
    "a metric that a layer adds": (
        Era.TF_KERAS,
        """\
        import tensorflow as tf
        class Watched(tf.keras.layers.Layer):
            def __init__(self, units):
                super().__init__()
                self.units = units
            def call(self, x):
                self.add_metric(tf.reduce_mean(x), name='level', aggregation='mean')
                return x
        """,
        """\
        import tensorflow as tf
        class Watched(tf.keras.layers.Layer):
            def __init__(self, units):
                super().__init__()
                self.level_metric = tf.keras.metrics.Mean(name="level")
                self.units = units
            def call(self, x):
                self.level_metric.update_state(tf.reduce_mean(x))
                return x
        """,
    ),
    "batches of lists": (
        Era.KERAS_2,
        """\
        from keras.models import Sequential
        from keras.utils import PyDataset
        class Batches(PyDataset):
            def __getitem__(self, index):
                x = [a, b]
                return x, y
        def batches():
            while True:
                yield [a], [y, z]
        model = Sequential([])
        model.fit(batches(), validation_data=Batches())
        """,
        """\
        from keras.models import Sequential
        from keras.utils import PyDataset
        class Batches(PyDataset):
            def __getitem__(self, index):
                x = [a, b]
                return tuple(x), y
        def batches():
            while True:
                yield (a,), (y, z)
        model = Sequential([])
        model.fit(batches(), validation_data=Batches())
        """,
    ),
    "what an optimizer keeps": (
        Era.KERAS_2,
        """\
        from keras.models import Sequential
        model = Sequential([])
        model.optimizer.set_weights(model.optimizer.get_weights())
        """,
        """\
        from keras.models import Sequential
        model = Sequential([])
        for variable, value in zip(model.optimizer.variables, [variable.numpy() for variable in model.optimizer.variables]): variable.assign(value)
        """,
    ),
    "names of metrics": (
        Era.KERAS_2,
        """\
        from keras.models import Sequential
        model = Sequential([])
        model.compile("sgd", "mse", metrics=["accuracy"])
        place = model.metrics_names.index("acc")
        """,
        """\
        from keras.models import Sequential
        model = Sequential([])
        model.compile("sgd", "mse", metrics=["accuracy"])
        place = list(model.get_metrics_result()).index("accuracy")
        """,
    ),
    "a decay at its place": (
        Era.UNKNOWN,
        "from keras.optimizers import SGD\nx = SGD(0.01, 0.9, 1e-6, True)\n",
        "from keras.optimizers import SGD\nfrom keras.optimizers.schedules import InverseTimeDecay\n"
        "x = SGD(InverseTimeDecay(0.01, decay_steps=1, decay_rate=1e-6), 0.9, nesterov=True)\n",
    ),
    "variables that a layer trains": (
        Era.KERAS_1,
        """\
        from keras import backend as K
        from keras.layers import Layer
        class Bias(Layer):
            def build(self, shape):
                self.bias = K.zeros((shape[1],), name="bias")
                self.trainable_weights = [self.bias]
        """,
        """\
        from keras.layers import Layer
        class Bias(Layer):
            def build(self, shape):
                self.bias = self.add_weight(shape=(shape[1],), initializer="zeros", name="bias")
        """,
    ),
    "a variable that nothing keeps": (
        Era.KERAS_2,
        "from keras import backend as K\nx = K.reshape(K.variable(sizes), [1, 2])\n",
        'from keras import ops\nx = ops.reshape(ops.convert_to_tensor(sizes, dtype="float32"), [1, 2])\n',
    ),
    "the length of the inputs of a Sequential": (
        Era.KERAS_2,
        """\
        from keras.layers import Embedding, LSTM
        from keras.models import Sequential
        model = Sequential()
        model.add(Embedding(9, 4, input_length=5))
        other = Sequential([LSTM(4, input_dim=3, input_length=7)])
        inner = Embedding(9, 4, input_length=5)(x)
        """,
        """\
        from keras.layers import Embedding, LSTM
        from keras.models import Sequential
        model = Sequential()
        model.add(Embedding(9, 4, input_shape=(5,)))
        other = Sequential([LSTM(4, input_shape=(7, 3))])
        inner = Embedding(9, 4, input_length=5)(x)
        """,
    ),
    "a folder that saving made": (
        Era.TF_KERAS,
        "import tensorflow as tf\nmodel = tf.keras.Sequential()\nmodel.save_weights('a/w', save_format='tf')\n",
        "import tensorflow as tf\nimport os\nmodel = tf.keras.Sequential()\nos.makedirs('a', exist_ok=True)\n"
        "model.save_weights('a/w.weights.h5')\n",
    ),
    "names with slashes": (
        Era.KERAS_2,
        """\
        from keras.layers import Conv2D, Input
        from keras.models import Model
        x = Input((8, 8, 3))
        y = Conv2D(4, 3, name='a/b')(x)
        y = Conv2D(4, 3, name='a/' + kind)(y)
        model = Model(x, y)
        layer = model.get_layer('a/b')
        path = 'c/d'
        """,
        """\
        from keras.layers import Conv2D, Input
        from keras.models import Model
        x = Input((8, 8, 3))
        y = Conv2D(4, 3, name='a_b')(x)
        y = Conv2D(4, 3, name='a_' + kind)(y)
        model = Model(x, y)
        layer = model.get_layer('a_b')
        path = 'c/d'
        """,
    ),
    "quotients of steps": (
        Era.KERAS_2,
        """\
        from keras.models import Sequential
        model = Sequential([])
        steps = len(data) / 32
        model.fit_generator(batches, len(data) / 16, 3, validation_steps=steps)
        """,
        """\
        from keras.models import Sequential
        import math
        model = Sequential([])
        steps = len(data) / 32
        model.fit(batches, steps_per_epoch=math.ceil(len(data) / 16), epochs=3, validation_steps=math.ceil(steps))
        """,
    ),
    "types of tensors": (
        Era.KERAS_2,
        "import keras\nimport tensorflow as tf\nx = tf.to_float(y) + tf.to_int32(y)\n",
        'import keras\nimport tensorflow as tf\nx = tf.cast(y, "float32") + tf.cast(y, "int32")\n',
    ),
    "what TensorFlow 1 had in contrib, and nothing uses": (
        Era.KERAS_2,
        "import keras\nimport tensorflow as tf\nfrom tensorflow.contrib.metrics import streaming_mean_iou\n",
        "import keras\nimport tensorflow as tf\n",
    ),
    "slices and sizes of placeholders": (
        Era.TF_KERAS,
        """\
        import tensorflow as tf
        from tensorflow.keras.layers import Input
        x = Input((5, 4))
        y = tf.slice(x, [0, 4, 0], [-1, 1, -1])
        n = x.shape[2].value
        """,
        """\
        from tensorflow.keras.layers import Input
        x = Input((5, 4))
        y = x[:, 4:5, :]
        n = x.shape[2]
        """,
    ),
    "gradients of a tape": (
        Era.TF_KERAS,
        """\
        import tensorflow as tf
        class Net(tf.keras.Model):
            def train_step(self, data):
                with tf.GradientTape() as tape:
                    loss = self.compute_loss(data)
                self.optimizer.minimize(loss, self.trainable_variables, tape=tape)
        """,
        """\
        import tensorflow as tf
        class Net(tf.keras.Model):
            def train_step(self, data):
                with tf.GradientTape() as tape:
                    loss = self.compute_loss(data)
                self.optimizer.apply_gradients(zip(tape.gradient(loss, self.trainable_variables), self.trainable_variables))
        """,
    ),
    "a function of the program that initializes": (
        Era.KERAS_1,
        """\
        from keras.layers import Dense
        def start(shape, name=None):
            return values[shape]
        x = Dense(3, init=start)
        """,
        """\
        from keras.layers import Dense
        def start(shape, name=None, dtype=None):
            return values[shape]
        x = Dense(3, kernel_initializer=start)
        """,
    ),
    "arguments of separable convolutions that did nothing": (
        Era.KERAS_2,
        "from keras.layers import SeparableConv2D, activations\nx = SeparableConv2D(3, 3, kernel_regularizer='l2')\n",
        "from keras.layers import SeparableConv2D\nfrom keras import activations\nx = SeparableConv2D(3, 3)\n",
    ),
    "the last layer says which class is meant": (
        Era.KERAS_2,
        """\
        from keras.layers import Dense
        from keras.models import Sequential
        model = Sequential([Dense(8, activation="relu"), Dense(1, activation="sigmoid")])
        classes = model.predict_classes(x)
        """,
        """\
        from keras.layers import Dense
        from keras.models import Sequential
        model = Sequential([Dense(8, activation="relu"), Dense(1, activation="sigmoid")])
        classes = (model.predict(x) > 0.5).astype("int32")
        """,
    ),
}


@pytest.mark.parametrize("name", CHANGED)
def test_what_changes(name: str) -> None:
    era, before, after = CHANGED[name]
    assert migrated(before, era) == textwrap.dedent(after)


#: What is left to do by hand: the program, and a part of what is said.
LEFT: dict[str, tuple[str, str]] = {
    "a loss that is a function": (
        "import tensorflow as tf\nd = tf.keras.layers.Dense(1)\nm = tf.keras.Sequential([d])\nm.add_loss(lambda: d.kernel)\n",
        "self.add_loss in the call of a layer",
    ),
    "a session from elsewhere": (
        "from keras import backend as K\nfrom other import *\nsession = tf.Session()\nK.set_session(session)\n",
        "there are no sessions in Keras 3",
    ),
    "a module of contrib": (
        "import tensorflow as tf\nfrom tensorflow.contrib.layers import flatten\nx = flatten(y)\n",
        "as is all of tensorflow.contrib",
    ),
    "a decay that an optimizer is asked for": (
        "from keras.models import Sequential\nm = Sequential()\nx = m.optimizer.decay\n",
        "decay is gone",
    ),
}


@pytest.mark.parametrize("name", LEFT)
def test_what_is_left(name: str) -> None:
    code, part = LEFT[name]
    assert any(part in message for message in left(code, Era.KERAS_2)), left(code, Era.KERAS_2)


def test_an_argument_is_not_given_twice() -> None:
    code = "from keras.layers import Dense\nx = Dense(4, 2, init='uniform')\n"
    new = migrated(code, Era.KERAS_1)
    compile(new, "x.py", "exec")
    assert new == "from keras.layers import Dense\nx = Dense(4, 2, kernel_initializer='random_uniform')\n"


def test_what_is_no_python_afterwards_is_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    from kerascheck.fixes.changes import AddArgument
    from kerascheck.migrate import plan as module
    from kerascheck.migrate.context import Context, Step

    def twice(context: Context) -> list[Step]:
        return [Step("arguments", one, "wrong", (AddArgument(one, ("units=3",)),)) for one in context.calls]

    monkeypatch.setattr(module, "_CODEMODS", (*module._CODEMODS, twice))
    made = planned("from keras.layers import Dense\nx = Dense(output_dim=4)\n", Era.KERAS_1)
    assert made.raw == b"from keras.layers import Dense\nx = Dense(units=4)\n"
    assert [step.message for step in made.left] == ["wrong"]
