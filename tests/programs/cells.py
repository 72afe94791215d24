import keras
import numpy as np
from keras import layers


def data(*shape):
    return np.zeros(shape, "float32")


# -- a cell gives its output and its states: fine
output, states = layers.LSTMCell(4)(data(2, 3), [data(2, 4), data(2, 4)])
hidden, carried = states
layers.Dense(1)(output)
layers.Dense(1)(carried)

# -- the states by name, as a tuple: fine
output, (hidden, carried) = layers.LSTMCell(4)(data(2, 3), states=(data(2, 4), data(2, 4)))
output, [hidden] = layers.GRUCell(4)(data(2, 3), [data(2, 4)])

# -- one state comes as it came: fine
output, hidden = layers.GRUCell(4)(data(2, 3), data(2, 4))
output, hidden = layers.SimpleRNNCell(4)(output, hidden)
layers.Dense(1)(hidden)

# -- on symbolic tensors: fine
entry, hidden, carried = keras.Input((3,)), keras.Input((4,)), keras.Input((4,))
output, states = layers.LSTMCell(4)(entry, [hidden, carried])
model = keras.Model([entry, hidden, carried], [layers.Dense(1)(output), *states])
model.predict([data(2, 3), data(2, 4), data(2, 4)])

# -- stacked cells: fine
cell = layers.StackedRNNCells([layers.LSTMCell(4), layers.GRUCell(5)])
output, ((hidden, carried), (other,)) = cell(data(2, 3), [[data(2, 4), data(2, 4)], [data(2, 5)]])
layers.Dense(1)(other)

# -- step by step in a layer of the program: fine
class Decoder(layers.Layer):
    def __init__(self):
        super().__init__()
        self.cell = layers.LSTMCell(4)
        self.out = layers.Dense(1)

    def call(self, x):
        states = [keras.ops.zeros((keras.ops.shape(x)[0], 4)), keras.ops.zeros((keras.ops.shape(x)[0], 4))]
        found = []
        for step in range(3):
            output, states = self.cell(x[:, step], states)
            found.append(self.out(output))
        return keras.ops.stack(found, axis=1)

entry = keras.Input((3, 2))
model = keras.Model(entry, Decoder()(entry))
model.predict(data(2, 3, 2))

# -- a cell gives no three things: refused
output, hidden, carried = layers.LSTMCell(4)(data(2, 3), [data(2, 4), data(2, 4)])
