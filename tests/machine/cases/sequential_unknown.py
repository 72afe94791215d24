# Each builds models of which something is not known: none of them is exact.

# -- an unknown list
from a import parts
model = Sequential(parts)

# -- an unknown layer
from a import Block
model = Sequential([Input((4,)), Block()])

# -- an unknown number of layers
from a import n
model = Sequential([Input((4,))])
for i in range(n):
    model.add(Dense(3))

# -- an unknown number, behind a call
from a import n
model = Sequential([Input((4,)), Dense(1)])
def f():
    model.add(Dense(3))
for i in range(n):
    f()

# -- handed to the unknown
from a import grow
model = Sequential([Input((4,)), Dense(3)])
grow(model)

# -- no input shape
model = Sequential([Dense(3)])

# -- an unknown pop
from a import n
model = Sequential([Input((4,)), Dense(3)])
for i in range(n):
    model.pop()

# -- an unknown argument
from a import options
model = Sequential([Input((4,)), Conv1D(**options)])

# -- layers replaced
model = Sequential([Input((4,)), Dense(3)])
model.layers = []

# -- loaded
model = keras.models.load_model('a.h5')
model.add(Dense(3))

# -- a comprehension over something unknown that adds
from a import unknown
model = Sequential([Input((4,)), Dense(1)])
[model.add(Dense(2)) for n in unknown]

# -- a filter by something unknown
from a import unknown
model = Sequential([Input((4,)), Dense(1)])
[model.add(Dense(2)) for n in range(40) if unknown(n)]

# -- map over something unknown
from a import unknown
model = Sequential([Input((4,)), Dense(1)])
list(map(model.add, unknown))
