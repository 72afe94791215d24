"""Signs in a program of the Keras that it is written for."""

from __future__ import annotations

from typing import Any

import pytest

from kerascheck.project.source import Source
from kerascheck.project.target import Era, Target
from kerascheck.project.target.signs import KERAS_1_ONLY, KERAS_2_ONLY, KERAS_3_ONLY, TENSORFLOW_1


def target(text: str) -> Target:
    return Source(text.encode(), "nowhere/program.py").target


@pytest.mark.parametrize(
    ("text", "era"),
    [
        # TensorFlow 1, however it comes in
        ("import tensorflow.compat.v1 as tf\nfrom tensorflow.keras import layers", Era.TF_KERAS),
        ("from tensorflow.compat import v1\nv1.disable_eager_execution()", Era.TF_KERAS),
        ("import tensorflow as tf\ntf.compat.v1.disable_v2_behavior()", Era.TF_KERAS),
        ("from tensorflow import compat as c\nc.v1.Session()", Era.TF_KERAS),
        ("import tensorflow as flow\nwith flow.Session() as session: pass", Era.TF_KERAS),
        ("import tensorflow as tf\nx = tf.placeholder(tf.float32)", Era.TF_KERAS),
        ("import tensorflow as tf\ntf.contrib.layers.l2_regularizer(0.1)", Era.TF_KERAS),
        ("from tensorflow.contrib import keras", Era.TF_KERAS),
        ("import tensorflow as tf\noptimizer = tf.train.AdamOptimizer()", Era.TF_KERAS),
        # what only Keras 2 takes
        ("import tensorflow as tf\nc = tf.feature_column.numeric_column('age')", Era.TF_KERAS),
        ("from tensorflow import keras\nkeras.layers.DenseFeatures([])", Era.TF_KERAS),
        ("from tensorflow.keras.layers import (\n    Dense,\n    DenseFeatures,\n)", Era.TF_KERAS),
        ("import tensorflow_addons as tfa", Era.TF_KERAS),
        # tf_keras, however it comes in
        ("import tf_keras as keras", Era.TF_KERAS),
        ("from compat import tf_keras", Era.TF_KERAS),
        ("from .compat import tf_keras as keras", Era.TF_KERAS),
        ("import os\nos.environ.setdefault('TF_USE_LEGACY_KERAS', '1')\nimport keras", Era.TF_KERAS),
        # the package keras
        ("from keras import backend\nbackend.set_session(session)", Era.KERAS_2),
        ("import keras.backend as K\nK.get_session()", Era.KERAS_2),
        ("from keras.utils import np_utils", Era.KERAS_2),
        ("import keras\nkeras.layers.core.Dense(3)", Era.KERAS_2),
        ("from keras.layers import Dense, \\\n    Merge", Era.KERAS_1),
        # what other packages had only before Keras 3 came
        ("from sklearn.datasets import load_boston\nfrom tensorflow import keras", Era.TF_KERAS),
        ("from keras import layers\nfrom sklearn import cross_validation", Era.KERAS_2),
        ("from scipy.misc import (imread,\n    imresize as smaller)\nimport keras", Era.KERAS_2),
        # Keras 3
        ("from keras import ops", Era.KERAS_3),
        ("from keras import ops\nfrom sklearn.externals import joblib", Era.KERAS_3),
        ("import keras\nx = keras.ops.mean(y)", Era.KERAS_3),
        ("import keras\nkeras.random.normal((3,))", Era.KERAS_3),
        ("import os\nos.environ['KERAS_BACKEND'] = 'jax'\nimport keras", Era.KERAS_3),
        ("import keras_core as keras", Era.KERAS_3),
        # that beats a way of writing, but no proof
        ("from keras import ops\nlayer.fit_generator(x)", Era.KERAS_3),
        ("from keras import ops\nfrom keras.layers.core import Dense", Era.KERAS_2),
    ],
)
def test_names_tell_the_era(text: str, era: Era) -> None:
    assert target(text).era is era


@pytest.mark.parametrize(
    "text",
    [
        "from tensorflow import keras\nkeras.Sequential()",
        "import keras\nkeras.saving.load_model('a.keras')",
        # in comments and strings
        "import tensorflow as tf\n# tf.placeholder is gone, tf.contrib as well",
        'import tensorflow as tf\n"""from tf_keras import layers"""',
        "import tensorflow as tf\nprint('use tf.Session() and import tensorflow.compat.v1 as tf')",
        # something else of that name
        "import mine as tf\ntf.placeholder(3)",
        "import tensorflow as tf\nx = mine.tf.placeholder(3)",
        "from mine import contrib, Session",
        "from mine.layers import core, DenseFeatures",
        # what other packages still have, or may have
        "from sklearn.datasets import load_iris\nfrom scipy.misc import derivative\nfrom tensorflow import keras",
        "from mine.sklearn.datasets import load_boston\nimport keras",
        "try:\n    from sklearn.externals import joblib\nexcept ImportError:\n    import joblib\nimport keras",
        # what programs for any version do
        "import tensorflow as tf\ntf.compat.v1.logging.set_verbosity(tf.compat.v1.logging.ERROR)",
        "import tensorflow as tf\ntf.random.set_seed(1); tf.math.log(x)",
        "import os\nos.environ['KERAS_BACKEND'] = 'tensorflow'",
        "import os\nos.environ['TF_USE_LEGACY_KERAS'] = '0'",
    ],
)
def test_what_proves_nothing(text: str) -> None:
    assert target(text).era is Era.UNKNOWN


def test_the_evidence_says_what_and_where() -> None:
    found = target("import os\n\nimport tensorflow as tf\nx = tf.placeholder(tf.float32)\n")
    assert [str(one) for one in found.evidence] == ["tensorflow.placeholder (row 4)"]
    assert found.dialect == 2


def test_arguments_in_tensorflow_are_read_as_they_stand() -> None:
    """`Conv2D(8, 3, 3)` has strides of 3 in every tf.keras; in Keras 1 it was a kernel of 3 x 3."""
    text = "import tensorflow.compat.v1 as tf\ni = tf.keras.Input((9, 9, 1))\nx = tf.keras.layers.Conv2D(8, 3, 3)(i)\n"
    assert shape_of_last(text) == (None, 3, 3, 8)
    old = "from keras.layers import Input, Merge, Convolution2D\ni = Input((9, 9, 1))\nx = Convolution2D(8, 3, 3)(i)\n"
    assert shape_of_last(old) == (None, 7, 7, 8)


def shape_of_last(text: str) -> Any:
    from kerascheck.machine import analyze

    (program, *_) = analyze(Source(text.encode(), "nowhere/program.py")).paths
    return program.layers[-1].calls[0].outputs[0].shape


@pytest.mark.oracle
def test_the_names_are_those_that_tensorflow_and_keras_have_or_lack() -> None:
    import keras
    import tensorflow as tf

    def has(root: Any, dotted: str) -> bool:
        for part in dotted.split("."):
            if not hasattr(root, part):
                return False
            root = getattr(root, part)
        return True

    assert not [name for name in TENSORFLOW_1 if has(tf, name)]
    assert not [name for name in KERAS_2_ONLY | KERAS_1_ONLY if has(keras, name)]
    assert not [name for name in KERAS_3_ONLY if not has(keras, name)]


@pytest.mark.parametrize(
    "text",
    [
        "from tensorflow.keras.optimizers import Adam\nopt = Adam(lr=0.1)\n",
        "import tensorflow as tf\nopt = tf.keras.optimizers.SGD(momentum=0.9, lr=0.1)\n",
        "from tensorflow.keras import optimizers\nopt = optimizers.RMSprop(lr=0.1)\n",
        "from tensorflow import keras\nkeras.Sequential().fit_generator(x)\n",
    ],
)
def test_what_only_an_older_keras_of_tensorflow_takes_is_a_way_of_writing(text: str) -> None:
    assert (target(text).era, target(text).by_style) == (Era.TF_KERAS, True)


@pytest.mark.parametrize(
    "text",
    [
        "from torch.optim import Adam\nfrom tensorflow import keras\nopt = Adam(net, lr=0.1)\n",
        "from torch import optim\nfrom tensorflow import keras\nopt = optim.SGD(net, lr=0.1)\n",
        "from tensorflow import keras\n# keras.optimizers.Adam(lr=0.1)\n",
        "from tensorflow import keras\nopt = keras.optimizers.Adam(lr)\n",
    ],
)
def test_other_learning_rates_are_none(text: str) -> None:
    assert target(text).era is Era.UNKNOWN
