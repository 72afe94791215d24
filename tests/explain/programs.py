"""Programs that the installed Keras refuses, or complains about, each with the row of the table that says why.

They are run one after the other in one process; what they raise or write is then explained.
"""

from __future__ import annotations

import contextlib
import io
import logging
import os
import tempfile
import warnings
from typing import Any

_BEFORE = """
import keras, tensorflow as tf, numpy as np
from keras import layers
"""

_FITTED = """
def made(units=1, activation=None, inputs=4):
    model = keras.Sequential([keras.Input((inputs,)), layers.Dense(units, activation=activation)])
    return model
"""

#: (row of the table, program)
PROGRAMS: list[tuple[str, str]] = [
    # -- layers and their inputs
    ("input-rank", "layers.Conv2D(8, 3)(keras.Input((28, 28)))"),
    ("input-rank", "layers.LSTM(8)(keras.Input((28,)))"),
    ("input-rank", "layers.GlobalAveragePooling2D()(keras.Input((28,)))"),
    ("input-axis", "d = layers.Dense(4); d(keras.Input((784,))); d(keras.Input((28,)))"),
    ("input-shape", "m = made(inputs=784); m.compile('sgd', 'mse'); m.fit(np.zeros((8, 28, 27)), np.zeros((8, 1)))"),
    ("input-shape", "m = made(inputs=784); m(keras.Input((28,)))"),
    ("input-count", "a = keras.Input((4,)); b = keras.Input((4,))\nm = keras.Model([a, b], layers.add([a, b]))\n"
     "m.compile('sgd', 'mse'); m.fit(np.zeros((8, 4)), np.zeros((8, 4)))"),
    ("negative-dimension", "layers.Conv2D(8, 5)(keras.Input((3, 3, 1)))"),
    ("negative-dimension", "layers.MaxPooling2D(4)(keras.Input((3, 3, 1)))"),
    ("reshape-size", "layers.Reshape((7, 7))(keras.Input((64,)))"),
    ("concatenate-shapes", "layers.concatenate([keras.Input((4, 4)), keras.Input((5, 4))])"),
    ("merge-shapes", "layers.add([keras.Input((4,)), keras.Input((5,))])"),
    ("merge-list", "layers.Concatenate()(keras.Input((4,)))"),
    ("merge-list", "layers.Add()(keras.Input((4,)))"),
    ("dot-shapes", "layers.Dot(axes=1)([keras.Input((4,)), keras.Input((5,))])"),
    ("invalid-units", "layers.Dense(0)"),
    ("invalid-units", "layers.Dense(2.5)"),
    ("invalid-filters", "layers.Conv2D(0, 3)"),
    ("invalid-tuple", "layers.Conv2D(8, (3, 3, 3))"),
    ("invalid-tuple", "layers.MaxPooling2D((2, 0))"),
    ("invalid-padding", "layers.Conv2D(8, 3, padding='sam')"),
    ("strides-and-dilation", "layers.Conv2D(8, 3, strides=2, dilation_rate=2)(keras.Input((8, 8, 1)))"),
    ("dropout-rate", "layers.Dropout(50)"),
    ("unknown-argument", "layers.Dense(4, input_dims=3)"),
    ("unknown-argument", "layers.Dense(4, weights=[3])"),
    ("unknown-argument", "keras.Sequential([layers.Dense(4)]).fit(np.zeros((2, 2)), np.zeros((2, 1)), nb_epoch=3)"),
    ("missing-argument", "layers.Dense()"),
    ("missing-argument", "layers.Dense(3)()"),
    ("unknown-activation", "layers.Dense(4, activation='reluu')"),
    ("unknown-initializer", "layers.Dense(4, kernel_initializer='glorot')"),
    ("unknown-regularizer", "layers.Dense(4, kernel_regularizer='l3')"),
    ("duplicate-names", "keras.Sequential([keras.Input((3,)), layers.Dense(4, name='a'), layers.Dense(4, name='a')])"),
    ("duplicate-names", "i = keras.Input((3,)); x = layers.Dense(4, name='a')(i)\n"
     "keras.Model(i, layers.Dense(4, name='a')(x))"),
    ("invalid-name", "layers.Dense(4, name='a/b')"),
    ("graph-disconnected", "a = keras.Input((3,)); b = keras.Input((3,)); keras.Model(a, layers.Dense(2)(b))"),
    ("keras-tensor-in-tf", "tf.nn.relu(keras.Input((3,)))"),
    ("keras-tensor-in-tf", "np.sum(keras.Input((3,)))"),
    ("not-keras-tensor", "i = keras.Input((3,)); keras.Model(np.zeros((2, 3)), layers.Dense(2)(i))"),
    ("symbolic-bool", "i = keras.Input((3,))\nif i[0, 0] > 0: pass"),
    ("positional-tensors", "layers.Dense(4)(3)"),
    ("positional-tensors", "layers.Dense(4)('x')"),
    ("not-a-layer", "keras.Sequential([keras.Input((3,)), 'relu'])"),
    ("not-a-layer", "m = keras.Sequential(); m.add(layers.Dense)"),
    ("not-built", "keras.Sequential([layers.Dense(4)]).count_params()"),
    ("not-built", "keras.Sequential([layers.Dense(4)]).weights; keras.Sequential([layers.Dense(4)]).save_weights('x.weights.h5')"),
    ("never-called", "keras.Sequential([layers.Dense(4)]).output"),
    ("never-called", "layers.Dense(4).output"),
    ("no-such-layer", "made().get_layer('conv')"),
    ("set-weights", "made().layers[0].set_weights([np.zeros((4, 1))])"),
    ("set-weights", "made().layers[0].set_weights([np.zeros((5, 1)), np.zeros((1,))])"),
    ("embedding-index", "m = keras.Sequential([layers.Embedding(10, 2)]); m.predict(np.array([[10]]), verbose=0)"),
    ("removed-attribute", "made().predict_classes(np.zeros((2, 4)))"),
    ("removed-attribute", "made().fit_generator(None)"),
    ("unknown-size", "layers.Dense(4)(keras.Input((None,)))"),
    ("unknown-size", "layers.Dense(4)(layers.Flatten()(keras.Input((None, 3))))"),
    ("input-shape-form", "keras.Input(3)"),
    # -- compile
    ("unknown-optimizer", "made().compile('adamm', 'mse')"),
    ("optimizer-argument", "keras.optimizers.Adam(lr=0.1)"),
    ("optimizer-argument", "keras.optimizers.Adam(decay=0.1)"),
    ("unknown-loss", "m = made(); m.compile('sgd', 3); m.fit(np.zeros((2, 4)), np.zeros((2, 1)), verbose=0)"),
    ("unknown-metric", "m = made(); m.compile('sgd', 'mse', metrics=['f1']); m.fit(np.zeros((2, 4)), np.zeros((2, 1)), verbose=0)"),
    ("metrics-form", "m = made(); m.compile('sgd', 'mse', metrics=3); m.fit(np.zeros((2, 4)), np.zeros((2, 1)), verbose=0)"),
    ("not-compiled", "made().fit(np.zeros((2, 4)), np.zeros((2, 1)))"),
    ("not-compiled", "made().evaluate(np.zeros((2, 4)), np.zeros((2, 1)))"),
    ("no-loss", "m = made(); m.compile('sgd'); m.fit(np.zeros((2, 4)), np.zeros((2, 1)), verbose=0)"),
    ("loss-structure", "i = keras.Input((3,)); m = keras.Model(i, [layers.Dense(1, name='a')(i), layers.Dense(1, name='b')(i)])\n"
     "m.compile('sgd', ['mse', 'mse', 'mse']); m.fit(np.zeros((2, 3)), [np.zeros((2, 1))] * 2, verbose=0)"),
    ("loss-structure", "i = keras.Input((3,)); m = keras.Model(i, [layers.Dense(1, name='a')(i), layers.Dense(1, name='b')(i)])\n"
     "m.compile('sgd', {'a': 'mse', 'c': 'mse'}); m.fit(np.zeros((2, 3)), [np.zeros((2, 1))] * 2, verbose=0)"),
    ("metrics-per-output", "i = keras.Input((3,)); m = keras.Model(i, [layers.Dense(1, name='a')(i), layers.Dense(1, name='b')(i)])\n"
     "m.compile('sgd', 'mse', metrics=['mae']); m.fit(np.zeros((2, 3)), [np.zeros((2, 1))] * 2, verbose=0)"),
    ("loss-structure", "i = keras.Input((3,)); m = keras.Model(i, [layers.Dense(1, name='a')(i), layers.Dense(1, name='b')(i)])\n"
     "m.compile('sgd', 'mse'); m.fit(np.zeros((2, 3)), np.zeros((2, 1)), verbose=0)"),
    ("foreign-optimizer", "m = made(); o = keras.optimizers.Adam(); m.compile(o, 'mse')\nm.fit(np.zeros((2, 4)), np.zeros((2, 1)), verbose=0)\n"
     "n = made(3); n.compile(o, 'mse'); n.fit(np.zeros((2, 4)), np.zeros((2, 3)), verbose=0)"),
    ("no-gradients", "m = made()\no = keras.optimizers.SGD()\nwith tf.GradientTape() as t:\n    l = tf.constant(1.0)\n"
     "g = t.gradient(l, m.trainable_variables)\no.apply_gradients(zip(g, m.trainable_variables))"),
    # -- fit
    ("target-output-shape", "m = made(3, 'sigmoid'); m.compile('sgd', 'binary_crossentropy'); m.fit(np.zeros((8, 4)), np.zeros((8, 1)), verbose=0)"),
    ("target-output-shape", "m = made(3, 'softmax'); m.compile('sgd', 'categorical_crossentropy'); m.fit(np.zeros((8, 4)), np.zeros((8, 1)), verbose=0)"),
    ("target-output-rank", "m = made(3, 'softmax'); m.compile('sgd', 'sparse_categorical_crossentropy'); m.fit(np.zeros((8, 4)), np.zeros((8, 3)), verbose=0)"),
    ("label-out-of-range", "m = made(3, 'softmax'); m.compile('sgd', 'sparse_categorical_crossentropy'); m.fit(np.zeros((8, 4)), np.full((8,), 3), verbose=0)"),
    ("incompatible-shapes", "tf.zeros((32, 10)) + tf.zeros((32,))"),
    ("incompatible-shapes", "m = made(3); m.compile('sgd', 'mse'); m.fit(np.zeros((8, 4)), np.zeros((8, 2)), verbose=0)"),
    ("matmul-shapes", "tf.matmul(tf.zeros((32, 28)), tf.zeros((784, 10)))"),
    ("data-cardinality", "m = made(); m.compile('sgd', 'mse'); m.fit(np.zeros((8, 4)), np.zeros((7, 1)), verbose=0)"),
    ("data-type", "m = made(); m.compile('sgd', 'mse'); m.fit('x', 'y', verbose=0)"),
    ("data-type", "m = made(); m.compile('sgd', 'mse'); m.fit([[1., 2., 3., 4.]], [1.], verbose=0)"),
    ("object-array", "m = made(); m.compile('sgd', 'mse'); m.fit(np.zeros((8, 4), object), np.zeros((8, 1)), verbose=0)"),
    ("object-array", "tf.constant(np.array([[1, 2], [3]], dtype=object))"),
    ("string-data", "m = made(); m.compile('sgd', 'mse'); m.fit(np.full((8, 4), 'a'), np.zeros((8, 1)), verbose=0)"),
    ("string-data", "np.array(['a']).astype('float32')"),
    ("string-data", "m = made(); m.compile('sgd', 'mse'); m.fit(np.zeros((8, 4)), np.full((8, 1), 'a'), verbose=0)"),
    ("validation-split", "m = made(); m.compile('sgd', 'mse'); m.fit(tf.data.Dataset.from_tensor_slices((np.zeros((8, 4)), np.zeros((8, 1)))).batch(2), validation_split=0.5, verbose=0)"),
    ("validation-split-empty", "m = made(); m.compile('sgd', 'mse'); m.fit(np.zeros((1, 4)), np.zeros((1, 1)), validation_split=0.5, verbose=0)"),
    ("targets-with-stream", "m = made(); m.compile('sgd', 'mse'); d = tf.data.Dataset.from_tensor_slices((np.zeros((8, 4)), np.zeros((8, 1)))).batch(2); m.fit(d, np.zeros((8, 1)), verbose=0)"),
    ("ran-out-of-data", "m = made(); m.compile('sgd', 'mse'); d = tf.data.Dataset.from_tensor_slices((np.zeros((8, 4)), np.zeros((8, 1)))).batch(2); m.fit(d, steps_per_epoch=10, epochs=2, verbose=0)"),
    ("class-weight", "m = made(3, 'softmax'); m.compile('sgd', 'sparse_categorical_crossentropy'); m.fit(np.zeros((8, 4)), np.zeros((8,)), class_weight=[1, 2, 3], verbose=0)"),
    ("class-weight", "m = made(3, 'softmax'); m.compile('sgd', 'sparse_categorical_crossentropy'); m.fit(np.zeros((8, 4)), np.zeros((8,)), class_weight='balanced', verbose=0)"),
    ("missing-history-key", "m = made(); m.compile('sgd', 'mse'); h = m.fit(np.zeros((8, 4)), np.zeros((8, 1)), verbose=0); h.history['val_loss']"),
    ("missing-history-key", "m = made(); m.compile('sgd', 'mse', metrics=['accuracy']); h = m.fit(np.zeros((8, 4)), np.zeros((8, 1)), verbose=0); h.history['acc']"),
    ("monitor", "m = made(); m.compile('sgd', 'mse'); m.fit(np.zeros((8, 4)), np.zeros((8, 1)), verbose=0, callbacks=[keras.callbacks.EarlyStopping('val_loss')])"),
    ("monitor", "m = made(); m.compile('sgd', 'mse'); m.fit(np.zeros((8, 4)), np.zeros((8, 1)), verbose=0, callbacks=[keras.callbacks.EarlyStopping('val_acc')])"),
    ("monitor", "m = made(); m.compile('sgd', 'mse'); m.fit(np.zeros((8, 4)), np.zeros((8, 1)), verbose=0, callbacks=[keras.callbacks.ModelCheckpoint('x.keras', monitor='val_acc', save_best_only=True)])"),
    ("monitor", "m = made(); m.compile('sgd', 'mse'); m.fit(np.zeros((8, 4)), np.zeros((8, 1)), verbose=0, callbacks=[keras.callbacks.ReduceLROnPlateau('val_acc')])"),
    ("not-a-callback", "m = made(); m.compile('sgd', 'mse'); m.fit(np.zeros((8, 4)), np.zeros((8, 1)), verbose=0, callbacks=['x'])"),
    ("not-a-callback", "m = made(); m.compile('sgd', 'mse'); m.fit(np.zeros((8, 4)), np.zeros((8, 1)), verbose=0, callbacks=[keras.callbacks.EarlyStopping])"),
    ("ran-out-of-data", "m = made(); m.compile('sgd', 'mse'); m.fit(np.zeros((0, 4)), np.zeros((0, 1)), verbose=0)"),
    ("no-data", "m = made(); m.compile('sgd', 'mse'); m.predict(np.zeros((0, 4)), verbose=0)"),
    ("nan-loss", "m = made(); m.compile('sgd', 'mse'); m.fit(np.full((8, 4), np.nan), np.zeros((8, 1)), verbose=2)"),
    ("nan-loss", "m = made(); m.compile('sgd', 'mse'); m.fit(np.full((8, 4), np.nan), np.zeros((8, 1)), verbose=0, callbacks=[keras.callbacks.TerminateOnNaN()])"),
    ("nan-loss", "tf.debugging.check_numerics(tf.constant([np.nan]), 'x')"),
    ("out-of-memory", "np.zeros((10**6, 10**6, 100))"),
    ("one-hot-index", "keras.utils.to_categorical([0, 3], num_classes=3)"),
    ("input-rank", "m = keras.Sequential([layers.Dense(2)]); m.compile('sgd', 'mse'); m.fit(np.zeros((8,)), np.zeros((8, 2)), verbose=0)"),
    ("dtype-mismatch", "tf.constant([1.0]) + tf.constant([1])"),
    ("dtype-mismatch", "tf.constant([1.0], 'float64') * tf.constant([1.0])"),
    ("missing-argument", "made().predict()"),
    # -- TensorFlow, graphs
    ("symbolic-to-numpy", "@tf.function\ndef f(x):\n    return np.sin(x)\nf(tf.constant(1.0))"),
    ("symbolic-to-numpy", "@tf.function\ndef f(x):\n    return x.numpy()\nf(tf.constant(1.0))"),
    ("symbolic-to-numpy", "keras.Input((3,)).numpy()"),
    ("function-variables", "@tf.function\ndef f(x):\n    v = tf.Variable(1.0)\n    return v + x\nf(tf.constant(1.0))"),
    ("tensor-assignment", "t = tf.zeros((3,)); t[0] = 1"),
    ("tf1-attribute", "tf.placeholder('float32')"),
    ("tf1-attribute", "tf.Session()"),
    ("tf1-attribute", "tf.set_random_seed(1)"),
    ("none-values", "tf.zeros((None, 3))"),
    ("none-values", "tf.convert_to_tensor(None)"),
    ("object-array", "tf.constant([[1, 2], [3]])"),
    ("broadcast-numpy", "np.zeros((3, 4)) + np.zeros((3,))"),
    ("reshape-numpy", "np.zeros((60, 28, 28)).reshape(60, 785)"),
    ("reshape-numpy", "tf.reshape(tf.zeros((6, 28)), (7, 28))"),
    ("concat-tf", "tf.concat([tf.zeros((2, 3)), tf.zeros((3, 4))], 1)"),
    # -- saving
    ("unknown-class", "@keras.saving.register_keras_serializable('p')\nclass L(layers.Layer):\n    def call(self, x): return x\n"
     "m = keras.Sequential([keras.Input((3,)), L()]); m.save('m.keras')\nkeras.saving.get_custom_objects().clear(); del L\nkeras.saving.load_model('m.keras')"),
    ("unknown-class", "class L(layers.Layer):\n    def call(self, x): return x\n"
     "m = keras.Sequential([keras.Input((3,)), L()]); m.save('m.h5')\nkeras.models.load_model('m.h5')"),
    ("unknown-function", "def own(a, b): return keras.ops.mean(a - b)\n"
     "m = made(); m.compile('sgd', own); m.save('m.keras'); keras.models.load_model('m.keras')"),
    ("save-ending", "made().save('model')"),
    ("load-ending", "import os; os.makedirs('saved', exist_ok=True); keras.models.load_model('saved')"),
    ("weights-ending", "made().save_weights('w.h5')"),
    ("checkpoint-ending", "keras.callbacks.ModelCheckpoint('m.hdf5')"),
    ("weights-ending", "keras.callbacks.ModelCheckpoint('m.h5', save_weights_only=True)"),
    ("unknown-argument", "keras.callbacks.ModelCheckpoint('m.keras', period=3)"),
    ("model-file-missing", "keras.models.load_model('none.keras')"),
    ("model-file-missing", "keras.models.load_model('none.h5')"),
    ("model-file-missing", "open('broken.keras', 'w').write('x'); keras.models.load_model('broken.keras')"),
    ("broken-model-file", "open('broken.h5', 'w').write('x'); keras.models.load_model('broken.h5')"),
    ("get-config", "class L(layers.Layer):\n    def __init__(self, f):\n        super().__init__()\n        self.f = f\n    def call(self, x): return x\n"
     "m = keras.Sequential([keras.Input((3,)), L(lambda x: x)]); m.save('c.keras')"),
    ("from-config", "@keras.saving.register_keras_serializable('q')\nclass L(layers.Layer):\n    def __init__(self, n):\n        super().__init__()\n    def call(self, x): return x\n"
     "    def get_config(self): return {'name': 'x', 'k': 3}\n"
     "m = keras.Sequential([keras.Input((3,)), L(3)]); m.save('c.keras'); keras.models.load_model('c.keras')"),
    ("lambda-loading", "m = keras.Sequential([keras.Input((3,)), layers.Lambda(lambda x: x * 2)]); m.save('l.keras'); keras.models.load_model('l.keras')"),
    ("weights-shape", "made().save_weights('a.weights.h5'); keras.Sequential([keras.Input((4,)), layers.Dense(2), layers.Dense(1)]).load_weights('a.weights.h5')"),
    ("weights-count", "made().save('a.h5'); keras.Sequential([keras.Input((4,)), layers.Dense(2), layers.Dense(1)]).load_weights('a.h5')"),
    ("weights-shape", "made().save_weights('a.weights.h5'); made(3).load_weights('a.weights.h5')"),
    ("weights-shape", "made().save('a.h5'); made(3).load_weights('a.h5')"),
    ("application-shape", "keras.applications.VGG16(input_shape=(32, 32, 3), weights='imagenet')"),
    ("application-shape", "keras.applications.InceptionV3(input_shape=(32, 32, 3), weights=None, include_top=False)"),
    ("application-classes", "keras.applications.VGG16(classes=10, weights='imagenet')"),
    ("application-weights", "keras.applications.VGG16(weights='imagnet')"),
    # -- warnings and others
    ("history-as-model", "m = made(); m.compile('sgd', 'mse'); m = m.fit(np.zeros((8, 4)), np.zeros((8, 1)), verbose=0); m.predict(np.zeros((8, 4)))"),
    ("input-shape-argument", "layers.Dense(3, input_shape=(4,))"),
    ("lambda-shape", "layers.Lambda(lambda x: tf.strings.length(x))(keras.Input((3,)))"),
    ("partial-gradients", "i = keras.Input((4,)); h = keras.ops.stop_gradient(layers.Dense(3)(i)); m = keras.Model(i, layers.Dense(1)(h))\n"
     "m.compile('sgd', 'mse'); m.fit(np.zeros((8, 4)), np.zeros((8, 1)), verbose=0)"),
    ("input-structure", "i = keras.Input((4,), name='a'); m = keras.Model([i], layers.Dense(1)(i)); m(np.zeros((2, 4)))"),
    ("metric-average", "from sklearn.metrics import f1_score; f1_score([0, 1, 2], [0, 1, 1])"),
    # -- imports, environment
    ("moved-module", "from keras.layers.core import Dense"),
    ("moved-module", "from keras.utils.np_utils import to_categorical"),
    ("moved-module", "import keras.preprocessing.text"),
    ("moved-module", "from keras.wrappers.scikit_learn import KerasClassifier"),
    ("moved-name", "from keras.utils import np_utils"),
    ("moved-name", "from keras.layers import CuDNNLSTM"),
    ("moved-name", "from keras.layers import merge"),
    ("moved-attribute", "keras.backend.set_session"),
    ("moved-attribute", "keras.layers.Merge"),
    ("moved-attribute", "keras.optimizers.adam"),
    ("images-missing", "import os; os.makedirs('empty', exist_ok=True); keras.utils.image_dataset_from_directory('empty')"),
    ("moved-attribute", "keras.preprocessing.image.ImageDataGenerator().flow(np.zeros((3, 28, 28)))"),
    ("metric-mix", "from sklearn.metrics import accuracy_score; accuracy_score([0, 1, 1], [0.2, 0.7, 0.6])"),
    ("metric-mix", "from sklearn.metrics import confusion_matrix; confusion_matrix([0, 1, 2], [[1, 0, 0], [0, 1, 0], [0, 0, 1]])"),
    ("samples-inconsistent", "from sklearn.model_selection import train_test_split; train_test_split(np.zeros((8, 4)), np.zeros((7,)))"),
    ("sklearn-2d", "from sklearn.preprocessing import StandardScaler; StandardScaler().fit(np.zeros((8,)))"),
    ("sklearn-2d", "from sklearn.preprocessing import StandardScaler; StandardScaler().fit(np.zeros((8, 4, 4)))"),
    # -- data, and what prepares it
    ("not-an-array", "x = [[1, 2]]; x.shape"),
    ("not-an-array", "import pandas as pd; pd.DataFrame({'a': [1, 2]}).reshape(-1, 1)"),
    ("missing-values", "from sklearn.linear_model import LinearRegression; LinearRegression().fit(np.array([[np.nan]]), [1])"),
    ("missing-values", "import pandas as pd; np.array([1, pd.NA]).astype('float32')"),
    ("sklearn-1d", "from sklearn.preprocessing import LabelEncoder; LabelEncoder().fit(np.zeros((8, 3)))"),
    ("stratify", "from sklearn.model_selection import train_test_split; train_test_split(np.zeros((3, 2)), stratify=[0, 1, 1])"),
    ("sklearn-features", "from sklearn.preprocessing import StandardScaler; StandardScaler().fit(np.zeros((8, 3))).transform(np.zeros((8, 4)))"),
    ("not-fitted", "from sklearn.preprocessing import StandardScaler; StandardScaler().transform(np.zeros((8, 3)))"),
    ("no-data", "from sklearn.preprocessing import StandardScaler; StandardScaler().fit(np.zeros((0, 3)))"),
    ("no-data", "from sklearn.model_selection import train_test_split; train_test_split([])"),
    ("image-file", "tf.io.decode_image(b'abc')"),
    ("dataset-lengths", "tf.data.Dataset.from_tensor_slices((np.zeros((3, 2)), np.zeros((4, 2))))"),
    ("generator-element", "list(tf.data.Dataset.from_generator(lambda: iter([[1, 2], [1]]), output_signature=tf.TensorSpec((2,), 'int32')))"),
    ("batch-shapes", "list(tf.data.Dataset.from_generator(lambda: iter([np.zeros(2), np.zeros(3)]), output_signature=tf.TensorSpec((None,), 'float32')).batch(2))"),
    ("read-only-array", "a = np.asarray(tf.constant([1.0, 2.0])); a[0] = 3"),
    ("transpose-axes", "np.transpose(np.zeros((2, 3)), (0, 1, 2))"),
    ("reshape-numpy", "tf.function(lambda x: tf.reshape(x, (4,)))(tf.zeros((2, 3)))"),
    # -- graphs
    ("nested-structure", "tf.nest.assert_same_structure([1, 2], [1, [2, 3]])"),
    ("op-rank", "tf.function(lambda x: tf.nn.conv2d(x, tf.zeros((3, 3, 1, 8)), 1, 'SAME'))(tf.zeros((1, 28, 28)))"),
    ("symbolic-iteration", "for a in keras.Input((3,)): pass"),
    ("symbolic-iteration", "tf.function(lambda x: [a for a in x], autograph=False)(tf.zeros(3))"),
    ("symbolic-iteration", "tf.function(lambda x: len(x))(tf.zeros(3))"),
    ("symbolic-iteration", "len(keras.Input((3,)))"),
    ("op-dtype", "tf.nn.softmax(tf.constant([1, 2]))"),
    ("op-dtype", "layers.Conv2D(8, 3)(np.zeros((1, 8, 8, 1), 'int32'))"),
    ("dtype-mismatch", "tf.constant(1) / tf.constant(2.0)"),
    ("wrong-graph", "with tf.Graph().as_default(): c = tf.constant(1.0)\n"
     "with tf.Graph().as_default() as other: d = tf.constant(2.0)\ntf.compat.v1.Session(graph=other).run(c)"),
    ("wrong-graph", "with tf.Graph().as_default() as g:\n"
     "    r = tf.compat.v1.get_variable('v', initializer=1.0, use_resource=True).read_value()\ntf.compat.v1.Session(graph=g).run(r)"),
    ("unsupported-type", "tf.convert_to_tensor(object())"),
    ("unknown-rank", "keras.KerasTensor(None)"),
    # -- more of training
    ("generator-form", "def g():\n    while True: yield [np.zeros((2, 4)), np.zeros((2, 1))]\n"
     "m = made(); m.compile('sgd', 'mse'); m.fit(g(), steps_per_epoch=2, verbose=0)"),
    ("pydataset-super", "class D(keras.utils.PyDataset):\n    def __init__(self): self.n = 2\n    def __len__(self): return self.n\n"
     "    def __getitem__(self, i): return np.zeros((2, 4)), np.zeros((2, 1))\nm = made(); m.compile('sgd', 'mse'); m.fit(D(), verbose=0)"),
    ("stateful-batch", "layers.LSTM(3, stateful=True)(keras.Input((4, 3)))"),
    ("schedule-and-callback", "m = made(); m.compile(keras.optimizers.Adam(keras.optimizers.schedules.ExponentialDecay(0.1, 10, 0.5)), 'mse')\n"
     "m.fit(np.zeros((8, 4)), np.zeros((8, 1)), verbose=0, callbacks=[keras.callbacks.LearningRateScheduler(lambda e: 0.1)])"),
    ("schedule-value", "m = made(); m.compile('adam', 'mse')\n"
     "m.fit(np.zeros((8, 4)), np.zeros((8, 1)), verbose=0, callbacks=[keras.callbacks.LearningRateScheduler(lambda e: None)])"),
    ("learning-rate", "keras.optimizers.Adam('x')"),
    ("metric-unbuilt", "m = made(); m.compile('sgd', 'mse', metrics=['mae']); m.metrics[1].result()"),
    ("no-call", "class M(keras.Model):\n    pass\nm = M(); m.compile('sgd', 'mse'); m.fit(np.zeros((8, 4)), np.zeros((8, 1)), verbose=0)"),
    ("wrapped-layer", "layers.TimeDistributed(keras.Input((3,)))"),
    ("wrapped-layer", "layers.Bidirectional(keras.Input((3, 3)))"),
    ("argument-twice", "class L(layers.Layer):\n    def call(self, x, training): return x\nL()(np.zeros((2, 3)), np.zeros((2, 3)), training=True)"),
    ("unknown-argument", "class L(layers.Layer):\n    def call(self, x): return x\nL()(np.zeros((2, 3)), foo=3)"),
    ("layer-attribute", "made().layers[0].output_shape"),
    # -- more of saving
    ("weights-file-as-model", "made().save_weights('x.weights.h5'); keras.models.load_model('x.weights.h5')"),
    ("optimizer-state", "m = made(); m.compile('adam', 'mse'); m.fit(np.zeros((8, 4)), np.zeros((8, 1)), verbose=0); m.save('x.keras')\n"
     "n = made(); n.compile('sgd', 'mse'); n.load_weights('x.keras')"),
    ("h5-legacy", "made().save('x.h5')"),
    ("not-json", "import json; json.dumps({'loss': [np.float32(1.0)]})"),
    ("pickle", "import pickle; pickle.dumps({'library': np})"),
    ("lambda-bytecode", "import marshal; marshal.loads(b'\\xffabc')"),
    ("numpy-alias", "np.object"),
    ("numpy-alias", "np.float(3)"),
    ("cpu-note", "import subprocess, sys; print(subprocess.run([sys.executable, '-c', 'import tensorflow as tf; tf.zeros(1)'],\n"
     "    env={'TF_ENABLE_ONEDNN_OPTS': '1', 'PATH': ''}, capture_output=True, text=True).stderr.split('cudart')[0])"),
    ("loaded-metrics", "m = made(); m.compile('sgd', keras.losses.MeanSquaredError()); m.save('x.h5'); keras.models.load_model('x.h5')"),
    ("retracing", "f = tf.function(lambda x: x)\nfor i in range(12): f(i)"),
    ("unbuilt-state", "class L(layers.Layer):\n    def __init__(self):\n        super().__init__(); self.d = layers.Dense(1)\n"
     "    def call(self, x): return self.d(x)\nm = keras.Sequential([L()]); m.build((None, 4)); L().build((None, 4))"),
    ("moved-name", "from keras.utils import multi_gpu_model"),
    ("generator-without-data", "from keras.src.legacy.preprocessing.image import ImageDataGenerator; len(ImageDataGenerator())"),
    ("generator-without-data", "from keras.src.legacy.preprocessing.image import ImageDataGenerator\n"
     "m = made(); m.compile('sgd', 'mse'); m.fit(ImageDataGenerator())"),
    ("xla", "tf.function(lambda x: tf.strings.length(tf.strings.as_string(x)), jit_compile=True)(tf.constant([1.0]))"),
    ("xla", "f = tf.function(lambda x: tf.py_function(lambda v: v, [x], tf.float32), jit_compile=True); f(tf.constant(1.0))"),
]  # fmt: skip


def _forget_tracings() -> None:
    """TensorFlow counts how often a function was traced, and a function of Keras is one for all models of a process:
    without this, what a program writes would depend on the programs that ran before."""
    from tensorflow.python.eager.polymorphic_function import polymorphic_function

    polymorphic_function._frequent_tracing_detector_manager = polymorphic_function._FrequentTracingDetectorManager()


def run(program: str) -> str:
    """What a program raises, as Python would write it, or else what it writes."""
    import traceback

    _forget_tracings()
    names: dict[str, Any] = {"__name__": "example"}
    output = io.StringIO()
    handler = logging.StreamHandler(output)
    loggers = [logging.getLogger(name) for name in ("tensorflow", "absl")]
    for logger in loggers:
        logger.addHandler(handler)
    here = os.getcwd()
    try:
        with (
            tempfile.TemporaryDirectory() as folder,
            contextlib.redirect_stdout(output),
            contextlib.redirect_stderr(output),
            warnings.catch_warnings(),
        ):
            os.chdir(folder)
            warnings.simplefilter("always")
            warnings.showwarning = lambda message, *_, **__: print(f"UserWarning: {message}")
            try:
                exec(compile(_BEFORE + _FITTED + program, "example.py", "exec"), names)
            except BaseException as error:
                return "".join(traceback.format_exception(error))
            finally:
                os.chdir(here)
    finally:
        for logger in loggers:
            logger.removeHandler(handler)
    return output.getvalue()
