"""Small complete programs for the comparison with Keras itself: what each builds, and how much of it we must know."""

from __future__ import annotations

from typing import NamedTuple


class Case(NamedTuple):
    """A program, the status that kerascheck must give its models, and the generation of Keras it is written for."""

    code: str
    status: str = "exact"


PROGRAMS: dict[str, Case] = {
    "mlp": Case("model = Sequential([Input((20,)), Dense(64, activation='relu'), Dropout(0.5), Dense(10, activation='softmax')])"),
    "mlp with add": Case("model = Sequential()\nmodel.add(Input((8,)))\nfor n in (16, 8, 4):\n    model.add(Dense(n, activation='relu'))\n    model.add(Dropout(0.2))\nmodel.add(Dense(1, activation='sigmoid'))"),
    "input_dim": Case("model = Sequential([Dense(7, input_dim=5), Dense(1)])"),
    "convnet": Case("model = Sequential([Input((28, 28, 1)), Conv2D(32, 3, activation='relu'), MaxPooling2D(), Conv2D(64, (3, 3)), MaxPooling2D(2), Flatten(), Dense(10)])"),
    "deep convnet": Case("model = Sequential([Input((64, 64, 3))])\nfor n in (16, 32, 64):\n    model.add(Conv2D(n, 3, padding='same', use_bias=False))\n    model.add(BatchNormalization())\n    model.add(ReLU())\n    model.add(MaxPooling2D())\nmodel.add(GlobalAveragePooling2D())\nmodel.add(Dense(5))"),
    "conv1d": Case("model = Sequential([Input((100, 6)), Conv1D(8, 5, strides=2), AveragePooling1D(2), Conv1D(4, 3, padding='causal', dilation_rate=2), GlobalMaxPooling1D()])"),
    "separable": Case("model = Sequential([Input((32, 32, 3)), SeparableConv2D(8, 3), DepthwiseConv2D(3, depth_multiplier=2), Conv2DTranspose(4, 3, strides=2)])"),
    "conv3d": Case("model = Sequential([Input((8, 16, 16, 1)), Conv3D(4, 3), MaxPooling3D(), Flatten()])"),
    "padding and cropping": Case("model = Sequential([Input((10, 12, 3)), ZeroPadding2D((1, 2)), Cropping2D(((1, 0), (0, 1))), UpSampling2D(2)])"),
    "reshape": Case("model = Sequential([Input((12,)), Reshape((3, 4)), Permute((2, 1)), Reshape((-1, 6)), Flatten(), RepeatVector(3)])"),
    "embedding": Case("model = Sequential([Input((40,), dtype='int32'), Embedding(1000, 16), GlobalAveragePooling1D(), Dense(1)])"),
    "embedding of any length": Case("model = Sequential([Input((None,)), Embedding(1000, 16), LSTM(8), Dense(1)])"),
    "lstm": Case("model = Sequential([Input((30, 4)), LSTM(16, return_sequences=True), GRU(8), Dense(1)])"),
    "bidirectional": Case("model = Sequential([Input((30, 4)), Bidirectional(LSTM(16, return_sequences=True)), Bidirectional(GRU(4), merge_mode='sum')])"),
    "time distributed": Case("model = Sequential([Input((5, 8, 8, 1)), TimeDistributed(Conv2D(4, 3)), TimeDistributed(Flatten()), SimpleRNN(3)])"),
    "normalizations": Case("model = Sequential([Input((6, 8)), LayerNormalization(), BatchNormalization(axis=1, scale=False), GroupNormalization(4), UnitNormalization()])"),
    "regularization": Case("model = Sequential([Input((6, 8)), GaussianNoise(0.1), SpatialDropout1D(0.2), GaussianDropout(0.1), AlphaDropout(0.1), ActivityRegularization(0.1)])"),
    "activations": Case("model = Sequential([Input((6,)), Activation('relu'), LeakyReLU(), PReLU(), ELU(), Softmax()])"),
    "masking": Case("model = Sequential([Input((6, 3)), Masking(), LSTM(4)])"),
    "nested": Case("block = Sequential([Dense(8), Dropout(0.1)])\nmodel = Sequential([Input((4,)), block, Dense(3)])"),
    "nested with its own input": Case("block = Sequential([Input((4,)), Dense(8)])\nmodel = Sequential([block, Dense(3)])"),
    "doubly nested": Case("def block(n):\n    return Sequential([Dense(n), Dense(n)])\nmodel = Sequential([Input((4,)), Sequential([block(3), block(5)]), Dense(1)])"),
    "pop": Case("model = Sequential([Input((4,)), Dense(8), Dense(9)])\nmodel.pop()\nmodel.add(Dense(2))"),
    "pop all": Case("model = Sequential([Input((4,)), Dense(8)])\nmodel.pop()\nmodel.add(Dense(2))"),
    "build": Case("model = Sequential([Dense(8), Dense(3)])\nmodel.build((None, 4))"),
    "build with a batch size": Case("model = Sequential([Dense(8), Dense(3)])\nmodel.build((32, 4))"),
    "batch size": Case("model = Sequential([Input((4,), batch_size=16), Dense(3)])"),
    "batch_shape": Case("model = Sequential([Input(batch_shape=(8, 5, 4)), LSTM(3, stateful=True)])"),
    "called later": Case("model = Sequential([Dense(8), Dense(3)])\nout = model(Input((4,)))"),
    "names": Case("model = Sequential([Input((4,), name='in'), Dense(8, name='hidden'), Dense(3), Dense(3, name='out')], name='net')"),
    "two models": Case("a = Sequential([Input((4,)), Dense(2)])\nb = Sequential([Input((4,)), Dense(3), Dense(2)])"),
    "a layer list reused": Case("ls = [Dense(4), Dense(4)]\na = Sequential([Input((4,)), *ls])\nb = Sequential([Input((4,)), *ls, Dense(1)])"),
    "frozen layers": Case("model = Sequential([Input((4,)), Dense(8), Dense(8), Dense(1)])\nfor layer in model.layers[:2]:\n    layer.trainable = False"),
    "frozen model": Case("base = Sequential([Input((4,)), Dense(8), BatchNormalization()])\nbase.trainable = False\nmodel = Sequential([base, Dense(2)])"),
    "frozen, then thawed": Case("model = Sequential([Input((4,)), Dense(8), Dense(8)])\nmodel.trainable = False\nmodel.layers[-1].trainable = True"),
    "trainable argument": Case("model = Sequential([Input((4,)), Dense(8, trainable=False), Dense(2)])"),
    "functional": Case("i = Input((4,))\nx = Dense(8, activation='relu')(i)\nmodel = Model(i, Dense(2)(x))"),
    "functional with names": Case("i = Input((4,), name='a')\nmodel = Model(inputs=i, outputs=Dense(2, name='b')(i), name='m')"),
    "residual": Case("i = Input((8, 8, 4))\nx = Conv2D(4, 3, padding='same')(i)\nx = BatchNormalization()(x)\nx = Add()([x, i])\nmodel = Model(i, ReLU()(x))"),
    "inception": Case("i = Input((16, 16, 3))\na = Conv2D(4, 1)(i)\nb = Conv2D(4, 3, padding='same')(Conv2D(2, 1)(i))\nc = MaxPooling2D(3, strides=1, padding='same')(i)\nmodel = Model(i, Concatenate()([a, b, c]))"),
    "two inputs": Case("a = Input((4,))\nb = Input((6,))\nx = Concatenate()([Dense(3)(a), Dense(5)(b)])\nmodel = Model([a, b], Dense(1)(x))"),
    "two inputs, deep and wide": Case("a = Input((4,), name='deep')\nb = Input((6,), name='wide')\nx = a\nfor n in (8, 6):\n    x = Dense(n)(x)\nmodel = Model([b, a], Dense(1)(Concatenate()([x, b])))"),
    "two outputs": Case("i = Input((4,))\nx = Dense(8)(i)\nmodel = Model(i, [Dense(2)(x), Dense(3)(x)])"),
    "siamese": Case("enc = Sequential([Input((6,)), Dense(4)])\na, b = Input((6,)), Input((6,))\nmodel = Model([a, b], Dot(1)([enc(a), enc(b)]))"),
    "shared layer": Case("d = Dense(4)\na, b = Input((6,)), Input((6,))\nmodel = Model([a, b], Subtract()([d(a), d(b)]))"),
    "a layer applied twice in a row": Case("d = Dense(4)\ni = Input((4,))\nmodel = Model(i, d(d(i)))"),
    "merge functions": Case("i = Input((4,))\na = Dense(3)(i)\nb = Dense(3)(i)\nmodel = Model(i, layers.concatenate([layers.add([a, b]), layers.maximum([a, b])]))"),
    "autoencoder": Case("i = Input((16,))\ne = Dense(4)(Dense(8)(i))\nd = Dense(16)(Dense(8)(e))\nmodel = Model(i, d)\nencoder = Model(i, e)"),
    "a model from another's layers": Case("base = Sequential([Input((4,)), Dense(8), Dense(6), Dense(2)])\nmodel = Model(base.inputs, base.layers[-2].output)"),
    "feature extraction": Case("base = Sequential([Input((8, 8, 3)), Conv2D(4, 3), Flatten()])\nbase.trainable = False\nx = Dense(5)(base.outputs[0])\nmodel = Model(base.inputs, x)"),
    "functional in sequential": Case("i = Input((4,))\nf = Model(i, Dense(3)(i))\nmodel = Sequential([Input((4,)), f, Dense(2)])"),
    "unet": Case("i = Input((32, 32, 1))\nskips = []\nx = i\nfor n in (4, 8):\n    x = Conv2D(n, 3, padding='same')(x)\n    skips.append(x)\n    x = MaxPooling2D()(x)\nfor n, s in zip((8, 4), reversed(skips)):\n    x = Conv2DTranspose(n, 2, strides=2)(x)\n    x = Concatenate()([x, s])\nmodel = Model(i, Conv2D(1, 1)(x))"),
    "attention": Case("i = Input((10, 16))\nx = MultiHeadAttention(4, 4)(i, i)\nx = LayerNormalization()(x + i)\nmodel = Model(i, Dense(2)(GlobalAveragePooling1D()(x)))"),
    "operators on tensors": Case("i = Input((4,))\nx = Dense(4)(i) * 2 + i\nmodel = Model(i, Dense(1)(x - 1))"),
    "encoder and decoder with states": Case("a = Input((None, 5))\n_, h, c = LSTM(8, return_state=True)(a)\nb = Input((None, 6))\ny = LSTM(8, return_sequences=True)(b, initial_state=[h, c])\nmodel = Model([a, b], Dense(6)(y))"),
    "function with defaults": Case("def make(inputs=4, hidden=(8, 8), outputs=1):\n    m = Sequential([Input((inputs,))])\n    for h in hidden:\n        m.add(Dense(h))\n    m.add(Dense(outputs))\n    return m\nmodel = make(hidden=(3,))"),
    "class": Case("class Net:\n    def __init__(self, n):\n        self.n = n\n        self.model = self.build()\n    def build(self):\n        return Sequential([Input((self.n,)), Dense(self.n * 2), Dense(self.n // 2)])\nmodel = Net(6).model"),
    "dictionary of models": Case("nets = {n: Sequential([Input((n,)), Dense(n)]) for n in (2, 3)}\na, b = nets[2], nets[3]"),
    "arithmetic": Case("size = 2 ** 5 - 4\nmodel = Sequential([Input((size, size, 1)), Conv2D(size // 7, 3), Flatten(), Dense(int(size * 0.5))])"),
    "settings": Case("cfg = {'units': [8, 4], 'act': 'relu', 'drop': 0.1}\nmodel = Sequential([Input((4,))])\nfor u in cfg['units']:\n    model.add(Dense(u, activation=cfg['act']))\n    if cfg['drop'] > 0:\n        model.add(Dropout(cfg['drop']))"),
    "automatic names of many": Case("model = Sequential([Input((8, 8, 3)), Conv2D(2, 1), Conv2D(2, 1), BatchNormalization(), Conv2D(2, 1), Conv2DTranspose(2, 1), Activation('relu'), Activation('relu'), GlobalAveragePooling2D(), Dense(1), Dense(1), ELU()])"),
    "subclass of Sequential": Case("class Net(Sequential):\n    def __init__(self):\n        super().__init__()\n        self.add(Input((4,)))\n        self.add(Dense(3))\nmodel = Net()"),
    "implied inputs count as names": Case("a = Sequential([Dense(7, input_dim=5), Dense(1)])\nb = Sequential([Dense(3), Dense(1)])\nb.build((None, 4))\ni = Input((4,))\nmodel = Model(i, Dense(1)(i))"),
    "changes count as names": Case("a = Sequential()\na.add(Input((4,)))\na.add(Dense(3))\na.add(Dense(2))\na.pop()\nb = Sequential([Dense(2)])\nb(Input((3,)))\ni = Input((4,))\nmodel = Model(i, Dense(1)(i))"),
    "lambda layer": Case("i = Input((4,))\nmodel = Model(i, Lambda(lambda x: x * 2)(Dense(3)(i)))"),
    # What is honestly not known.
    "never built": Case("model = Sequential([Dense(8), Dense(3)])", "unknown"),
    "a size that only running tells": Case("import random\nn = random.randint(2, 5)\nmodel = Sequential([Input((4,)), Dense(n)])", "symbolic"),
    "a number of layers that only running tells": Case("import random\nmodel = Sequential([Input((4,))])\nfor _ in range(random.randint(1, 3)):\n    model.add(Dense(2))", "unknown"),
}  # fmt: skip
