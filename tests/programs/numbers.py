import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops

series = np.zeros((20, 10, 3))


def taker(*shape):
    return keras.Sequential([keras.Input(shape), layers.Flatten(), layers.Dense(1)])


# -- parameters of reductions by position: fine
taker(1, 3).predict(np.mean(series, 1, None, None, True))
taker(1, 3).predict(np.std(series, 1, None, None, 0, True))
taker(1, 3).predict(np.max(series, 1, None, True))
taker(1, 3).predict(np.median(series, 1, None, False, True))
taker(1, 3).predict(np.ptp(series, 1, None, True))
taker(1, 3).predict(np.percentile(series, 50, 1, None, False, "linear", True))
taker(1, 3).predict(series.mean(1, None, None, True))
taker(1, 3).predict(series.max(1, None, True))
taker(3).predict(np.average(series, 1, None, True)[0])
taker(3).predict(np.sum(series, 1, "float32"))

# -- the same of TensorFlow and Keras: fine
taker(1, 3).predict(tf.reduce_mean(series, 1, True))
taker(1, 3).predict(tf.norm(series, "euclidean", 1, True))
taker(1, 3).predict(ops.max(series, 1, True))
taker(1, 3).predict(ops.argmax(series, 1, True))
taker(1, 3).predict(ops.quantile(series, 0.5, 1, "linear", True))

# -- an axis that is kept is there: refused
taker(3).predict(np.mean(series, 1, None, None, True)[:, :, :2])

# -- the result is written where the program says: fine
total = np.zeros(10)
np.add(np.arange(10.0), 1.0, out=total)
print(np.arange(10.0) / total)
total = np.zeros(10)
np.exp(np.arange(10.0), total)
print(np.log(total))
total = np.zeros(10)
np.add(np.arange(10.0), 1.0, out=(total,))
print(1 / total)
total = np.zeros(10)
np.ones((5, 10)).sum(0, None, total)
print(1 / total)
total = np.zeros(10)
np.random.default_rng(0).random(out=total)
print(1 / total)
total = np.zeros(2)
np.add.reduce(np.ones((3, 2)), axis=0, out=total)
print(1 / total)

# -- what is written comes back: fine
total = np.zeros((4, 3))
taker(3).predict(np.concatenate([np.ones((2, 3)), np.ones((2, 3))], 0, total))
taker(3).predict(total)

# -- places are changed one by one: fine
total = np.zeros(3)
np.add.at(total, np.array([0, 1, 2]), 1.0)
print(1 / total)
total = np.zeros(3)
np.maximum.at(total, [0, 1, 2], 1.0)
print(1 / total)
total = np.zeros(3)
for place in np.nditer(total, op_flags=["readwrite"]):
    place[...] = 4
print(1 / total)
total = np.zeros(3)
total.flat[:] = 3
print(1 / total)

# -- what is written has the shape of where it stands: refused
total = np.ones(10)
np.multiply(np.arange(10.0), 0.0, out=total)
keras.Sequential([keras.Input((2,)), layers.Dense(1)]).predict(total)
