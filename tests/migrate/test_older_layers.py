"""What older Kerases did by methods, settings and layers that are gone: programs before and after."""

from __future__ import annotations

import textwrap

import pytest

from kerascheck.project.target import Era
from tests.migrate.helpers import left, migrated

HEAD = "from keras.layers import Dense, Input\nfrom keras.models import Model, Sequential\n"

CHANGED: dict[str, tuple[str, str]] = {
    # -- models that are merged
    "a layer that merges models": (
        f"{HEAD}from keras.layers import Merge\na = Sequential([Dense(2)])\nb = Sequential([Dense(2)])\n"
        "m = Sequential()\nm.add(Merge([a, b], mode='concat', concat_axis=1))\n",
        "from keras.layers import Dense, Input, concatenate\nfrom keras.models import Model, Sequential\n"
        "a = Sequential([Dense(2)])\nb = Sequential([Dense(2)])\nm = Sequential()\n"
        "m.add(Model([*a.inputs, *b.inputs], concatenate([a.outputs[0], b.outputs[0]], axis=1)))\n",
    ),
    "models that are merged by a function": (
        f"{HEAD}from keras.layers import Merge\na = Sequential([Dense(2)])\n"
        "x = Merge([a, a], mode=lambda xs: xs[0], output_shape=(2,), name='both')\n",
        "from keras.layers import Dense, Input, Lambda\nfrom keras.models import Model, Sequential\n"
        "a = Sequential([Dense(2)])\n"
        "x = Model([*a.inputs, *a.inputs], Lambda(lambda xs: xs[0])([a.outputs[0], a.outputs[0]]), name='both')\n",
    ),
    # -- layers that are others
    "the largest of several layers": (
        f"{HEAD}from keras.layers import MaxoutDense\nm = Sequential()\nm.add(MaxoutDense(n + 1, 3, input_dim=5))\n",
        "from keras.layers import Dense, Input, Reshape, GlobalMaxPooling1D\n"
        "from keras.models import Model, Sequential\nm = Sequential()\n"
        "m.add(Sequential([Dense((n + 1) * 3, input_dim=5), Reshape((3, n + 1)), GlobalMaxPooling1D()]))\n",
    ),
    "the weights of a layer": (
        f"{HEAD}x = Dense(2, init='uniform', weights=[w, b])\n",
        f"{HEAD}from keras.initializers import Constant\n"
        "x = Dense(2, kernel_initializer=Constant(w), bias_initializer=Constant(b))\n",
    ),
    # -- what a layer or a model was asked for
    "one of several calls of a layer": (
        f"{HEAD}d = Dense(2)\nx = d(Input((3,)))\ny = d(Input((3,)))\nz = d.get_output_at(1), d.get_input_at(-1)\n",
        f"{HEAD}d = Dense(2)\nx = d(Input((3,)))\ny = d(Input((3,)))\n"
        "z = d._inbound_nodes[1].output_tensors[0], d._inbound_nodes[-1].input_tensors[0]\n",
    ),
    "the only call of a layer": (
        f"{HEAD}d = Dense(2)\nx = d(Input((3,)))\nz = d.get_output_at(0)\n",
        f"{HEAD}d = Dense(2)\nx = d(Input((3,)))\nz = d.output\n",
    ),
    "layers in loops": (
        f"{HEAD}m = Sequential([Dense(2)])\nfor layer in m.layers:\n    print(layer.output_shape)\n"
        "for i, one in enumerate(m.layers[1:]):\n    print(i, one.input_shape)\n"
        "shapes = [part.output_shape for part in reversed(m.layers)]\n",
        f"{HEAD}m = Sequential([Dense(2)])\nfor layer in m.layers:\n    print(layer.output.shape)\n"
        "for i, one in enumerate(m.layers[1:]):\n    print(i, one.input.shape)\n"
        "shapes = [part.output.shape for part in reversed(m.layers)]\n",
    ),
    # -- layers that are popped
    "a layer that is popped from a stack": (
        f"{HEAD}m = Sequential([Dense(2)])\nm.layers.pop()\nm.outputs = [m.layers[-1].output]\n"
        "m.layers[-1].outbound_nodes = []\nm.add(Dense(3))\n",
        f"{HEAD}m = Sequential([Dense(2)])\nm.pop()\nm.add(Dense(3))\n",
    ),
    "layers that are popped from a graph": (
        f"{HEAD}m = Model(a, b)\nm.layers.pop()\nm.layers.pop()\nend = m.layers[-1].output\nn = Model(m.input, end)\n",
        f"{HEAD}m = Model(a, b)\nm = Model(m.inputs, m.layers[-3].output)\nend = m.layers[-1].output\n"
        "n = Model(m.input, end)\n",
    ),
    "models of the same name in two functions": (
        f"{HEAD}def f():\n    m = Model(a, b)\n    m.layers.pop()\n    m.outputs = [m.layers[-1].output]\n    return m\n"
        "def g():\n    m = Model(a, b)\n    return m\n",
        f"{HEAD}def f():\n    m = Model(a, b)\n    m = Model(m.inputs, m.layers[-2].output)\n    return m\n"
        "def g():\n    m = Model(a, b)\n    return m\n",
    ),
    # -- the data of a callback
    "a callback that reads the validation data": (
        f"{HEAD}from keras.callbacks import Callback\nclass Score(Callback):\n"
        "    def on_epoch_end(self, epoch, logs=None):\n        print(self.validation_data[0])\n"
        "m = Sequential([Dense(1)])\nm.fit(x, y, validation_data=(u, v), callbacks=[Score()])\n",
        f"{HEAD}from keras.callbacks import Callback\nclass Score(Callback):\n"
        "    def on_epoch_end(self, epoch, logs=None):\n        print(self.validation_data[0])\n"
        "m = Sequential([Dense(1)])\ncallback = Score()\ncallback.validation_data = (u, v)\n"
        "m.fit(x, y, validation_data=(u, v), callbacks=[callback])\n",
    ),
    "a callback that has a name": (
        f"{HEAD}import keras\nclass Score(keras.callbacks.Callback):\n"
        "    def on_epoch_end(self, epoch, logs=None):\n        print(self.validation_data[0])\n"
        "score = Score()\nm = Sequential([Dense(1)])\nothers = [score]\n"
        "h = m.fit(x, y, validation_data=[u, v], callbacks=others)\n",
        f"{HEAD}import keras\nclass Score(keras.callbacks.Callback):\n"
        "    def on_epoch_end(self, epoch, logs=None):\n        print(self.validation_data[0])\n"
        "score = Score()\nm = Sequential([Dense(1)])\nothers = [score]\nscore.validation_data = [u, v]\n"
        "h = m.fit(x, y, validation_data=[u, v], callbacks=others)\n",
    ),
    # -- classes of the program
    "lists of weights that a layer sets": (
        "from keras import backend as K\nfrom keras.layers import Layer\nclass A(Layer):\n    def build(self, shape):\n"
        "        self.w = K.variable(x)\n        self.b = self.add_weight(shape=(2,))\n"
        "        self.trainable_weights = [self.w, self.b]\n",
        "from keras.layers import Layer\nfrom keras import Variable\nclass A(Layer):\n    def build(self, shape):\n"
        '        self.w = Variable(x, dtype="float32")\n        self.b = self.add_weight(shape=(2,))\n',
    ),
    "weights that are not trained": (
        "from keras.layers import Layer\nclass A(Layer):\n    def build(self, shape):\n"
        "        self.w = self.add_weight(shape=(2,))\n        self.non_trainable_weights = [self.w]\n",
        "from keras.layers import Layer\nclass A(Layer):\n    def build(self, shape):\n"
        "        self.w = self.add_weight(shape=(2,), trainable=False)\n",
    ),
    "initializers that made variables": (
        "from keras import initializers\nfrom keras.layers import Layer\nclass A(Layer):\n    def __init__(self):\n"
        "        self.init = initializers.get('one')\n        super(A, self).__init__()\n"
        "    def build(self, shape):\n        self.w = self.init((2,), name='w')\n        self.trainable_weights = [self.w]\n",
        "from keras import initializers\nfrom keras.layers import Layer\nclass A(Layer):\n    def __init__(self):\n"
        "        self.init = initializers.get('one')\n        super(A, self).__init__()\n"
        "    def build(self, shape):\n        self.w = self.add_weight(shape=(2,), initializer=self.init, name='w')\n",
    ),
    "functions that initialize": (
        "from keras.initializations import normal, uniform\nfrom keras.layers import Dense\n"
        "a = Dense(2, init=lambda shape, name: normal(shape, scale=0.01, name=name))\n"
        "b = Dense(2, init=lambda shape, name=None: uniform(shape, name=name))\nc = normal((2, 3))\n",
        "from keras.layers import Dense\nfrom keras.initializers import RandomNormal, RandomUniform\n"
        "a = Dense(2, kernel_initializer=RandomNormal(stddev=0.01))\n"
        "b = Dense(2, kernel_initializer=RandomUniform(-0.05, 0.05))\nc = RandomNormal(stddev=0.05)((2, 3))\n",
    ),
    "names that Keras 3 does not look up": (
        f"{HEAD}from keras.layers import Activation\nfrom keras.utils import get_custom_objects\ndef f(x):\n    return x\n"
        "def g(a, b):\n    return a\nget_custom_objects().update({'f': Activation(f)})\n"
        "get_custom_objects()['g'] = g\nm = Sequential([Dense(2, activation='f'), Activation('f')])\n"
        "m.compile('sgd', loss='g', metrics=['mae', 'g'])\n",
        f"{HEAD}from keras.layers import Activation\nfrom keras.utils import get_custom_objects\ndef f(x):\n    return x\n"
        "def g(a, b):\n    return a\nget_custom_objects().update({'f': Activation(f)})\n"
        "get_custom_objects()['g'] = g\nm = Sequential([Dense(2, activation=f), Activation(f)])\n"
        "m.compile('sgd', loss=g, metrics=['mae', g])\n",
    ),
    # -- functions and graphs
    "a function that is told whether the model learns": (
        f"{HEAD}from keras import backend as K\nm = Sequential([Dense(2)])\n"
        "f = K.function([a, K.learning_phase()], [b])\nx = f([u, 0])[0]\ny = f([u, 1.])[0]\n"
        "g = K.function(m.inputs + [K.learning_phase()], [b, c])\nz = g([u, True])\n",
        f"{HEAD}m = Sequential([Dense(2)])\nf = Model([a], [[b]])\nx = f([u], training=False)[0]\n"
        "y = f([u], training=True)[0]\ng = Model(m.inputs, [b, c])\nz = g([u], training=True)\n",
    ),
    "a graph that models are called in": (
        "import tensorflow as tf\nfrom keras.models import load_model\nmodel = load_model('m.h5')\n"
        "graph = tf.get_default_graph()\n\ndef ask(x):\n    global graph\n    with graph.as_default():\n"
        "        # a comment\n        y = '''a\n    b'''\n        return model.predict(x)\n\n"
        "def tell(x):\n    with graph.as_default(), open('x') as out:\n        out.write(x)\n",
        "from keras.models import load_model\nmodel = load_model('m.h5')\n\ndef ask(x):\n    global graph\n"
        "    # a comment\n    y = '''a\n    b'''\n    return model.predict(x)\n\n"
        "def tell(x):\n    with open('x') as out:\n        out.write(x)\n",
    ),
    "all of a block is about a session": (
        "import tensorflow as tf\nfrom keras import backend as K\nif x:\n    config = tf.ConfigProto()\n"
        "    K.set_session(tf.Session(config=config))\nprint(x)\n",
        "if x:\n    pass\nprint(x)\n",
    ),
    # -- arguments
    "a checkpoint after some epochs": (
        "from keras.callbacks import ModelCheckpoint\nx = ModelCheckpoint('m.keras', period=5)\n",
        "from keras.callbacks import ModelCheckpoint\nx = ModelCheckpoint('m.keras')\n",
    ),
    "steps in one go": (
        f"{HEAD}m = Sequential([Dense(2)])\nm.compile('sgd', 'mse', experimental_steps_per_execution=4)\n",
        f"{HEAD}m = Sequential([Dense(2)])\nm.compile('sgd', 'mse', steps_per_execution=4)\n",
    ),
    "the order of axes that is the default": (
        "from keras.layers import UpSampling3D\nx = UpSampling3D(dim_ordering='default')\n",
        "from keras.layers import UpSampling3D\nx = UpSampling3D()\n",
    ),
    "the decay of an optimizer in small letters": (
        "import keras\nx = keras.optimizers.rmsprop(lr=0.1, decay=1e-6)\n",
        "import keras\nx = keras.optimizers.RMSprop(learning_rate=keras.optimizers.schedules.InverseTimeDecay("
        "0.1, decay_steps=1, decay_rate=1e-6))\n",
    ),
    "whether an optimizer has a rate": (
        "from keras.callbacks import Callback\nclass A(Callback):\n    def on_epoch_begin(self, epoch, logs=None):\n"
        "        assert hasattr(self.model.optimizer, 'lr')\n",
        "from keras.callbacks import Callback\nclass A(Callback):\n    def on_epoch_begin(self, epoch, logs=None):\n"
        "        assert hasattr(self.model.optimizer, 'learning_rate')\n",
    ),
    # -- names of files
    "an ending that is written twice": (
        f"{HEAD}m = Sequential([Dense(2)])\nm.save_weights('a.weights.hdf5')\nm.save_weights('a%d.h5' % n)\n",
        f"{HEAD}m = Sequential([Dense(2)])\nm.save_weights('a.weights.h5')\nm.save_weights('a%d.weights.h5' % n)\n",
    ),
}


@pytest.mark.parametrize("name", CHANGED)
def test_what_changes(name: str) -> None:
    before, after = CHANGED[name]
    assert migrated(before, Era.KERAS_2) == textwrap.dedent(after)


SILENT = {
    "a name of a file that is filled in": (
        f"{HEAD}m = Sequential([Dense(2)])\nm.save_weights('{{}}'.format(path))\nm.save('{{}}'.format(path))\n"
        "m.save_weights('%s' % path)\n"
    ),
    "a list that a program has of its own": f"{HEAD}m = Sequential([Dense(2)])\nparts = list(m.layers)\nparts.pop()\n",
    "an Embedding with its weights": "from keras.layers import Embedding\nx = Embedding(2, 3, weights=[w])\n",
    "an activation that Keras 3 has": (
        "from keras.layers import Activation\nfrom keras.utils import get_custom_objects\ndef f(x):\n    return x\n"
        "get_custom_objects().update({'swish': f})\nx = Activation('swish')\n"
    ),
    "validation data that the program sets": (
        "from keras.callbacks import Callback\nclass Score(Callback):\n    def __init__(self, data):\n"
        "        self.validation_data = data\n    def on_epoch_end(self, epoch, logs=None):\n"
        "        print(self.validation_data)\n"
    ),
    "loops over something else": "import keras\nfor layer in drawing.layers:\n    print(layer.output_shape)\n",
}


@pytest.mark.parametrize("name", SILENT)
def test_what_stays(name: str) -> None:
    assert migrated(SILENT[name], Era.KERAS_2) == SILENT[name]
    assert not left(SILENT[name], Era.KERAS_2)


LEFT = {
    "a stack that begins with a merge": (
        f"{HEAD}from keras.layers import Merge\na = Sequential()\na.add(Merge([b, c], mode='sum'))\n"
        "x = Merge([a, a], mode=f(1))\n",
        "Merge is gone",
    ),
    "a layer with more than MaxoutDense needs": (
        "from keras.layers import MaxoutDense\nx = MaxoutDense(3, W_constraint=c)\n",
        "MaxoutDense is gone",
    ),
    "weights that come from elsewhere": (
        "from keras.layers import Dense\nx = Dense(2, weights=other.get_weights())\n",
        "weights= of a layer is gone",
    ),
    "a model that is used after a layer was popped": (
        f"{HEAD}m = Model(a, b)\nm.layers.pop()\nx = m.predict(y)\n",
        "layers.pop() takes nothing from the model",
    ),
    "a callback that is handed elsewhere": (
        "from keras.callbacks import Callback\nclass Score(Callback):\n"
        "    def on_epoch_end(self, epoch, logs=None):\n        print(self.validation_data)\nf(Score())\n",
        "fit sets no validation_data on a callback",
    ),
    "a function whose calls are not seen": (
        "from keras import backend as K\nf = K.function([a, K.learning_phase()], [b])\ng(f)\n",
        "K.function is gone",
    ),
    "a placeholder of TensorFlow 1": (
        "import tensorflow as tf\nx = tf.placeholder(tf.float32)\n",
        "tensorflow.placeholder is gone",
    ),
    "an optimizer that works in a graph": (
        "import tensorflow as tf\nx = tf.train.AdamOptimizer(0.1).minimize(loss)\n",
        "tensorflow.train.AdamOptimizer is gone",
    ),
}


@pytest.mark.parametrize("name", LEFT)
def test_what_is_left_to_do_by_hand(name: str) -> None:
    code, message = LEFT[name]
    assert [one for one in left(code, Era.KERAS_2) if one.startswith(message)]
    assert migrated(code, Era.KERAS_2) == code
