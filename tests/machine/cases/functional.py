# Each builds a model with as many parameters as the number behind the colon says.

# -- chain: 67
i = Input((4,))
x = Dense(8)(i)
model = Model(i, Dense(3)(x))

# -- keywords: 67
i = Input((4,))
model = Model(inputs=i, outputs=Dense(3)(Dense(8)(i)))

# -- Keras 1 keywords: 67
i = Input((4,))
model = Model(input=i, output=Dense(3)(Dense(8)(i)))

# -- lists: 67
i = Input((4,))
model = Model([i], [Dense(3)(Dense(8)(i))])

# -- loop: 67
i = x = Input((4,))
for n in (8, 3):
    x = Dense(n)(x)
model = Model(i, x)


# -- functions: 67
def block(x, n):
    return Dense(n)(x)


i = Input((4,))
model = Model(i, block(block(i, 8), 3))


# -- closures: 67
def block(n):
    def f(x):
        return Dense(n)(x)

    return f


i = Input((4,))
model = Model(i, block(3)(block(8)(i)))

# -- branches: 131
i = Input((4,))
a = Dense(8)(i)
b = Dense(8)(i)
model = Model(i, Dense(3)(Concatenate()([a, b])))

# -- residual: 20
i = Input((4,))
x = Dense(4)(i)
model = Model(i, Add()([i, x]))

# -- merge function: 25
i = Input((4,))
model = Model(i, layers.concatenate([Dense(2)(i), Dense(3)(i)]))

# -- a shared layer counts once: 15
a = Input((4,))
b = Input((4,))
d = Dense(3)
model = Model([a, b], Concatenate()([d(a), d(b)]))

# -- two outputs: 76
i = Input((4,))
x = Dense(8)(i)
model = Model(i, [Dense(3)(x), Dense(1)(x)])

# -- named inputs: 21
i = {"a": Input((4,)), "b": Input((2,))}
model = Model(i, Dense(3)(Concatenate()([i["a"], i["b"]])))

# -- a model as a layer: 67
inner = Sequential([Input((4,)), Dense(8)])
i = Input((4,))
model = Model(i, Dense(3)(inner(i)))

# -- a functional model as a layer: 67
a = Input((4,))
f = Model(a, Dense(8)(a))
i = Input((4,))
model = Model(i, Dense(3)(f(i)))

# -- on top of model.outputs: 67
base = Sequential([Input((4,)), Dense(8)])
model = Model(base.inputs, Dense(3)(base.outputs[0]))

# -- on top of a layer's output: 67
base = Sequential([Input((4,)), Dense(8), Dense(5)])
model = Model(base.inputs, Dense(3)(base.layers[-2].output))

# -- get_layer: 67
base = Sequential([Input((4,)), Dense(8, name="h"), Dense(5)])
model = Model(base.inputs, Dense(3)(base.get_layer("h").output))


# -- self: 67
class A:
    def __init__(self):
        i = Input((4,))
        x = self.hidden(i)
        self.model = Model(i, Dense(3)(x))

    def hidden(self, x):
        return Dense(8)(x)


model = A().model

# -- reduce: 67
from functools import reduce

i = Input((4,))
x = i
x = [x := Dense(n)(x) for n in (8, 3)][-1]
model = Model(i, x)


# -- the function merge of Keras 1, concatenating: 117
from keras.layers import merge
a, b = Input(shape=(4,)), Input(shape=(6,))
joined = merge([Dense(8)(a), Dense(5)(b)], mode="concat", concat_axis=1)
model = Model(input=[a, b], output=Dense(3, name="out")(joined))

# -- the function merge of Keras 1, summing: 105
from keras.layers import merge
a, b = Input(shape=(4,)), Input(shape=(6,))
model = Model(input=[a, b], output=Dense(1)(merge([Dense(8)(a), Dense(8)(b)], "sum", name="sum")))
