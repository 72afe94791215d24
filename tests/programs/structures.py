import keras
import numpy as np
import tensorflow as tf
from keras import Model, layers

wide, narrow, targets = np.zeros((4, 3)), np.zeros((4, 2)), np.zeros((4, 1))


def of_dictionary():
    entries = {"a": keras.Input((3,)), "b": keras.Input((2,))}
    return Model(entries, layers.Dense(1)(layers.Concatenate()([entries["a"], entries["b"]])))


# -- the input of a model of a dictionary is that dictionary: fine
inner = of_dictionary()
model = Model(inner.input, inner(inner.input))
model.predict({"a": wide, "b": narrow})
model.predict(tf.data.Dataset.from_tensor_slices({"a": wide, "b": narrow}).batch(2))
layers.Dense(2)(inner.input["b"])

# -- its list of inputs is a list: fine
inner = of_dictionary()
model = Model(inner.inputs, inner.output)
model.predict([wide, narrow])

# -- keys, not names, are what data is matched by: fine
entries = {"x": keras.Input((3,), name="p"), "y": keras.Input((2,), name="q")}
model = Model(entries, layers.Dense(1)(layers.Concatenate()([entries["x"], entries["y"]])))
model.compile("adam", "mse")
model.fit({"x": wide, "y": narrow}, targets)

# -- outputs in a dictionary: fine
entry = keras.Input((3,))
inner = Model(entry, {"u": layers.Dense(1)(entry), "v": layers.Dense(2)(entry)})
model = Model(inner.input, layers.Dense(3)(inner.output["v"]))
model.predict(wide)
print(inner.predict(wide)["u"].shape)

# -- tuples in lists: fine
a, b, c = keras.Input((3,)), keras.Input((2,)), keras.Input((2,))
inner = Model([a, (b, c)], layers.Dense(1)(layers.Concatenate()([a, b, c])))
layers.Dense(2)(inner.input[1][0])
Model(inner.input, inner.output).predict([wide, (narrow, narrow)])

# -- the names of the inputs, where keys are asked for: refused
entries = {"x": keras.Input((3,), name="p"), "y": keras.Input((2,), name="q")}
model = Model(entries, layers.Dense(1)(layers.Concatenate()([entries["x"], entries["y"]])))
model.predict({"p": wide, "q": narrow})

# -- another key: refused
inner = of_dictionary()
model = Model(inner.input, layers.Dense(2)(inner.output))
model.predict({"a": wide, "c": narrow})

# -- a list of one output stays a list: refused
entry = keras.Input((3,))
inner = Model([entry], [layers.Dense(1)(entry)])
layers.Dense(2)(inner.output)
