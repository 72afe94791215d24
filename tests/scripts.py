"""A program with one finding that a safe fix mends, and what it is then."""

SCRIPT = """\
from keras.layers import Dense
from keras.models import Sequential

model = Sequential()
model.add(Dense(8, input_dim=4, activation="relu"))
model.add(Dense(8, input_dim=9, activation="relu"))
model.add(Dense(1, activation="sigmoid"))
"""
FIXED = SCRIPT.replace("Dense(8, input_dim=9, ", "Dense(8, ")
