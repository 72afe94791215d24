"""Programs in the style of each generation run under the installed Keras 3 after their migration."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from kerascheck.project.target import Era
from tests.migrate.helpers import migrated

pytestmark = pytest.mark.oracle

#: Programs that set `parameters` to the number of parameters that they should have.
PROGRAMS: dict[str, tuple[Era, str]] = {
    "a convolutional network of Keras 1": (
        Era.KERAS_1,
        """\
        import numpy as np
        from keras.models import Sequential
        from keras.layers.core import Activation, Dense, Dropout, Flatten
        from keras.layers.convolutional import Convolution2D, MaxPooling2D
        from keras.layers.normalization import BatchNormalization
        from keras.optimizers import SGD
        from keras.utils import np_utils

        x, y = np.random.rand(8, 12, 12, 1), np_utils.to_categorical(np.arange(8) % 4, 4)
        model = Sequential()
        model.add(Convolution2D(4, 3, 3, border_mode="same", init="he_normal", input_shape=(12, 12, 1), dim_ordering="tf"))
        model.add(BatchNormalization(mode=0))
        model.add(Activation("relu"))
        model.add(Convolution2D(nb_filter=2, nb_row=3, nb_col=3, subsample=(2, 2), bias=False))
        model.add(MaxPooling2D(pool_size=(2, 2), border_mode="valid"))
        model.add(Flatten())
        model.add(Dropout(p=0.5))
        model.add(Dense(output_dim=4, init="uniform", activation="softmax"))
        model.compile(loss="categorical_crossentropy", optimizer=SGD(lr=0.1, decay=1e-6, momentum=0.9), metrics=["accuracy"])
        history = model.fit(x, y, nb_epoch=1, validation_data=(x, y), verbose=0)
        assert model.predict_classes(x, verbose=0).shape == (8,)
        print(history.history["val_acc"])
        parameters = model.count_params()
        assert parameters == 40 + 16 + 72 + 8 * 4 + 4
        """,
    ),
    "a graph and a layer of Keras 1": (
        Era.KERAS_1,
        """\
        import numpy as np
        from keras import backend as K
        from keras.engine.topology import Layer
        from keras.layers import Dense, Input, merge
        from keras.models import Model
        from keras.regularizers import l2


        class Scale(Layer):
            def build(self, input_shape):
                self.scale = self.add_weight("scale", (input_shape[-1],), initializer="one")
                super(Scale, self).build(input_shape)

            def call(self, x, mask=None):
                return x * self.scale

            def get_output_shape_for(self, input_shape):
                return input_shape


        def distance(y_true, y_pred):
            a, b = K.flatten(y_true), K.flatten(y_pred)
            return K.mean(K.square(a - b)) + 0.1 * K.sum(K.abs(b)) / K.cast(K.shape(b)[0], "float32")


        left, right = Input(shape=(4,)), Input(shape=(4,))
        shared = Dense(3, W_regularizer=l2(0.01), activation="tanh")
        both = merge([Scale()(shared(left)), shared(right)], mode="concat", concat_axis=-1)
        product = merge([shared(left), shared(right)], mode="dot", dot_axes=1)
        model = Model(input=[left, right], output=[Dense(1)(both), product])
        model.compile("sgd", distance)
        a = np.random.rand(6, 4)
        model.fit([a, a], [a[:, :1], a[:, :1]], nb_epoch=1, verbose=0)
        parameters = model.count_params()
        assert parameters == 15 + 3 + 7
        """,
    ),
    "generators and images of Keras 2": (
        Era.KERAS_2,
        """\
        import keras
        import numpy as np
        from keras.callbacks import LearningRateScheduler, ModelCheckpoint, ReduceLROnPlateau
        from keras.layers import Conv2D, Dense, GlobalAveragePooling2D
        from keras.layers.advanced_activations import LeakyReLU
        from keras.models import Sequential, load_model
        from keras.optimizers import Adam
        from keras.preprocessing.image import ImageDataGenerator

        x, y = np.random.rand(8, 8, 8, 3), np.arange(8) % 2
        batches = ImageDataGenerator(horizontal_flip=True).flow(x, y, batch_size=4)
        model = Sequential([Conv2D(4, 3, input_shape=(8, 8, 3)), LeakyReLU(alpha=0.1), GlobalAveragePooling2D()])
        model.add(Dense(1, activation="sigmoid"))
        model.compile(Adam(lr=1e-3), "binary_crossentropy", metrics=["accuracy"])
        saver = ModelCheckpoint("best.hdf5", monitor="val_acc", save_best_only=True)
        model.fit_generator(
            batches,
            steps_per_epoch=2,
            epochs=1,
            validation_data=(x, y),
            callbacks=[saver, ReduceLROnPlateau(monitor="val_acc", patience=1)],
            workers=1,
            verbose=0,
        )
        again = load_model("best.hdf5")
        assert again.predict_generator(batches, steps=1).shape == (4, 1)
        assert model.evaluate_generator(batches, 1)[0] > 0
        keras.backend.set_value(model.optimizer.lr, 0.5)
        assert float(keras.backend.get_value(model.optimizer.lr)) == 0.5
        model.save_weights("w.h5")
        model.load_weights("w.h5")
        parameters = model.count_params()
        assert parameters == 112 + 5
        """,
    ),
    "texts and states of Keras 2": (
        Era.KERAS_2,
        """\
        import numpy as np
        import tensorflow as tf
        from keras import backend as K
        from keras.layers import Dense, CuDNNLSTM, Lambda, LSTM
        from keras.layers.embeddings import Embedding
        from keras.layers.wrappers import Bidirectional
        from keras.models import Sequential
        from keras.preprocessing.sequence import pad_sequences
        from keras.preprocessing.text import Tokenizer

        config = tf.ConfigProto()
        config.gpu_options.allow_growth = True
        K.set_session(tf.Session(config=config))

        texts = ["a b c", "b c", "c d", "a"]
        tokenizer = Tokenizer(num_words=9)
        tokenizer.fit_on_texts(texts)
        rows = pad_sequences(tokenizer.texts_to_sequences(texts), maxlen=3)
        model = Sequential()
        model.add(Embedding(9, 4, input_length=3))
        model.add(Lambda(lambda t: K.concatenate([t, K.zeros_like(t)])))
        model.add(Bidirectional(CuDNNLSTM(2)))
        model.add(Dense(1, activation="sigmoid"))
        model.compile("rmsprop", "binary_crossentropy")
        model.fit(rows, np.array([0, 1, 0, 1]), epochs=1, verbose=0)
        middle = K.function([model.input], [model.layers[0].output])
        assert middle([rows])[0].shape == (4, 3, 4)
        parameters = model.count_params()
        assert parameters == 36 + 2 * 4 * (8 * 2 + 2 * 2 + 2) + 5

        other = Sequential()
        other.add(LSTM(3, batch_input_shape=(2, 1, 2), stateful=True))
        other.compile("sgd", "mse")
        other.fit(np.zeros((2, 1, 2)), np.zeros((2, 3)), batch_size=2, verbose=0)
        other.reset_states()
        """,
    ),
    "what Keras 1 had for layers, and how they were asked": (
        Era.KERAS_1,
        """\
        import numpy as np
        from keras import backend as K, initializations
        from keras.callbacks import Callback
        from keras.engine.topology import Layer
        from keras.initializations import normal
        from keras.layers import Dense, Dropout, Input, LSTM, MaxoutDense, Merge
        from keras.models import Model, Sequential


        class Scale(Layer):
            def __init__(self, **kwargs):
                self.gamma_init = initializations.get("one")
                super(Scale, self).__init__(**kwargs)

            def build(self, input_shape):
                self.gamma = self.gamma_init((int(input_shape[-1]),), name="gamma")
                self.shift = K.variable(np.zeros(int(input_shape[-1])))
                self.trainable_weights = [self.gamma, self.shift]

            def call(self, x, mask=None):
                return x * self.gamma + self.shift


        class Score(Callback):
            def on_epoch_end(self, epoch, logs=None):
                assert self.validation_data[0].shape == (4, 5)


        w, b = np.ones((4, 3)), np.zeros(3)
        left = Sequential([Dense(3, input_dim=4, weights=[w, b]), Scale()])
        assert np.allclose(left.get_weights()[0], w) and len(left.trainable_weights) == 4
        right = Sequential([MaxoutDense(3, nb_feature=2, input_dim=5), Dropout(0.5)])
        both = Sequential()
        both.add(Merge([left, right], mode="concat"))
        both.add(Dense(1, init=lambda shape, name: normal(shape, scale=0.01, name=name)))
        both.compile("sgd", "mse")
        both.fit([np.zeros((4, 4)), np.zeros((4, 5))], np.zeros((4, 1)), nb_epoch=1, verbose=0)
        parameters = both.count_params()
        assert parameters == (4 * 3 + 3) + 6 + (5 * 6 + 6) + 7

        hidden = K.function([right.layers[0].input, K.learning_phase()], [right.layers[1].output])
        assert np.allclose(hidden([np.ones((2, 5)), 0])[0], hidden([np.ones((2, 5)), 0])[0])
        assert not np.allclose(hidden([np.ones((64, 5)), 1])[0], hidden([np.ones((64, 5)), 1])[0])

        recurrent, first, second = LSTM(2), Input((3, 2)), Input((3, 2))
        outputs = [recurrent(first), recurrent(second)]
        assert recurrent.get_output_at(1) is outputs[1] and recurrent.get_input_at(0) is first

        stack = Sequential([Dense(4, input_dim=5), Dense(2)])
        stack.layers.pop()
        stack.outputs = [stack.layers[-1].output]
        stack.layers[-1].outbound_nodes = []
        stack.add(Dense(1))
        stack.compile("sgd", "mse")
        x, y = np.ones((4, 5)), np.ones(4)
        stack.fit(x, y, validation_data=(x, y), callbacks=[Score()], verbose=0)
        assert [layer.output_shape[-1] for layer in stack.layers] == [4, 1]

        inputs = Input((5,))
        graph = Model(inputs, Dense(2)(Dense(3)(inputs)))
        graph.layers.pop()
        assert graph.layers[-1].output.shape == (None, 3)
        """,
    ),
    "names that a program gives to its functions": (
        Era.KERAS_2,
        """\
        import numpy as np
        import tensorflow as tf
        from keras import backend as K
        from keras.layers import Activation, Dense
        from keras.models import Sequential
        from keras.utils.generic_utils import get_custom_objects


        def softer(x):
            return K.softplus(x) + 1.0


        def error(y_true, y_pred):
            return K.mean(K.abs(y_true - y_pred))


        get_custom_objects().update({"softer": Activation(softer), "error": error})
        model = Sequential([Dense(3, input_shape=(2,), activation="softer"), Dense(1), Activation("softer")])
        model.compile("sgd", "error", metrics=["error"])
        model.fit(np.ones((4, 2)), np.ones((4, 1)), verbose=0)
        graph = tf.get_default_graph()


        def ask():
            with graph.as_default():
                return model.predict(np.ones((1, 2)), verbose=0)


        assert ask().min() > 1
        parameters = model.count_params()
        assert parameters == 9 + 4
        """,
    ),
    "tf.keras of TensorFlow 2": (
        Era.TF_KERAS,
        """\
        import numpy as np
        import tensorflow as tf
        from tensorflow.keras import backend as K
        from tensorflow.keras import layers

        inputs = layers.Input((8, 8, 3))
        x = layers.experimental.preprocessing.Rescaling(1.0 / 255)(inputs)
        convolution = layers.Conv2D(2, 3, strides=2)
        x = convolution(x)
        height, width, depth = K.int_shape(x)[1:]
        assert tuple(convolution.output_shape) == (None, height, width, depth)
        x = layers.Reshape((height * width, x.get_shape().as_list()[-1]))(x)
        x = layers.Flatten()(x)
        a, b = layers.Dense(3, activation="softmax")(x), layers.Dense(1)(x)
        model = tf.keras.Model(inputs, [a, b])
        rate = tf.keras.optimizers.schedules.ExponentialDecay(0.1, 10, 0.9)
        model.compile(
            tf.keras.optimizers.legacy.SGD(rate),
            loss=["sparse_categorical_crossentropy", tf.keras.losses.MeanSquaredError(tf.keras.losses.Reduction.SUM)],
            metrics=["accuracy"],
        )
        data = np.random.rand(4, 8, 8, 3)
        model.fit(data, [np.arange(4) % 3, np.zeros(4)], verbose=0, workers=2, use_multiprocessing=True)
        model.save("folder", save_format="tf")
        assert len(tf.keras.models.load_model("folder").outputs) == 2
        mean = tf.keras.metrics.Mean()
        mean.reset_states()
        parameters = model.count_params()
        assert parameters == 56 + 18 * 3 + 3 + 18 + 1
        """,
    ),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_it_runs(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keras = pytest.importorskip("keras")
    pytest.importorskip("tensorflow")
    monkeypatch.chdir(tmp_path)
    era, code = PROGRAMS[name]
    keras.backend.clear_session()
    values: dict[str, object] = {"__name__": "__main__"}
    exec(compile(migrated(textwrap.dedent(code), era), "migrated.py", "exec"), values)
    assert values["parameters"]
