import keras
import numpy as np
from keras import Sequential, layers

samples = np.random.rand(6, 4)
classes = Sequential([keras.Input((4,)), layers.Dense(3, activation="softmax")])
chances = Sequential([keras.Input((4,)), layers.Dense(1, activation="sigmoid")])

# -- rounded to be shown: fine
print(classes.predict(samples).round(2))
print(np.round(classes.predict(samples), 2))
print(np.around(classes.predict(samples), decimals=3).argmax(axis=1))
print(classes.predict(samples)[0].round(decimals=1).tolist())
print((100 * classes.predict(samples)).round())
print(classes.predict_on_batch(samples).round(2), classes(samples).numpy().round(2))

# -- rounded to classes where there are two: fine
truth = np.array([0, 1, 0, 1, 0, 1])
print(np.mean(chances.predict(samples).round().ravel() == truth))
print(np.rint(chances.predict(samples)).astype(int))

# -- what a NumPy array can: fine
found = classes.predict(samples)
print(found.T, found.tolist(), found.argsort()[:, ::-1][:, :2], found.squeeze(), found.flatten(), found.max(axis=1))
print(found.item(0), found.take([0], axis=0), found.clip(0, 1), found.nbytes, found @ np.ones(3))
