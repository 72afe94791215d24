# -- a class in a stack
model = Sequential([Input((4,)), Dense])  # KC200
# instead
model = Sequential([Input((4,)), Dense(1)])

# -- a class added
model = Sequential()
model.add(Flatten)  # KC200
model.add(Dense(3))
# instead
model = Sequential()
model.add(Flatten())
model.add(Dense(3))

# -- None added
model = Sequential()
model.add(None)  # KC200
# instead
model = Sequential(None)

# -- the name of an activation added
model = Sequential()
model.add(Dense(3))
model.add('relu')  # KC200
# instead
model = Sequential()
model.add(Dense(3))
model.add(Activation('relu'))

# -- a function added
model = Sequential()
model.add(keras.activations.relu)  # KC200
# instead
model = Sequential()
model.add(Activation(keras.activations.relu))

# -- a list added
model = Sequential()
model.add([Dense(3), Dense(4)])  # KC200
# instead
model = Sequential()
for layer in [Dense(3), Dense(4)]:
    model.add(layer)

# -- a list in the list
model = Sequential([Dense(3), [Dense(3), Dense(4)]])  # KC200
# instead
model = Sequential([Dense(3), *[Dense(3), Dense(4)]])

# -- a tensor added
model = Sequential()
model.add(Dense(3)(Input((4,))))  # KC200
# instead
model = Sequential()
model.add(Input((4,)))
model.add(Dense(3))

# -- a loose list of layers
model = Sequential(Dense(3), Dense(4))  # KC205
# instead
model = Sequential([Dense(3), Dense(4)])

# -- one layer in place of a list
model = Sequential(Dense(3))  # KC200
# instead
model = Sequential([Dense(3)])

# -- an input shape to the model
model = Sequential(input_shape=(3,))  # KC206
# instead
model = Sequential(name='model')

# -- an input shape to add
model = Sequential()
model.add(Dense(3), input_shape=(3,))  # KC206
# instead
model = Sequential()
model.add(Dense(3, input_shape=(3,)))

# -- nothing added
model = Sequential()
model.add()  # KC206
# instead
model = Sequential()
model.add(Dense(3))

# -- two inputs
model = Sequential([Input((4,)), Input((4,)), Dense(2)])  # KC200
# instead
model = Sequential([Input((4,)), Dense(2)])

# -- an input in the middle
model = Sequential()
model.add(Input((4,)))
model.add(Dense(2))
model.add(Input((2,)))  # KC200
model.add(Dense(2))
# instead
model = Sequential()
model.add(Input((4,)))
model.add(Dense(2))
model.add(Dense(2, input_shape=(2,)))

# -- a layer twice, on two sizes
model = Sequential()
layer = Dense(4)
model.add(Input((3,)))
model.add(layer)
model.add(layer)  # KC208
# instead
model = Sequential()
layer = Dense(4)
model.add(Input((4,)))
model.add(layer)
model.add(layer)

# -- a normalization twice, on two sizes
norm = BatchNormalization()
model = Sequential([Input((4,)), Dense(4), norm, Dense(5), norm])  # KC208
# instead
relu = ReLU()
model = Sequential([Input((4,)), Dense(4), relu, Dense(5), relu])

# -- the same layer, multiplied
model = Sequential([Input((3,))] + [Dense(4)] * 2)  # KC208
# instead
model = Sequential([Input((4,))] + [Dense(4)] * 2)

# -- a name twice in a stack
model = Sequential([Input((4,)), Dense(1, name='a'), Dense(1, name='a')])  # KC200
# instead
model = Sequential([Input((4,)), Dense(1, name='a'), Dense(1, name='b')])

# -- a name twice in a graph
i = Input((4,))
a = Dense(3, name='x')(i)
b = Dense(3, name='x')(a)
model = Model(i, b)  # KC200
# instead
i = Input((4,))
a = Dense(3, name='x')(i)
b = Dense(3, name='y')(a)
model = Model(i, b)

# -- a name twice in two inputs
a = Input((4,), name='x')
b = Input((4,), name='x')
model = Model([a, b], Add()([a, b]))  # KC200
# instead
a = Input((4,), name='x')
b = Input((4,), name='z')
model = Model([a, b], Add()([a, b]))

# -- names in a loop
i = Input((4,))
x = i
for _ in range(2):
    x = Dense(4, name='hidden')(x)
model = Model(i, x)  # KC200
# instead
i = Input((4,))
x = i
for n in range(2):
    x = Dense(4, name=f'hidden_{n}')(x)
model = Model(i, x)

# -- a block called twice
def block(x):
    return Dense(4, name='block')(x)
i = Input((4,))
model = Model(i, block(block(i)))  # KC200
# instead
def block(x, name):
    return Dense(4, name=name)(x)
i = Input((4,))
model = Model(i, block(block(i, 'a'), 'b'))

# -- two models of one name
def tower(name):
    i = Input((4,))
    return Model(i, Dense(2)(i), name=name)
i = Input((4,))
model = Model(i, add([tower('tower')(i), tower('tower')(i)]))  # KC200
# instead
def tower(name):
    i = Input((4,))
    return Model(i, Dense(2)(i), name=name)
i = Input((4,))
model = Model(i, add([tower('left')(i), tower('right')(i)]))

# -- a graph that is not connected
i = Input((4,))
j = Input((4,))
model = Model(i, Dense(2)(j))  # KC200
# instead
i = Input((4,))
j = Input((4,))
model = Model(j, Dense(2)(j))

# -- an input that is forgotten
a, b = Input((4,)), Input((3,))
x = concatenate([a, b])
model = Model(a, Dense(2)(x))  # KC200
# instead
a, b = Input((4,)), Input((3,))
x = concatenate([a, b])
model = Model([a, b], Dense(2)(x))

# -- an input shadowed
x = Input((4,))
x = Dense(3)(x)
y = Dense(2)(x)
x = Input((4,))
model = Model(x, y)  # KC200
# instead
x = Input((4,))
x = Dense(3)(x)
y = Dense(2)(x)
model = Model(x, y)

# -- the input of another model
base = Sequential([Input((4,)), Dense(3)])
i = Input((4,))
model = Model(i, Dense(2)(base.outputs[0]))  # KC200
# instead
base = Sequential([Input((4,)), Dense(3)])
model = Model(base.inputs, Dense(2)(base.outputs[0]))

# -- the input of a stack
base = Sequential([Input((4,)), Dense(3)])
model = Model(base.input, base.layers[0].output)  # KC200
# instead
i = Input((4,))
base = Model(i, Dense(3)(i))
model = Model(base.input, base.layers[1].output)

# -- the output of a stack
base = Sequential([Dense(3, input_shape=(4,))])
x = Dense(2)(base.output)  # KC200
# instead
base = Sequential([Dense(3, input_shape=(4,))])
y = base(Input((4,)))
x = Dense(2)(base.output)

# -- a layer as the output
i = Input((4,))
x = Dense(3)(i)
out = Dense(2)
model = Model(i, out)  # KC200
# instead
i = Input((4,))
x = Dense(3)(i)
out = Dense(2)
model = Model(i, out(x))

# -- a layer as the input
i = InputLayer((4,))
x = Dense(3)(i.output)
model = Model(i, x)  # KC200
# instead
i = InputLayer((4,))
x = Dense(3)(i.output)
model = Model(i.output, x)

# -- a string as the output
i = Input((4,))
model = Model(i, 'dense')  # KC200
# instead
i = Input((4,))
model = Model(i, Dense(2)(i), name='dense')

# -- no output
i = Input((4,))
x = Dense(2)(i)
model = Model(i)  # KC206
# instead
i = Input((4,))
x = Dense(2)(i)
model = Model(i, x)

# -- no output, by keyword
i = Input((4,))
x = Dense(2)(i)
model = Model(inputs=i)  # KC206
# instead
i = Input((4,))
x = Dense(2)(i)
model = Model(inputs=i, outputs=x)

# -- the output of a function that returns nothing
def head(x):
    x = Dense(2)(x)
i = Input((4,))
model = Model(i, head(i))  # KC200
# instead
def head(x):
    return Dense(2)(x)
i = Input((4,))
model = Model(i, head(i))

# -- a model in place of a tensor
base = Sequential([Input((4,)), Dense(3)])
model = Model(base.inputs, base)  # KC200
# instead
base = Sequential([Input((4,)), Dense(3)])
model = Model(base.inputs, base.outputs)

# -- the arguments of Keras 1, which tf.keras never had
from tensorflow.keras import Model
i = Input((4,))
model = Model(input=i, output=Dense(2)(i))  # KC503
# instead
i = Input((4,))
model = Model(inputs=i, outputs=Dense(2)(i))

# -- a name by position
i = Input((4,))
model = Model(i, Dense(2)(i), 'net')  # KC205
# instead
i = Input((4,))
model = Model(i, Dense(2)(i), name='net')

# -- states in a stack
model = Sequential([Input((4, 3)), LSTM(3, return_state=True), Dense(1)])  # KC207
# instead
model = Sequential([Input((4, 3)), LSTM(3, return_sequences=True), Dense(1)])

# -- states in a stack, added
model = Sequential()
model.add(Input((4, 3)))
model.add(GRU(3, return_state=True))
model.add(Dense(1))  # KC207
# instead
model = Sequential()
model.add(Input((4, 3)))
model.add(GRU(3, return_state=True))
model.add(Add())

# -- a model of two outputs in a stack
i = Input((4,))
two = Model(i, [Dense(2)(i), Dense(3)(i)])
model = Sequential([Input((4,)), two, Dense(3)])  # KC207
# instead
i = Input((4,))
two = Model(i, [Dense(2)(i), Dense(3)(i)])
model = Sequential([Input((4,)), Model(two.input, two.output[0]), Dense(3)])

# -- a merging layer in a stack
model = Sequential([Input((4,)), Dense(3), Add()])  # KC207
# instead
model = Sequential([Input((4,)), Dense(3), Activation('relu')])

# -- a stack added to itself
model = Sequential()
model.add(Input((3,)))
model.add(Dense(3))
model.add(model)  # KC200
# instead
model = Sequential()
model.add(Dense(3))
model.add(Sequential([Dense(3)]))

# -- popping nothing
model = Sequential()
model.pop()  # KC200
# instead
model = Sequential([Dense(3), Dense(4)])
model.pop()

# -- popping the only layer
model = Sequential([Dense(3)])
model.pop()  # KC200
# instead
model = Sequential([Input((4,)), Dense(3)])
model.pop()

# -- popping from a graph
i = Input((4,))
model = Model(i, Dense(2)(i))
model.pop()  # KC200
# instead
model = Sequential([Input((4,)), Dense(2)])
model.pop()

# -- adding to a graph
i = Input((4,))
model = Model(i, Dense(2)(i))
model.add(Dense(3))  # KC200
# instead
model = Sequential([Input((4,)), Dense(2)])
model.add(Dense(3))

# -- a layer that is not there
model = Sequential([Input((4,)), Dense(2, name='head')])
layer = model.get_layer('tail')  # KC200
# instead
model = Sequential([Input((4,)), Dense(2, name='head')])
layer = model.get_layer('head')

# -- a layer by an index that is too large
model = Sequential([Input((4,)), Dense(2)])
layer = model.get_layer(index=1)  # KC200
# instead
model = Sequential([Input((4,)), Dense(2)])
layer = model.get_layer(index=0)

# -- layers out of range
model = Sequential([Input((4,)), Dense(2)])
layer = model.layers[5]  # KC200
# instead
model = Sequential([Input((4,)), Dense(2)])
layer = model.layers[-1]

# -- layers out of range in a graph
i = Input((4,))
model = Model(i, Dense(2)(i))
layer = model.layers[2]  # KC200
# instead
i = Input((4,))
model = Model(i, Dense(2)(i))
layer = model.layers[1]

# -- too many layers frozen
model = Sequential([Input((4,)), Dense(2), Dense(3)])
for n in range(3):
    model.layers[n].trainable = False  # KC200
# instead
model = Sequential([Input((4,)), Dense(2), Dense(3)])
for layer in model.layers[:3]:
    layer.trainable = False

# -- the output of a model that is not built
model = Sequential([Dense(2)])
x = model.outputs  # KC200
# instead
model = Sequential([Input((4,)), Dense(2)])
x = model.outputs

# -- the input of a model that is not built
model = Sequential([Dense(2)])
features = Model(model.input, model.layers[0].output)  # KC200
# instead
model = Sequential([Dense(2)])
model.build((None, 4))
features = Model(model.inputs, model.layers[0].output)

# -- the output shape of a model that is not built
model = Sequential([Dense(2)])
n = model.output_shape[-1]  # KC200
# instead
model = Sequential([Dense(2)])
model.build((None, 4))
n = model.output_shape[-1]

# -- the output shape of a layer
model = Sequential([Input((4,)), Dense(2)])
n = model.layers[0].output_shape  # KC504
# instead
model = Sequential([Input((4,)), Dense(2)])
n = model.layers[0].output.shape

# -- a layer by its number
model = Sequential([Input((4,)), Dense(2)])
layer = model.get_layer(0)  # KC200
# instead
model = Sequential([Input((4,)), Dense(2)])
layer = model.get_layer(index=0)

# -- the output of a layer that is not called
layer = Dense(2)
x = layer.output  # KC200
# instead
layer = Dense(2)
layer(Input((3,)))
x = layer.output

# -- parameters of a model that is not built
model = Sequential([Dense(2)])
n = model.count_params()  # KC200
# instead
model = Sequential([Dense(2)])
model.build((None, 4))
n = model.count_params()

# -- parameters of a layer that is not built
layer = Dense(2)
n = layer.count_params()  # KC200
# instead
layer = Dense(2)
layer.build((None, 4))
n = layer.count_params()

# -- no shape
i = Input()  # KC206
# instead
i = Input(())

# -- a number for a shape
i = Input(4)  # KC205
# instead
i = Input((4,))

# -- a number for a shape, by keyword
i = Input(shape=784)  # KC205
# instead
i = Input(shape=(784,))

# -- brackets that make no tuple
model = Sequential()
model.add(Dense(3, input_shape=(4)))  # KC205
# instead
model = Sequential()
model.add(Dense(3, input_shape=(4,)))

# -- a float in a shape
i = Input((4.0,))  # KC205
# instead
i = Input((int(4.0),))

# -- a string in a shape
i = Input(('4',))  # KC205
# instead
i = Input(tuple(int(n) for n in ('4',)))

# -- a shape twice
i = Input((4,), batch_shape=(None, 4))  # KC205
# instead
i = Input(batch_shape=(None, 4))

# -- an argument that Input does not have
i = Input((4,), batch=2)  # KC206
# instead
i = Input((4,), batch_size=2)

# -- a dtype that is none
i = Input((4,), dtype='flot32')  # KC205
x = Dense(2)(i)
# instead
i = Input((4,), dtype='float32')
x = Dense(2)(i)

# -- a clone of a subclassed model that is not built
class Net(Model):
    def __init__(self):
        super().__init__()
        self.d = Dense(2)
    def call(self, x):
        return self.d(x)
model = Net()
x = model.output  # KC200
# instead
class Net(Model):
    def __init__(self):
        super().__init__()
        self.d = Dense(2)
    def call(self, x):
        return self.d(x)
model = Net()
x = model(Input((3,)))

# -- an array as the output
import numpy as np
inputs = Input((4,))
model = Model(inputs, np.zeros(3))  # KC200
# instead
import numpy as np
inputs = Input((4,))
model = Model(inputs, Dense(3)(inputs))
