import keras
import numpy as np
from keras import Sequential, layers
from keras.src.legacy.preprocessing.text import Tokenizer


def network():
    made = Sequential([keras.Input((4,)), layers.Dense(3, activation="softmax")])
    made.compile("adam", "sparse_categorical_crossentropy")
    return made


# -- labels as sequences of one word: fine
labels = ["sport", "science", "sport"]
tokens = Tokenizer()
tokens.fit_on_texts(labels)
network().fit(np.zeros((3, 4)), np.array(tokens.texts_to_sequences(labels)))

# -- labels that are not known: fine (not run)
labels = open("labels.txt").read().split()
tokens = Tokenizer()
tokens.fit_on_texts(labels)
answers = np.array(tokens.texts_to_sequences(labels))
network().fit(np.zeros((len(labels), 4)), answers)
network().fit(np.zeros((100, 4)), answers[:100] - 1)
model = Sequential([layers.Embedding(5, 3), layers.Flatten(), layers.Dense(1)])
model.predict(answers)

# -- a list of lists: refused
labels = ["sport", "science and art", "sport"]
tokens = Tokenizer()
tokens.fit_on_texts(labels)
Sequential([layers.Embedding(5, 3), layers.GlobalMaxPooling1D()]).predict(tokens.texts_to_sequences(labels))
