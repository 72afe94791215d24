import keras
import numpy as np
from keras import layers


def convolution(shape):
    entry = keras.Input(shape)
    return keras.Model(entry, layers.Conv1D(4, 3)(entry))


class Holder(keras.Model):
    def __init__(self, inner):
        super().__init__()
        self.inner = inner

    def call(self, x):
        return self.inner(x)


# -- a Sequential that data has built takes other sizes: fine
model = keras.Sequential([layers.Conv1D(4, 3), layers.Dense(1)])
model(np.zeros((32, 3, 5), "float32"))
model(np.zeros((32, 24, 5), "float32"))
model(np.zeros((2, 7, 5), "float32"))

# -- a Sequential with an Input takes data of other sizes: fine
model = keras.Sequential([keras.Input((10, 5)), layers.Conv1D(4, 3), layers.Dense(1)])
model(np.zeros((32, 24, 5), "float32"))
model.predict(np.zeros((32, 24, 5), "float32"))

# -- also inside a Sequential: fine
inner = keras.Sequential([keras.Input((10, 5)), layers.Conv1D(4, 3)])
model = keras.Sequential([inner, layers.GlobalAveragePooling1D(), layers.Dense(1)])
model(np.zeros((32, 24, 5), "float32"))

# -- and in the call of a model of the program, whatever that is called on: fine
model = Holder(keras.Sequential([keras.Input((10, 5)), layers.Conv1D(4, 3)]))
model(np.zeros((32, 24, 5), "float32"))
model(keras.Input((30, 5)))
model.predict(np.zeros((3, 12, 5)))

# -- images of any size: fine
model = keras.Sequential([layers.Conv2D(8, 3, padding="same"), layers.Conv2DTranspose(3, 3, strides=2, padding="same")])
model(np.zeros((1, 64, 64, 3)))
model(np.zeros((1, 128, 96, 3)))
model.predict(np.zeros((1, 32, 96, 3)))

# -- an axis of size 1 is added or dropped: fine
model = keras.Sequential([keras.Input((28, 28, 1)), layers.Conv2D(3, 3), layers.GlobalMaxPooling2D()])
model(np.zeros((4, 32, 32, 1)))
model(np.zeros((4, 32, 32)))

# -- the layers still see to what they need: refused
model = keras.Sequential([keras.Input((10,)), layers.Dense(1)])
model(np.zeros((32, 12), "float32"))

# -- flattened, the sizes matter: refused
model = keras.Sequential([keras.Input((10, 5)), layers.Flatten(), layers.Dense(1)])
model(np.zeros((32, 24, 5), "float32"))

# -- another rank: refused
model = keras.Sequential([keras.Input((10, 5)), layers.Conv1D(4, 3), layers.Dense(1)])
model(np.zeros((32, 24, 5, 2), "float32"))

# -- a Functional model looks at its sizes: refused
model = convolution((10, 5))
model(np.zeros((32, 24, 5), "float32"))

# -- also inside a Sequential, a Functional model does: refused
model = keras.Sequential([convolution((10, 5)), layers.GlobalAveragePooling1D(), layers.Dense(1)])
model(np.zeros((32, 24, 5), "float32"))

# -- also in the call of a model of the program: refused inside
model = Holder(convolution((10, 5)))
model(np.zeros((32, 24, 5), "float32"))

# -- called on a symbolic tensor, a Sequential looks at its sizes: refused
model = keras.Sequential([keras.Input((10, 5)), layers.Conv1D(4, 3), layers.Dense(1)])
model(keras.Input((24, 5)))

# -- also where data has built it: refused
model = keras.Sequential([layers.Conv1D(4, 3), layers.Dense(1)])
model(np.zeros((32, 3, 5), "float32"))
model(keras.Input((24, 5)))

# -- build makes the variables and does not look at the rank: fine
dense = layers.Dense(3)
dense.build((4,))
dense(np.zeros((2, 4)))
normal = layers.LayerNormalization()
normal.build((4,))
normal(np.zeros((2, 4)))
upward = layers.Conv2DTranspose(2, 3)
upward.build((4,))
upward(np.zeros((2, 8, 8, 4)))

# -- a layer of the program builds its parts: fine
class Inner(layers.Layer):
    def __init__(self):
        super().__init__()
        self.dense = layers.Dense(4)

    def build(self, input_shape):
        self.dense.build((input_shape[-1],))

    def call(self, x):
        return self.dense(x)

entry = keras.Input((3,))
keras.Model(entry, Inner()(entry)).summary()

# -- a model of the program is built for the shape of one sample: fine
model = Holder(layers.Dense(3))
model.build((3,))

# -- the variables are those of the shape: refused
dense = layers.Dense(3)
dense.build((4,))
dense(np.zeros((2, 5)))

# -- a convolution looks at the rank when it is built: refused
convolve = layers.Conv2D(3, 3)
convolve.build((28, 28, 3))

# -- a Sequential is built for the shape it has: fine
model = keras.Sequential([layers.Dense(3, activation="relu"), layers.Dense(1)])
model.build((None, 4))
model.build([None, 4])

# -- and for no other: refused
model = keras.Sequential([keras.Input((4,)), layers.Dense(3, activation="relu"), layers.Dense(1)])
model.build((None, 5))

# -- nor for batches of a size, where it takes any: refused
model = keras.Sequential([keras.Input((4,)), layers.Dense(3, activation="relu"), layers.Dense(1)])
model.build((8, 4))
