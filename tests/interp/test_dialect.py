"""For which Keras a source is written."""

from __future__ import annotations

import pytest

from kerascheck.source import Source


@pytest.mark.parametrize(
    ("text", "generation"),
    [
        ("model.fit(x, y, nb_epoch=3)", 1),
        ("Convolution2D(32, 3, 3)", 1),
        ("Conv2D(32, (3, 3), border_mode='same')", 1),
        ("Dense(output_dim=6, activation='relu')", 1),
        ("Dense(6, init='uniform')", 1),
        ("Dropout(p = 0.5)", 1),
        ("Model(input=i, output=x)", 1),
        ("LSTM(8, dropout_W=0.2)", 1),
        ("from keras.layers.core import Dense", 2),
        ("model.fit_generator(g)", 2),
        ("from tensorflow.keras.layers.experimental import preprocessing", 2),
        ("import tensorflow_addons as tfa\nfrom tensorflow import keras", 2),
        ("from tf_keras import layers", 2),
        ("import os\nos.environ['TF_USE_LEGACY_KERAS'] = '1'\nfrom tensorflow import keras", 2),
        # No proof of an old Keras:
        ("os.environ['TF_USE_LEGACY_KERAS'] = '0'", 3),
        ("# tensorflow_addons is not needed any more", 3),
        ("nb_epoch = 10", 3),
        ("Embedding(input_dim=9, output_dim=4)", 3),
        ("GradientBoostingClassifier(subsample=0.5)", 3),
        ("Convolution2D(32, 3)", 3),
        ("KMeans(3, init='k-means++')", 3),
        ("from tensorflow.keras.layers import Dense\nDense(output_dim=6)", 3),
        ("from tensorflow.keras import layers\nmodel.fit_generator(g)", 3),
        ("tf.keras.layers.Conv2D(32, 3, 3)\ntrain(nb_epoch=3)", 3),
    ],
)
def test_the_generation_is_guessed_from_names_that_only_it_has(text: str, generation: int) -> None:
    assert Source(text.encode(), "program.py").target.dialect == generation
