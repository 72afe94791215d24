"""Every way to import Keras ends at one canonical name."""

from __future__ import annotations

import pytest

from kerascheck.machine.names import canonical
from kerascheck.symbolic.unknown import Symbol, Unknown
from tests.machine.helpers import UNKNOWN, build, known, value_of

DENSE = [
    "from keras.layers import Dense as x",
    "from keras.layers import Dense; x = Dense",
    "from keras.layers import *\nx = Dense",
    "import keras; x = keras.layers.Dense",
    "import keras.layers; x = keras.layers.Dense",
    "import keras.layers as L; x = L.Dense",
    "from keras import layers as kl; x = kl.Dense",
    "from keras.layers.core import Dense as x",
    "from keras.layers import core; x = core.Dense",
    "from keras.legacy.layers import Dense as x",
    "from keras.src.layers import Dense as x",
    "from keras.src.layers.core.dense import Dense as x",
    "from keras.api.layers import Dense as x",
    "from tensorflow.keras.layers import Dense as x",
    "from tensorflow import keras; x = keras.layers.Dense",
    "import tensorflow as tf; x = tf.keras.layers.Dense",
    "import tensorflow; x = tensorflow.keras.layers.Dense",
    "import tensorflow.keras as K; x = K.layers.Dense",
    "import tensorflow.keras.layers as L; x = L.Dense",
    "import tensorflow.compat.v1 as tf; x = tf.keras.layers.Dense",
    "import tensorflow as tf; keras = tf.keras; layers = keras.layers; x = layers.Dense",
    "from tensorflow.python.keras.layers import Dense as x",
    "from tensorflow.python.keras.layers.core import Dense as x",
    "from tensorflow.python.keras.api._v2.keras.layers import Dense as x",
    "from tensorflow.python.keras.api._v1.keras import layers; x = layers.Dense",
    "from tensorflow_core.python.keras.api._v2.keras.layers import Dense as x",
    "from tensorflow.contrib.keras import layers; x = layers.Dense",
    "import tf_keras; x = tf_keras.layers.Dense",
    "from tf_keras.layers import Dense as x",
    "import keras as K\nclass N:\n    layer = K.layers.Dense\nx = N.layer",
    "import keras\ndef get():\n    return keras.layers.Dense\nx = get()",
    "import keras\nx = getattr(keras.layers, 'Dense')",
    "import keras\nx = {'dense': keras.layers.Dense}['dense']",
    "try:\n    from keras.layers import Dense as x\nexcept ImportError:\n    from tensorflow.keras.layers import Dense as x",
    "try:\n    import keras\nexcept ModuleNotFoundError:\n    from tensorflow import keras\nx = keras.layers.Dense",
    "if True:\n    from tensorflow.keras.layers import Dense as x",
    "import sys\nif sys.version_info[0] > 2:\n    from keras.layers import Dense as x\nelse:\n    from keras.layers.core import Dense as x",
]  # fmt: skip


@pytest.mark.parametrize("code", DENSE)
def test_every_spelling_of_dense(code: str) -> None:
    assert value_of(code, "x") == Symbol("keras.layers.Dense")


OTHERS = {
    "from keras.layers.convolutional import Conv2D as x": "keras.layers.Conv2D",
    "from keras.layers.convolutional import Convolution2D as x": "keras.layers.Convolution2D",
    "from keras.layers.normalization import BatchNormalization as x": "keras.layers.BatchNormalization",
    "from keras.layers.recurrent import LSTM as x": "keras.layers.LSTM",
    "from keras.layers.embeddings import Embedding as x": "keras.layers.Embedding",
    "from keras.layers.wrappers import TimeDistributed as x": "keras.layers.TimeDistributed",
    "from keras.layers.advanced_activations import LeakyReLU as x": "keras.layers.LeakyReLU",
    "from keras.layers import Input as x": "keras.Input",
    "from keras.engine import Input as x": "keras.Input",
    "from keras.engine.topology import Layer as x": "keras.Layer",
    "from keras.layers import Layer as x": "keras.Layer",
    "from keras.layers.noise import *; x = GaussianDropout": "keras.layers.GaussianDropout",
    "from keras.layers.merge import *; x = multiply": "keras.layers.multiply",
    "from keras.layers.merge import dot as x": "keras.layers.dot",
    "from keras.layers.core import *; x = K": "keras.backend",
    "from keras.models import Input as x": "keras.Input",
    "from keras.models import *; x = Input": "keras.Input",
    "from keras.models import Sequential as x": "keras.Sequential",
    "from keras import Sequential as x": "keras.Sequential",
    "from keras.models import Model as x": "keras.Model",
    "from keras.engine.training import Model as x": "keras.Model",
    "from tensorflow.keras import Model as x": "keras.Model",
    "from keras.optimizers import Adam as x": "keras.optimizers.Adam",
    "from keras.optimizers.legacy import Adam as x": "keras.optimizers.Adam",
    "import keras; x = keras.losses.BinaryCrossentropy": "keras.losses.BinaryCrossentropy",
    "from keras.objectives import mse as x": "keras.losses.mse",
    "from keras.utils.np_utils import to_categorical as x": "keras.utils.to_categorical",
    "from keras.applications.vgg16 import VGG16 as x": "keras.applications.VGG16",
    "from keras.applications import VGG16 as x": "keras.applications.VGG16",
    "from keras.applications.vgg16 import preprocess_input as x": "keras.applications.vgg16.preprocess_input",
    "import numpy as np; x = np.zeros": "numpy.zeros",
    "from numpy import zeros as x": "numpy.zeros",
}


@pytest.mark.parametrize("code", OTHERS)
def test_other_names(code: str) -> None:
    assert value_of(code, "x") == Symbol(OTHERS[code])


def test_canonical_names_are_fixed_points() -> None:
    for name in OTHERS.values():
        assert canonical(name) == name


def test_a_star_import_brings_only_what_the_module_has() -> None:
    code = "from keras.layers import *\nfrom somewhere import *\nx = Dense\ny = helper\nz = Adam"
    assert value_of(code, "x") == Symbol("keras.layers.Dense")
    assert isinstance(value_of(code, "y"), Unknown)
    assert isinstance(value_of(code, "z"), Unknown)


def test_a_local_definition_hides_the_imported_name() -> None:
    code = "from keras.layers import *\ndef Dense(n):\n    return n\nx = Dense(3)"
    assert known(code) == 3


def test_a_class_of_the_program_is_no_keras_class() -> None:
    code = """
        class Sequential:
            def __init__(self, n):
                self.n = n
        model = Sequential(4)
        x = model.n
    """
    assert known(code) == 4
    assert build("class Sequential:\n    pass\nm = Sequential()").paths[0].networks == []


def test_a_name_is_looked_up_when_it_is_used() -> None:
    assert known("def f():\n    return later\nlater = 5\nx = f()") == 5


def test_a_class_body_is_invisible_to_its_methods() -> None:
    assert known("n = 1\nclass A:\n    n = 2\n    def f(self):\n        return n\nx = A().f()") == 1


def test_undefined_and_deleted_names_are_unknown() -> None:
    assert known("x = nowhere") is UNKNOWN
    assert known("y = 1\ndel y\nx = y") is UNKNOWN


def test_imports_of_keras_are_noted_as_written() -> None:
    program = build("from keras.layers.core import Dense\nimport numpy").paths[0]
    assert "keras.layers.core.Dense" in [name for name, _ in program.imports]
    assert not any(name.startswith("numpy") for name, _ in program.imports)


@pytest.mark.parametrize(
    "code",
    [
        "from keras import backend as K; x = K.image_data_format()",
        "from keras.src import backend; x = backend.config.image_data_format()",
        "import keras; x = keras.config.image_data_format()",
        "import tensorflow as tf; x = tf.keras.backend.image_data_format()",
    ],
)
def test_the_image_data_format_is_the_default_of_keras(code: str) -> None:
    assert known(code) == "channels_last"


def test_the_image_data_format_of_keras_1() -> None:
    assert known("from keras import backend as K; x = K.image_dim_ordering()") == "tf"
    assert known("from keras.backend.common import image_dim_ordering; x = image_dim_ordering()") == "tf"
    assert (
        known("from keras import backend as K; K.set_image_data_format('channels_first'); x = K.image_dim_ordering()")
        == "th"
    )
