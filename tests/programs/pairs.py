import random

import keras
import numpy as np
from keras import Sequential, layers
from sklearn.model_selection import train_test_split
from sklearn.utils import shuffle


def network(*shape):
    made = Sequential([keras.Input(shape), layers.Flatten(), layers.Dense(2, activation="softmax")])
    made.compile("adam", "sparse_categorical_crossentropy")
    return made


# -- images and classes in pairs, divided, and apart again: fine
pairs = [(np.random.rand(8, 8), number % 2) for number in range(20)]
train, test = train_test_split(pairs, test_size=0.2)
images, classes = map(np.array, zip(*train))
network(8, 8).fit(images, classes)
network(8, 8).evaluate(np.stack([pair[0] for pair in test]), np.array([pair[1] for pair in test]))

# -- names and classes in pairs stay what they are: fine
pairs = [(f"{number}.png", number % 2) for number in range(20)]
random.shuffle(pairs)
train, test = train_test_split(pairs, test_size=0.2)

def batches(pairs):
    for _, answer in pairs:
        yield np.zeros((1, 8, 8)), np.array([answer])

network(8, 8).fit(batches(train), steps_per_epoch=3)
network(8, 8).fit(np.zeros((16, 8, 8)), np.array([answer for _, answer in train]))

# -- pictures beside numbers that are not known: fine
pairs = [(np.random.rand(8, 8, 3), int(np.random.randint(2))) for _ in range(20)]
train, test = train_test_split(pairs, test_size=0.2)

def batches(pairs):
    while True:
        pairs = shuffle(pairs)
        for start in range(0, len(pairs), 4):
            batch = pairs[start : start + 4]
            yield np.array([picture for picture, _ in batch]), np.array([answer for _, answer in batch])

network(8, 8, 3).fit(batches(train), steps_per_epoch=2, validation_data=batches(test), validation_steps=1)

# -- the items of a dictionary: fine
train, test = train_test_split(list({"a": 1, "b": 0, "c": 1}.items()), test_size=1)
names, answers = zip(*train)
network(3).fit(np.zeros((2, 3)), np.array(answers))

# -- an array of texts and numbers holds texts: refused
pairs = np.array([["a", 1], ["b", 0]])
network(3).fit(np.zeros((2, 3)), pairs[:, 1])
