# Programs that Keras refuses on the row that names a rule, each followed by a correct one that looks much alike.

# -- images without a channel axis
model = Sequential([Input((28, 28)), Conv2D(8, 3)])  # KC201
# instead
model = Sequential([Input((28, 28, 1)), Conv2D(8, 3)])

# -- the same, added one by one
model = Sequential()
model.add(Input((28, 28)))
model.add(Conv2D(8, 3))  # KC201
model.add(MaxPooling2D())
model.add(Flatten())
model.add(Dense(10))
# instead
model = Sequential()
model.add(Input((28, 28)))
model.add(Reshape((28, 28, 1)))
model.add(Conv2D(8, 3))
model.add(MaxPooling2D())
model.add(Flatten())
model.add(Dense(10))

# -- the same with an input shape in the layer
model = Sequential()
model.add(Conv2D(8, 3, input_shape=(28, 28)))  # KC201
# instead
model = Sequential()
model.add(Conv2D(8, 3, input_shape=(28, 28, 1)))

# -- the same, functional
i = Input((28, 28))
x = Conv2D(8, 3)(i)  # KC201
x = Flatten()(x)
model = Model(i, Dense(10)(x))
# instead
i = Input((28, 28))
x = Conv1D(8, 3)(i)
x = Flatten()(x)
model = Model(i, Dense(10)(x))

# -- a batch axis in the input shape
model = Sequential()
model.add(Conv2D(8, 3, input_shape=(None, 28, 28, 1)))  # KC201
# instead
model = Sequential()
model.add(Conv2D(8, 3, input_shape=(None, None, 1)))

# -- a batch axis in the shape of Input
i = Input(shape=(32, 28, 28, 3))
x = Conv2D(8, 3)(i)  # KC201
# instead
i = Input(shape=(28, 28, 3), batch_size=32)
x = Conv2D(8, 3)(i)

# -- a batch axis in the shape of sequences
i = Input(shape=(None, 10, 5))
x = LSTM(8)(i)  # KC201
# instead
i = Input(batch_shape=(None, 10, 5))
x = LSTM(8)(i)

# -- a recurrent layer on vectors
model = Sequential([Input((8,)), LSTM(3)])  # KC201
# instead
model = Sequential([Input((8,)), Reshape((8, 1)), LSTM(3)])

# -- a recurrent layer by its old argument
model = Sequential()
model.add(LSTM(3, input_dim=8))  # KC201
# instead
model = Sequential()
model.add(LSTM(3, input_shape=(None, 8)))

# -- stacked recurrent layers
model = Sequential([Input((9, 4)), LSTM(8), LSTM(8)])  # KC201
# instead
model = Sequential([Input((9, 4)), LSTM(8, return_sequences=True), LSTM(8)])

# -- stacked GRUs, functional
i = Input((9, 4))
x = GRU(8)(i)
x = GRU(8)(x)  # KC201
x = Dense(1)(x)
model = Model(i, x)
# instead
i = Input((9, 4))
x = GRU(8, return_sequences=True)(i)
x = GRU(8)(x)
x = Dense(1)(x)
model = Model(i, x)

# -- three recurrent layers, the second without sequences
model = Sequential()
model.add(Input((9, 4)))
model.add(SimpleRNN(8, return_sequences=True))
model.add(SimpleRNN(8))
model.add(SimpleRNN(8))  # KC201
model.add(Dense(1))
# instead
model = Sequential()
model.add(Input((9, 4)))
model.add(SimpleRNN(8, return_sequences=True))
model.add(SimpleRNN(8, return_sequences=True))
model.add(SimpleRNN(8))
model.add(Dense(1))

# -- bidirectional layers in a stack
model = Sequential([Input((9, 4)), Bidirectional(LSTM(8)), Bidirectional(LSTM(8))])  # KC201
# instead
model = Sequential([Input((9, 4)), Bidirectional(LSTM(8, return_sequences=True)), Bidirectional(LSTM(8))])

# -- a bidirectional layer on vectors
i = Input((4,))
x = Bidirectional(GRU(8))(i)  # KC201
# instead
i = Input((4, 1))
x = Bidirectional(GRU(8))(i)

# -- stacked in a loop
i = Input((9, 4))
x = i
for _ in range(2):
    x = LSTM(8)(x)  # KC201
# instead
i = Input((9, 4))
x = i
for _ in range(2):
    x = LSTM(8, return_sequences=True)(x)

# -- a recurrent layer after an embedding of three axes
i = Input((4, 5))
x = Embedding(10, 3)(i)
x = LSTM(4)(x)  # KC201
# instead
i = Input((4,))
x = Embedding(10, 3)(i)
x = LSTM(4)(x)

# -- a convolution after a pooling to vectors
model = Sequential([Input((8, 8, 3)), GlobalAveragePooling2D(), Conv2D(3, 1)])  # KC201
# instead
model = Sequential([Input((8, 8, 3)), GlobalAveragePooling2D(keepdims=True), Conv2D(3, 1)])

# -- a convolution after Flatten
i = Input((8, 8, 3))
x = Flatten()(i)
x = Conv2D(3, 1)(x)  # KC201
x = Dense(2)(x)
# instead
i = Input((8, 8, 3))
x = Conv2D(3, 1)(i)
x = Flatten()(x)
x = Dense(2)(x)

# -- a one-dimensional convolution on vectors
model = Sequential([Input((100,)), Conv1D(8, 3)])  # KC201
# instead
model = Sequential([Input((100, 1)), Conv1D(8, 3)])

# -- a one-dimensional convolution on images
i = Input((28, 28, 1))
x = Conv1D(8, 3)(i)  # KC201
x = MaxPooling1D()(x)
# instead
i = Input((28, 28))
x = Conv1D(8, 3)(i)
x = MaxPooling1D()(x)

# -- a three-dimensional convolution on images
model = Sequential([Input((16, 16, 3)), Conv3D(4, 3)])  # KC201
# instead
model = Sequential([Input((16, 16, 16, 3)), Conv3D(4, 3)])

# -- a pooling on sequences
i = Input((20, 4))
x = MaxPooling2D()(i)  # KC201
# instead
i = Input((20, 4))
x = MaxPooling1D()(i)

# -- a global pooling on vectors
model = Sequential([Input((20,)), GlobalMaxPooling1D()])  # KC201
# instead
model = Sequential([Input((20, 2)), GlobalMaxPooling1D()])

# -- a global pooling of images on sequences
model = Sequential([Input((20, 4)), GlobalAveragePooling2D()])  # KC201
# instead
model = Sequential([Input((20, 4)), GlobalAveragePooling1D()])

# -- RepeatVector on sequences
model = Sequential([Input((4, 3)), RepeatVector(3)])  # KC201
# instead
model = Sequential([Input((4,)), RepeatVector(3)])

# -- a decoder that repeats sequences
i = Input((9, 4))
x = LSTM(8, return_sequences=True)(i)
x = RepeatVector(9)(x)  # KC201
x = LSTM(8, return_sequences=True)(x)
model = Model(i, TimeDistributed(Dense(4))(x))
# instead
i = Input((9, 4))
x = LSTM(8)(i)
x = RepeatVector(9)(x)
x = LSTM(8, return_sequences=True)(x)
model = Model(i, TimeDistributed(Dense(4))(x))

# -- padding vectors
model = Sequential([Input((8,)), ZeroPadding1D(1)])  # KC201
# instead
model = Sequential([Input((8, 1)), ZeroPadding1D(1)])

# -- padding images without channels
model = Sequential([Input((8, 8)), ZeroPadding2D(1)])  # KC201
# instead
model = Sequential([Input((8, 8, 1)), ZeroPadding2D(1)])

# -- cropping images without channels
i = Input((8, 8))
x = Cropping2D(1)(i)  # KC201
# instead
i = Input((8, 8))
x = Cropping1D(1)(i)

# -- enlarging images without channels
i = Input((8, 8))
x = UpSampling2D()(i)  # KC201
# instead
i = Input((8, 8))
x = UpSampling1D()(i)

# -- spatial dropout on vectors
model = Sequential([Input((8,)), SpatialDropout1D(0.1)])  # KC201
# instead
model = Sequential([Input((8,)), Dropout(0.1)])

# -- spatial dropout of images on sequences
model = Sequential([Input((8, 4)), SpatialDropout2D(0.1)])  # KC201
# instead
model = Sequential([Input((8, 4)), SpatialDropout1D(0.1)])

# -- a dense layer on numbers
model = Sequential([Input(()), Dense(3)])  # KC201
# instead
model = Sequential([Input((1,)), Dense(3)])

# -- a dense layer without a batch axis
i = Input(batch_shape=(4,))
x = Dense(3)(i)  # KC201
# instead
i = Input(batch_shape=(4, 1))
x = Dense(3)(i)

# -- Permute of too few axes
model = Sequential([Input((4, 3, 2)), Permute((2, 1))])  # KC201
# instead
model = Sequential([Input((4, 3, 2)), Permute((2, 1, 3))])

# -- TimeDistributed on vectors
model = Sequential([Input((4,)), TimeDistributed(Dense(3))])  # KC201
# instead
model = Sequential([Input((4, 1)), TimeDistributed(Dense(3))])

# -- TimeDistributed convolutions on images
i = Input((16, 16, 3))
x = TimeDistributed(Conv2D(4, 3))(i)  # KC201
# instead
i = Input((5, 16, 16, 3))
x = TimeDistributed(Conv2D(4, 3))(i)

# -- TimeDistributed after the last state
model = Sequential()
model.add(Input((5, 4)))
model.add(LSTM(8))
model.add(TimeDistributed(Dense(1)))  # KC201
# instead
model = Sequential()
model.add(Input((5, 4)))
model.add(LSTM(8, return_sequences=True))
model.add(TimeDistributed(Dense(1)))

# -- a convolutional LSTM on images
i = Input((16, 16, 3))
x = ConvLSTM2D(4, 3)(i)  # KC201
# instead
i = Input((5, 16, 16, 3))
x = ConvLSTM2D(4, 3)(i)

# -- stacked convolutional LSTMs
i = Input((5, 16, 16, 3))
x = ConvLSTM2D(4, 3)(i)
x = ConvLSTM2D(4, 3)(x)  # KC201
# instead
i = Input((5, 16, 16, 3))
x = ConvLSTM2D(4, 3, return_sequences=True)(i)
x = ConvLSTM2D(4, 3)(x)

# -- a transposed convolution on vectors
i = Input((100,))
x = Dense(49)(i)
x = Conv2DTranspose(1, 3)(x)  # KC201
# instead
i = Input((100,))
x = Dense(49)(i)
x = Reshape((7, 7, 1))(x)
x = Conv2DTranspose(1, 3)(x)

# -- a separable convolution on sequences
i = Input((10, 4))
x = SeparableConv2D(4, 3)(i)  # KC201
# instead
i = Input((10, 4))
x = SeparableConv1D(4, 3)(i)

# -- a depthwise convolution on vectors
i = Input((10,))
x = DepthwiseConv2D(3)(i)  # KC201
# instead
i = Input((10, 10, 1))
x = DepthwiseConv2D(3)(i)

# -- the axis of a normalization
model = Sequential([Input((4,)), BatchNormalization(axis=3)])  # KC201
# instead
model = Sequential([Input((4,)), BatchNormalization(axis=1)])

# -- the axis of a layer normalization
i = Input((4, 3))
x = LayerNormalization(axis=3)(i)  # KC201
# instead
i = Input((4, 3))
x = LayerNormalization(axis=2)(i)

# -- the axis of a concatenation
a, b = Input((4,)), Input((4,))
x = Concatenate(axis=2)([a, b])  # KC201
# instead
a, b = Input((4,)), Input((4,))
x = Concatenate(axis=1)([a, b])

# -- merging images and vectors
a, b = Input((4, 4, 3)), Input((10,))
x = concatenate([a, b])  # KC201
x = Dense(2)(x)
# instead
a, b = Input((4, 4, 3)), Input((10,))
x = concatenate([Flatten()(a), b])
x = Dense(2)(x)

# -- a model called on inputs of another rank
i = Input((8, 8, 3))
inner = Model(i, Flatten()(i))
j = Input((8, 8))
outer = inner(j)  # KC201
Model(j, outer).predict(keras.ops.ones((1, 8, 8)))  # here Keras raises
# instead
i = Input((8, 8, 3))
inner = Model(i, Flatten()(i))
outer = inner(Input((8, 8, 3)))

# -- in a function of the program
def block(x, filters):
    x = Conv2D(filters, 3, padding='same')(x)  # KC201
    return ReLU()(x)
i = Input((8, 8, 3))
x = block(i, 4)
x = GlobalMaxPooling2D()(x)
x = block(x, 4)
# instead
def block(x, filters):
    x = Conv2D(filters, 3, padding='same')(x)
    return ReLU()(x)
i = Input((8, 8, 3))
x = block(i, 4)
x = MaxPooling2D()(x)
x = block(x, 4)

# -- a layer made earlier
conv = Conv2D(8, 3)
i = Input((28, 28))
x = conv(i)  # KC201
# instead
conv = Conv2D(8, 3)
i = Input((28, 28, 1))
x = conv(i)

# -- a layer made earlier, added later
conv = Conv2D(8, 3)
model = Sequential()
model.add(Input((28, 28)))
model.add(conv)  # KC201
# instead
conv = Conv2D(8, 3)
model = Sequential()
model.add(Input((28, 28, 1)))
model.add(conv)

# -- a list made earlier
parts = [
    Input((28, 28)),
    Conv2D(8, 3),
]
model = Sequential(parts)  # KC201
# instead
parts = [
    Input((28, 28, 1)),
    Conv2D(8, 3),
]
model = Sequential(parts)

# -- built later
model = Sequential([Conv2D(8, 3), Flatten()])
model.build((None, 28, 28))  # KC201
# instead
model = Sequential([Conv2D(8, 3), Flatten()])
model.build((None, 28, 28, 1))

# -- called later
model = Sequential([Conv2D(8, 3), Flatten()])
x = model(Input((28, 28)))  # KC201
# instead
model = Sequential([Conv2D(8, 3), Flatten()])
x = model(Input((28, 28, 1)))

# -- pooling over the steps of what has none
inputs = Input((10, 4))
x = GlobalMaxPooling1D()(layers.LSTM(8)(inputs))  # KC201
# instead
inputs = Input((10, 4))
x = GlobalMaxPooling1D()(layers.LSTM(8, return_sequences=True)(inputs))
