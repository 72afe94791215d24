import keras
import numpy as np
from keras import Sequential, layers
from elsewhere import Attention, Base, Encoder, block

# -- behind a layer of another package nothing is known: fine (not run)
model = Sequential([keras.Input((8,)), Encoder(3), layers.LSTM(4), layers.Dense(2)])
model.compile("adam", "mse")
model.fit(np.zeros((5, 8)), np.zeros((5, 2)))

# -- nor behind a layer of the program whose base is of another package: fine (not run)
class Words(Base):
    def build(self, input_shape):
        self.table = layers.Embedding(10, 6)

    def call(self, x):
        return self.table(x)

model = Sequential([keras.Input((8,)), Words(), layers.Lambda(lambda x: x[:, 0, :]), layers.Dense(2)])

# -- nor behind what a function of another package gives: fine (not run)
model = Sequential([block(number) for number in range(3)] + [layers.Dense(2)])
model.compile("adam", "mse")
model.fit(np.zeros((2, 5, 3)), np.zeros((2, 2)))

# -- it may drop an axis: fine (not run)
model = Sequential([keras.Input((5, 3)), layers.LSTM(4, return_sequences=True), Attention(), layers.Dense(2)])
model.compile("adam", "mse")
model.fit(np.zeros((2, 5, 3)), np.zeros((2, 2)))

# -- it comes first and knows the size of its input: fine (not run)
model = Sequential([Encoder("somewhere", input_shape=(64, 64, 3)), layers.Dense(5, activation="softmax")])
model.build([None, 64, 64, 3])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(np.zeros((5, 64, 64, 3)), np.zeros(5))
model(np.zeros((5, 64, 64, 3)))

# -- a shape of the program's own: fine (not run)
model = Sequential([keras.Input((32, 32, 3)), Encoder(), layers.Reshape((4, 4, 2)), layers.Conv2D(3, 3)])
model.predict(np.zeros((2, 32, 32, 3)))
