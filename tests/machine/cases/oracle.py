# Programs for Keras itself; behind the colon the status that kerascheck must give their models, where it is not exact.

# -- mlp
model = Sequential([Input((20,)), Dense(64, activation='relu'), Dropout(0.5), Dense(10, activation='softmax')])

# -- mlp with add
model = Sequential()
model.add(Input((8,)))
for n in (16, 8, 4):
    model.add(Dense(n, activation='relu'))
    model.add(Dropout(0.2))
model.add(Dense(1, activation='sigmoid'))

# -- input_dim
model = Sequential([Dense(7, input_dim=5), Dense(1)])

# -- convnet
model = Sequential([Input((28, 28, 1)), Conv2D(32, 3, activation='relu'), MaxPooling2D(), Conv2D(64, (3, 3)), MaxPooling2D(2), Flatten(), Dense(10)])

# -- deep convnet
model = Sequential([Input((64, 64, 3))])
for n in (16, 32, 64):
    model.add(Conv2D(n, 3, padding='same', use_bias=False))
    model.add(BatchNormalization())
    model.add(ReLU())
    model.add(MaxPooling2D())
model.add(GlobalAveragePooling2D())
model.add(Dense(5))

# -- conv1d
model = Sequential([Input((100, 6)), Conv1D(8, 5, strides=2), AveragePooling1D(2), Conv1D(4, 3, padding='causal', dilation_rate=2), GlobalMaxPooling1D()])

# -- separable
model = Sequential([Input((32, 32, 3)), SeparableConv2D(8, 3), DepthwiseConv2D(3, depth_multiplier=2), Conv2DTranspose(4, 3, strides=2)])

# -- conv3d
model = Sequential([Input((8, 16, 16, 1)), Conv3D(4, 3), MaxPooling3D(), Flatten()])

# -- padding and cropping
model = Sequential([Input((10, 12, 3)), ZeroPadding2D((1, 2)), Cropping2D(((1, 0), (0, 1))), UpSampling2D(2)])

# -- reshape
model = Sequential([Input((12,)), Reshape((3, 4)), Permute((2, 1)), Reshape((-1, 6)), Flatten(), RepeatVector(3)])

# -- embedding
model = Sequential([Input((40,), dtype='int32'), Embedding(1000, 16), GlobalAveragePooling1D(), Dense(1)])

# -- embedding of any length
model = Sequential([Input((None,)), Embedding(1000, 16), LSTM(8), Dense(1)])

# -- lstm
model = Sequential([Input((30, 4)), LSTM(16, return_sequences=True), GRU(8), Dense(1)])

# -- bidirectional
model = Sequential([Input((30, 4)), Bidirectional(LSTM(16, return_sequences=True)), Bidirectional(GRU(4), merge_mode='sum')])

# -- time distributed
model = Sequential([Input((5, 8, 8, 1)), TimeDistributed(Conv2D(4, 3)), TimeDistributed(Flatten()), SimpleRNN(3)])

# -- normalizations
model = Sequential([Input((6, 8)), LayerNormalization(), BatchNormalization(axis=1, scale=False), GroupNormalization(4), UnitNormalization()])

# -- regularization
model = Sequential([Input((6, 8)), GaussianNoise(0.1), SpatialDropout1D(0.2), GaussianDropout(0.1), AlphaDropout(0.1), ActivityRegularization(0.1)])

# -- activations
model = Sequential([Input((6,)), Activation('relu'), LeakyReLU(), PReLU(), ELU(), Softmax()])

# -- masking
model = Sequential([Input((6, 3)), Masking(), LSTM(4)])

# -- nested
block = Sequential([Dense(8), Dropout(0.1)])
model = Sequential([Input((4,)), block, Dense(3)])

# -- nested with its own input
block = Sequential([Input((4,)), Dense(8)])
model = Sequential([block, Dense(3)])

# -- doubly nested
def block(n):
    return Sequential([Dense(n), Dense(n)])
model = Sequential([Input((4,)), Sequential([block(3), block(5)]), Dense(1)])

# -- pop
model = Sequential([Input((4,)), Dense(8), Dense(9)])
model.pop()
model.add(Dense(2))

# -- pop all
model = Sequential([Input((4,)), Dense(8)])
model.pop()
model.add(Dense(2))

# -- build
model = Sequential([Dense(8), Dense(3)])
model.build((None, 4))

# -- build with a batch size
model = Sequential([Dense(8), Dense(3)])
model.build((32, 4))

# -- batch size
model = Sequential([Input((4,), batch_size=16), Dense(3)])

# -- batch_shape
model = Sequential([Input(batch_shape=(8, 5, 4)), LSTM(3, stateful=True)])

# -- called later
model = Sequential([Dense(8), Dense(3)])
out = model(Input((4,)))

# -- names
model = Sequential([Input((4,), name='in'), Dense(8, name='hidden'), Dense(3), Dense(3, name='out')], name='net')

# -- two models
a = Sequential([Input((4,)), Dense(2)])
b = Sequential([Input((4,)), Dense(3), Dense(2)])

# -- a layer list reused
ls = [Dense(4), Dense(4)]
a = Sequential([Input((4,)), *ls])
b = Sequential([Input((4,)), *ls, Dense(1)])

# -- frozen layers
model = Sequential([Input((4,)), Dense(8), Dense(8), Dense(1)])
for layer in model.layers[:2]:
    layer.trainable = False

# -- frozen model
base = Sequential([Input((4,)), Dense(8), BatchNormalization()])
base.trainable = False
model = Sequential([base, Dense(2)])

# -- frozen, then thawed
model = Sequential([Input((4,)), Dense(8), Dense(8)])
model.trainable = False
model.layers[-1].trainable = True

# -- trainable argument
model = Sequential([Input((4,)), Dense(8, trainable=False), Dense(2)])

# -- functional
i = Input((4,))
x = Dense(8, activation='relu')(i)
model = Model(i, Dense(2)(x))

# -- functional with names
i = Input((4,), name='a')
model = Model(inputs=i, outputs=Dense(2, name='b')(i), name='m')

# -- residual
i = Input((8, 8, 4))
x = Conv2D(4, 3, padding='same')(i)
x = BatchNormalization()(x)
x = Add()([x, i])
model = Model(i, ReLU()(x))

# -- inception
i = Input((16, 16, 3))
a = Conv2D(4, 1)(i)
b = Conv2D(4, 3, padding='same')(Conv2D(2, 1)(i))
c = MaxPooling2D(3, strides=1, padding='same')(i)
model = Model(i, Concatenate()([a, b, c]))

# -- two inputs
a = Input((4,))
b = Input((6,))
x = Concatenate()([Dense(3)(a), Dense(5)(b)])
model = Model([a, b], Dense(1)(x))

# -- two inputs, deep and wide
a = Input((4,), name='deep')
b = Input((6,), name='wide')
x = a
for n in (8, 6):
    x = Dense(n)(x)
model = Model([b, a], Dense(1)(Concatenate()([x, b])))

# -- two outputs
i = Input((4,))
x = Dense(8)(i)
model = Model(i, [Dense(2)(x), Dense(3)(x)])

# -- siamese
enc = Sequential([Input((6,)), Dense(4)])
a, b = Input((6,)), Input((6,))
model = Model([a, b], Dot(1)([enc(a), enc(b)]))

# -- shared layer
d = Dense(4)
a, b = Input((6,)), Input((6,))
model = Model([a, b], Subtract()([d(a), d(b)]))

# -- a layer applied twice in a row
d = Dense(4)
i = Input((4,))
model = Model(i, d(d(i)))

# -- merge functions
i = Input((4,))
a = Dense(3)(i)
b = Dense(3)(i)
model = Model(i, layers.concatenate([layers.add([a, b]), layers.maximum([a, b])]))

# -- autoencoder
i = Input((16,))
e = Dense(4)(Dense(8)(i))
d = Dense(16)(Dense(8)(e))
model = Model(i, d)
encoder = Model(i, e)

# -- a model from another's layers
base = Sequential([Input((4,)), Dense(8), Dense(6), Dense(2)])
model = Model(base.inputs, base.layers[-2].output)

# -- feature extraction
base = Sequential([Input((8, 8, 3)), Conv2D(4, 3), Flatten()])
base.trainable = False
x = Dense(5)(base.outputs[0])
model = Model(base.inputs, x)

# -- functional in sequential
i = Input((4,))
f = Model(i, Dense(3)(i))
model = Sequential([Input((4,)), f, Dense(2)])

# -- unet
i = Input((32, 32, 1))
skips = []
x = i
for n in (4, 8):
    x = Conv2D(n, 3, padding='same')(x)
    skips.append(x)
    x = MaxPooling2D()(x)
for n, s in zip((8, 4), reversed(skips)):
    x = Conv2DTranspose(n, 2, strides=2)(x)
    x = Concatenate()([x, s])
model = Model(i, Conv2D(1, 1)(x))

# -- attention
i = Input((10, 16))
x = MultiHeadAttention(4, 4)(i, i)
x = LayerNormalization()(x + i)
model = Model(i, Dense(2)(GlobalAveragePooling1D()(x)))

# -- operators on tensors
i = Input((4,))
x = Dense(4)(i) * 2 + i
model = Model(i, Dense(1)(x - 1))

# -- encoder and decoder with states
a = Input((None, 5))
_, h, c = LSTM(8, return_state=True)(a)
b = Input((None, 6))
y = LSTM(8, return_sequences=True)(b, initial_state=[h, c])
model = Model([a, b], Dense(6)(y))

# -- function with defaults
def make(inputs=4, hidden=(8, 8), outputs=1):
    m = Sequential([Input((inputs,))])
    for h in hidden:
        m.add(Dense(h))
    m.add(Dense(outputs))
    return m
model = make(hidden=(3,))

# -- class
class Net:
    def __init__(self, n):
        self.n = n
        self.model = self.build()
    def build(self):
        return Sequential([Input((self.n,)), Dense(self.n * 2), Dense(self.n // 2)])
model = Net(6).model

# -- dictionary of models
nets = {n: Sequential([Input((n,)), Dense(n)]) for n in (2, 3)}
a, b = nets[2], nets[3]

# -- arithmetic
size = 2 ** 5 - 4
model = Sequential([Input((size, size, 1)), Conv2D(size // 7, 3), Flatten(), Dense(int(size * 0.5))])

# -- settings
cfg = {'units': [8, 4], 'act': 'relu', 'drop': 0.1}
model = Sequential([Input((4,))])
for u in cfg['units']:
    model.add(Dense(u, activation=cfg['act']))
    if cfg['drop'] > 0:
        model.add(Dropout(cfg['drop']))

# -- automatic names of many
model = Sequential([Input((8, 8, 3)), Conv2D(2, 1), Conv2D(2, 1), BatchNormalization(), Conv2D(2, 1), Conv2DTranspose(2, 1), Activation('relu'), Activation('relu'), GlobalAveragePooling2D(), Dense(1), Dense(1), ELU()])

# -- subclass of Sequential
class Net(Sequential):
    def __init__(self):
        super().__init__()
        self.add(Input((4,)))
        self.add(Dense(3))
model = Net()

# -- implied inputs count as names
a = Sequential([Dense(7, input_dim=5), Dense(1)])
b = Sequential([Dense(3), Dense(1)])
b.build((None, 4))
i = Input((4,))
model = Model(i, Dense(1)(i))

# -- changes count as names
a = Sequential()
a.add(Input((4,)))
a.add(Dense(3))
a.add(Dense(2))
a.pop()
b = Sequential([Dense(2)])
b(Input((3,)))
i = Input((4,))
model = Model(i, Dense(1)(i))

# -- lambda layer
i = Input((4,))
model = Model(i, Lambda(lambda x: x * 2)(Dense(3)(i)))

# -- never built: unknown
model = Sequential([Dense(8), Dense(3)])

# -- a size that only running tells: symbolic
import random
n = random.randint(2, 5)
model = Sequential([Input((4,)), Dense(n)])

# -- a number of layers that only running tells: unknown
import random
model = Sequential([Input((4,))])
for _ in range(random.randint(1, 3)):
    model.add(Dense(2))

# -- a size that a layer of the program calls input_dim is no shape: unknown
class Own(layers.Layer):
    def __init__(self, input_dim, **kwargs):
        super().__init__(**kwargs)
        self.inner = Dense(input_dim)

    def call(self, x):
        return self.inner(x)

model = Sequential([Own(input_dim=5), Dense(2)])

# -- a shape that a layer of the program hands on
class Own(layers.Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.inner = Dense(units)

    def call(self, x):
        return self.inner(x)

model = Sequential([Own(5, input_shape=(3,)), Dense(2)])

# -- images of random sizes, as tf.keras has them
import tensorflow as tf
model = Sequential([Input((32, 24, 3)), tf.keras.layers.RandomWidth(0.2), tf.keras.layers.RandomHeight((-0.1, 0.3)), Conv2D(4, 3)])

# -- inputs in a list in a list
a, b = Input((4,)), Input((5,))
model = Model([[a], b], Dense(3)(Concatenate()([a, b])))
c = Input((4,))
deep = Model(inputs=[[c]], outputs=[Dense(2)(c)])

# -- inputs ordered by their names
inputs = {name: Input((1,), name=name) for name in ('c', 'a', 'b')}
values = [value for _, value in sorted(inputs.items())]
model = Model(inputs, Dense(2)(Concatenate()(values)))

# -- rates of a schedule decide what is built
import numpy as np
import tensorflow as tf
x = inputs = Input((6,))
for rate in [r for r in tf.linspace(0.0, 0.3, 4)]:
    x = Dense(6)(x)
    x = Dropout(float(rate))(x) if rate else Activation('relu')(x)
for scale in np.linspace(0.5, 1.0, 3):
    if scale:
        x = Dense(3)(x)
model = Model(inputs, x)
