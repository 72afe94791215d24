import keras
import numpy as np
import tensorflow as tf
from keras import Model, Sequential, layers


def maker():
    return Sequential([keras.Input((10,)), layers.Dense(20, activation="relu"), layers.Dense(64, activation="tanh")])


def critic():
    return Sequential([keras.Input((64,)), layers.Dense(32, activation="relu"), layers.Dense(1, activation="sigmoid")])


# -- a generator is compiled and learns through the discriminator alone: fine
generator, discriminator = maker(), critic()
generator.compile(loss="binary_crossentropy", optimizer="adam")
discriminator.compile(loss="binary_crossentropy", optimizer="adam", metrics=["accuracy"])
discriminator.trainable = False
noise = keras.Input((10,))
both = Model(noise, discriminator(generator(noise)))
both.compile(loss="binary_crossentropy", optimizer="adam")
fake = generator.predict(np.random.normal(0, 1, (8, 10)))
discriminator.trainable = True
discriminator.train_on_batch(fake, np.zeros((8, 1)))
discriminator.trainable = False
both.train_on_batch(np.random.normal(0, 1, (8, 10)), np.ones((8, 1)))

# -- the same in a Sequential: fine
generator, discriminator = maker(), critic()
generator.compile(loss="binary_crossentropy", optimizer="adam")
discriminator.compile(loss="binary_crossentropy", optimizer="adam")
discriminator.trainable = False
both = Sequential()
both.add(generator)
both.add(discriminator)
both.compile(loss="binary_crossentropy", optimizer="adam")
both.train_on_batch(np.zeros((4, 10)), np.ones((4, 1)))

# -- the same in a class: fine
class Pair:
    def __init__(self):
        self.generator, self.discriminator = maker(), critic()
        self.generator.compile(loss="binary_crossentropy", optimizer="adam")
        self.discriminator.compile(loss="binary_crossentropy", optimizer="adam", metrics=["accuracy"])
        noise = keras.Input((10,))
        self.discriminator.trainable = False
        self.both = Model(noise, self.discriminator(self.generator(noise)))
        self.both.compile(loss="binary_crossentropy", optimizer="adam")

    def train(self, rounds):
        for _ in range(rounds):
            fake = self.generator.predict(np.random.normal(0, 1, (8, 10)))
            self.discriminator.trainable = True
            loss = self.discriminator.train_on_batch(fake, np.zeros((8, 1)))
            self.discriminator.trainable = False
            self.both.train_on_batch(np.random.normal(0, 1, (8, 10)), np.ones((8, 1)))
            print("%.2f, accuracy %.2f" % (loss[0], 100 * loss[1]))

Pair().train(2)

# -- a model with a training step of its own holds both: fine
class Pair(keras.Model):
    def __init__(self, generator, discriminator):
        super().__init__()
        self.generator, self.discriminator = generator, discriminator

    def train_step(self, real):
        return {"mean": tf.reduce_mean(self.discriminator(self.generator(tf.random.normal((4, 10)))))}

generator = maker()
generator.compile("adam", "binary_crossentropy")
pair = Pair(generator, critic())
pair.compile("adam")
pair.fit(np.zeros((16, 64), "float32"))

# -- a generator that is trained alone: unwise
generator, discriminator = maker(), critic()
generator.compile(loss="binary_crossentropy", optimizer="adam")
noise = keras.Input((10,))
both = Model(noise, discriminator(generator(noise)))
generator.fit(np.zeros((3, 10)), np.zeros((3, 64)))

# -- a model that is part of no other: unwise
generator = maker()
generator.compile(loss="binary_crossentropy", optimizer="adam")
