# Each builds Dense(8) and Dense(3) on four inputs.

# -- list
model = Sequential([Input((4,)), Dense(8), Dense(3)])

# -- tuple
model = Sequential((Input((4,)), Dense(8), Dense(3)))

# -- keyword
model = Sequential(layers=[Input((4,)), Dense(8), Dense(3)], name="m")

# -- add
model = Sequential()
model.add(Input((4,)))
model.add(Dense(8))
model.add(Dense(3))

# -- list, then add
model = Sequential([Input((4,)), Dense(8)])
model.add(Dense(3))

# -- keras.Input(shape=)
model = Sequential([keras.Input(shape=(4,)), Dense(8), Dense(3)])

# -- InputLayer
model = Sequential([InputLayer(shape=(4,)), Dense(8), Dense(3)])

# -- InputLayer(input_shape)
model = Sequential([InputLayer(input_shape=(4,)), Dense(8), Dense(3)])

# -- input_shape
model = Sequential([Dense(8, input_shape=(4,)), Dense(3)])

# -- input_dim
model = Sequential([Dense(8, input_dim=4), Dense(3)])

# -- batch_input_shape, which Keras 2 has
from keras.layers.core import Dense

model = Sequential([Dense(8, batch_input_shape=(None, 4)), Dense(3)])

# -- Keras 1
model = Sequential()
model.add(Dense(output_dim=8, input_dim=4, init="uniform"))
model.add(Dense(output_dim=3))

# -- build
model = Sequential([Dense(8), Dense(3)])
model.build((None, 4))

# -- build(input_shape=)
model = Sequential([Dense(8), Dense(3)])
model.build(input_shape=(None, 4))

# -- called on a tensor
model = Sequential([Dense(8), Dense(3)])
model(Input((4,)))

# -- loop
model = Sequential([Input((4,))])
for n in (8, 3):
    model.add(Dense(n))

# -- zip
model = Sequential([Input((4,))])
for n, a in zip([8, 3], ["relu", None]):
    model.add(Dense(n, activation=a))

# -- comprehension
model = Sequential([Input((4,)), *[Dense(n) for n in (8, 3)]])

# -- concatenated lists
model = Sequential([Input((4,))] + [Dense(8)] + [Dense(3)])

# -- a list that grows
layers_ = [Input((4,))]
layers_.append(Dense(8))
layers_ += [Dense(3)]
model = Sequential(layers_)

# -- dictionary
sizes = {"a": 8, "b": 3}
model = Sequential([Input((4,))])
for name, n in sizes.items():
    model.add(Dense(n, name=name))

# -- pop
model = Sequential([Input((4,)), Dense(8), Dense(5)])
model.pop()
model.add(Dense(3))


# -- function
def block(n):
    return Dense(n)


model = Sequential([Input((4,)), block(8), block(3)])


# -- function that adds
def grow(m, n):
    m.add(Dense(n))


model = Sequential([Input((4,))])
grow(model, 8)
grow(model, n=3)


# -- function that returns
def make(sizes=(8, 3)):
    m = Sequential()
    m.add(Input((4,)))
    for n in sizes:
        m.add(Dense(n))
    return m


model = make()


# -- self.model
class A:
    def __init__(self):
        self.model = Sequential()
        self.model.add(Input((4,)))
        self.model.add(Dense(8))
        self.finish()

    def finish(self):
        self.model.add(Dense(3))


model = A().model


# -- property
class A:
    @property
    def net(self):
        return Sequential([Input((4,)), Dense(8), Dense(3)])


model = A().net


# -- factory
class A:
    @staticmethod
    def make():
        return Sequential([Input((4,)), Dense(8), Dense(3)])


model = A.make()


# -- subclass
class Net(Sequential):
    def __init__(self):
        super().__init__([Input((4,)), Dense(8), Dense(3)])


model = Net()

# -- with
import tensorflow as tf

with tf.distribute.MirroredStrategy().scope():
    model = Sequential([Input((4,)), Dense(8), Dense(3)])

# -- getattr
model = Sequential([Input((4,))])
for kind, n in [("Dense", 8), ("Dense", 3)]:
    model.add(getattr(layers, kind)(n))

# -- table of classes
kinds = {"d": Dense}
model = Sequential([Input((4,)), kinds["d"](8), kinds["d"](3)])

# -- partial
from functools import partial

D = partial(Dense, activation="relu")
model = Sequential([Input((4,)), D(8), D(3)])

# -- lambda
d = lambda n: Dense(n)
model = Sequential([Input((4,)), d(8), d(3)])

# -- arguments in a dictionary
kw = dict(activation="relu")
model = Sequential([Input((4,)), Dense(8, **kw), Dense(**{"units": 3, **kw})])


# -- configuration
class C:
    units = [8, 3]


model = Sequential([Input((4,)), *map(Dense, C.units)])

# -- while
model = Sequential([Input((4,))])
sizes = [3, 8]
while sizes:
    model.add(Dense(sizes.pop()))

# -- while True
model = Sequential([Input((4,))])
n = 13
while True:
    n -= 5
    model.add(Dense(n))
    if n < 5:
        break

# -- alias
m = model = Sequential()
m.add(Input((4,)))
add = model.add
add(Dense(8))
m.add(Dense(3))

# -- try
try:
    model = Sequential([Input((4,)), Dense(8), Dense(3)])
except Exception:
    model = None

# -- conditional
deep = True
model = Sequential([Input((4,))])
if deep:
    model.add(Dense(8))
model.add(Dense(3) if deep else Dense(1))
