import keras
import numpy as np
import tensorflow as tf
from keras import Sequential, layers

files = [tf.io.encode_png(np.zeros((30, 40, 3), "uint8")).numpy() for number in range(4)]
answers = np.array([0, 1, 0, 1])


def network(*shape):
    made = Sequential([keras.Input(shape), layers.Rescaling(1 / 255), layers.Conv2D(4, 3), layers.GlobalMaxPooling2D()])
    made.add(layers.Dense(2, activation="softmax"))
    made.compile("adam", "sparse_categorical_crossentropy")
    return made


# -- an image has sizes when it is there: fine
image = tf.io.decode_png(files[0])
network(30, 40, 3).predict(image[None])
network(30, 40, 3)(tf.expand_dims(image, 0))
network(32, 32, 3).predict(tf.image.resize(image, (32, 32))[None])
layers.Dense(3)(tf.cast(image, tf.float32))
Sequential([layers.Flatten(), layers.Dense(2)])(image[None])

# -- an image of any kind: fine
image = tf.io.decode_image(files[0])
network(30, 40, 3).predict(image[None])

# -- a stream leaves sizes open that the model knows: fine
def read(file, answer):
    return tf.io.decode_png(file), answer

def read_and_resize(file, answer):
    return tf.image.resize(tf.io.decode_png(file), (32, 32)), answer

stream = tf.data.Dataset.from_tensor_slices((files, answers))
network(30, 40, 3).fit(stream.map(read).batch(2))
network(32, 32, 3).fit(stream.map(read_and_resize).batch(2))
for images, _ in stream.map(read_and_resize).batch(2):
    network(32, 32, 3)(images)

# -- other sizes: refused
entry = keras.Input((30, 40, 3))
model = keras.Model(entry, layers.Dense(1)(layers.Flatten()(entry)))
model.predict(tf.image.resize(tf.io.decode_png(files[0], channels=3), (40, 30))[None])

# -- a model that a stream builds needs the sizes: refused
def read_and_resize(file, answer):
    return tf.image.resize(tf.io.decode_png(file), (32, 32)), answer

model = Sequential([layers.Flatten(), layers.Dense(2, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(tf.data.Dataset.from_tensor_slices((files, answers)).map(read_and_resize).batch(2))
