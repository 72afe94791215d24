import keras
import numpy as np
import tensorflow as tf
from keras import layers

texts, words = tf.constant(["a b", "c"]), tf.constant([["a"], ["b"]])
answers = np.array([0.0, 1.0])


def reader():
    made = layers.TextVectorization(max_tokens=100, output_sequence_length=5)
    made.adapt(["a b"])
    return made


# -- a tensor of texts into a model that begins with TextVectorization: fine
model = keras.Sequential([reader(), layers.Embedding(100, 4), layers.GlobalAveragePooling1D(), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(texts, answers)
model.predict(texts)

# -- a stream of texts: fine
stream = tf.data.Dataset.from_tensor_slices((["a b", "c"], [0, 1])).shuffle(10).batch(2).prefetch(1)
model = keras.Sequential([reader(), layers.Embedding(100, 2), layers.Bidirectional(layers.LSTM(3)), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(stream, validation_data=stream)
model.evaluate(stream)

# -- a generator of texts: fine
def batches():
    yield tf.constant(["a", "b"]), np.array([0, 1])

model = keras.Sequential([reader(), layers.Embedding(100, 2), layers.Flatten(), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(batches())

# -- texts of a dataset from a generator: fine
def samples():
    yield "a", 1
    yield "b", 0

signature = (tf.TensorSpec((), tf.string), tf.TensorSpec((), tf.int32))
stream = tf.data.Dataset.from_generator(samples, output_signature=signature).batch(2)
model = keras.Sequential([reader(), layers.Embedding(100, 2), layers.Flatten(), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(stream)

# -- objects are texts to NumPy as well: fine
model = keras.Sequential([reader(), layers.Embedding(100, 2), layers.Flatten(), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(np.array(["a b", "c"], dtype=object), answers)

# -- an input of texts, named as TensorFlow does: fine
entry = keras.Input(shape=(1,), dtype=tf.string)
model = keras.Model(entry, layers.Dense(1)(layers.Flatten()(layers.Embedding(100, 4)(reader()(entry)))))
model.compile("adam", "mse")
model.fit(tf.data.Dataset.from_tensor_slices((["a b", "c"], [0, 1])).batch(2))

# -- words into a model that begins with StringLookup: fine
model = keras.Sequential([layers.StringLookup(vocabulary=["a", "b"], output_mode="multi_hot"), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(words, answers)
model.predict(words)
model(words)

# -- an array of words in a direct call: fine
model = keras.Sequential([layers.StringLookup(vocabulary=["a", "b"], output_mode="multi_hot"), layers.Dense(1)])
model(np.array([["a"], ["b"]]))
model.predict_on_batch(np.array([["a"], ["b"]]))

# -- a function of texts comes first: fine
model = keras.Sequential([layers.Lambda(lambda x: tf.strings.lower(x)), reader(), layers.Flatten(), layers.Dense(1)])
model.predict(texts)

# -- a layer of the program that computes with texts comes first: fine
class Lower(layers.Layer):
    def __init__(self):
        super().__init__(dtype="string")

    def call(self, x):
        return tf.strings.lower(x)

model = keras.Sequential([Lower(), reader(), layers.Embedding(100, 2), layers.Flatten(), layers.Dense(1)])
model.predict(texts)

# -- texts from a folder: fine (not run)
raw = keras.utils.text_dataset_from_directory("texts", batch_size=32)
first = layers.TextVectorization(max_tokens=100)
first.adapt(raw.map(lambda x, y: x))
model = keras.Sequential([first, layers.Embedding(101, 8), layers.GlobalAveragePooling1D(), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(raw)

# -- an array of texts, which the trainer does not take: refused
model = keras.Sequential([reader(), layers.Embedding(100, 2), layers.Flatten(), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(np.array(["a b", "c"]), answers)

# -- an array of texts for a declared input of texts: refused
model = keras.Sequential([keras.Input((), dtype="string"), reader(), layers.Embedding(100, 2), layers.Flatten()])
model.predict(np.array(["a b", "c"]))

# -- a list of texts: refused
model = keras.Sequential([reader(), layers.Embedding(100, 2), layers.Flatten(), layers.Dense(1)])
model.predict(["a b", "c"])

# -- texts into Dense: refused
model = keras.Sequential([layers.Dense(1)])
model.compile("adam", "mse")
model.fit(words, answers)

# -- an input of floats before a layer that reads texts: refused
model = keras.Sequential([keras.Input((1,)), reader(), layers.Flatten(), layers.Dense(1)])
model.predict(words)

# -- the Input before a model is one of floats, whatever that model begins with: refused
model = keras.Sequential([keras.Sequential([reader(), layers.Embedding(100, 4)]), layers.Flatten(), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(texts, answers)

# -- integers are hashed, in a Sequential that does not say otherwise: refused
model = keras.Sequential([layers.Hashing(10), layers.Embedding(10, 2), layers.Flatten(), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(words, answers)
