# -- a chain of poolings
model = Sequential()
model.add(Input((8, 8, 1)))
model.add(MaxPooling2D())
model.add(MaxPooling2D())
model.add(MaxPooling2D())
model.add(MaxPooling2D())  # KC202
model.add(Flatten())
# instead
model = Sequential()
model.add(Input((16, 16, 1)))
model.add(MaxPooling2D())
model.add(MaxPooling2D())
model.add(MaxPooling2D())
model.add(MaxPooling2D())
model.add(Flatten())

# -- a chain in a loop
i = Input((32, 32, 3))
x = i
for filters in (8, 16, 32, 64):
    x = Conv2D(filters, 3)(x)  # KC202
    x = MaxPooling2D()(x)
x = Flatten()(x)
model = Model(i, Dense(10)(x))
# instead
i = Input((64, 64, 3))
x = i
for filters in (8, 16, 32, 64):
    x = Conv2D(filters, 3)(x)
    x = MaxPooling2D()(x)
x = Flatten()(x)
model = Model(i, Dense(10)(x))

# -- a kernel larger than the image
model = Sequential([Input((4, 4, 1)), Conv2D(8, 5)])  # KC202
# instead
model = Sequential([Input((4, 4, 1)), Conv2D(8, 5, padding='same')])

# -- only one side too small
i = Input((10, 3, 1))
x = Conv2D(8, (3, 5))(i)  # KC202
# instead
i = Input((10, 3, 1))
x = Conv2D(8, (5, 3))(i)

# -- channels first by mistake
i = Input((3, 28, 28))
x = Conv2D(8, 5)(i)  # KC202
# instead
i = Input((28, 28, 3))
x = Conv2D(8, 5)(i)

# -- a sequence shorter than the kernel
model = Sequential([Input((2, 8)), Conv1D(4, 3)])  # KC202
# instead
model = Sequential([Input((3, 8)), Conv1D(4, 3)])

# -- a causal convolution on a short sequence
model = Sequential([Input((2, 8)), Conv1D(4, 3, padding='valid')])  # KC202
# instead
model = Sequential([Input((2, 8)), Conv1D(4, 3, padding='causal')])

# -- a dilated kernel
i = Input((6, 6, 1))
x = Conv2D(4, 3, dilation_rate=3)(i)  # KC202
# instead
i = Input((7, 7, 1))
x = Conv2D(4, 3, dilation_rate=3)(i)

# -- pooling sequences away
i = Input((3, 4))
x = MaxPooling1D(4)(i)  # KC202
# instead
i = Input((4, 4))
x = MaxPooling1D(4)(i)

# -- average pooling
i = Input((6, 6, 4))
x = AveragePooling2D(7)(i)  # KC202
# instead
i = Input((7, 7, 4))
x = AveragePooling2D(7)(i)

# -- pooling volumes
i = Input((4, 4, 1, 2))
x = MaxPooling3D()(i)  # KC202
# instead
i = Input((4, 4, 2, 2))
x = MaxPooling3D()(i)

# -- a depthwise convolution
i = Input((2, 2, 4))
x = DepthwiseConv2D(3)(i)  # KC202
# instead
i = Input((2, 2, 4))
x = DepthwiseConv2D(3, padding='same')(i)

# -- a separable convolution
i = Input((2, 2, 4))
x = SeparableConv2D(3, 3)(i)  # KC202
# instead
i = Input((3, 3, 4))
x = SeparableConv2D(3, 3)(i)

# -- cropping too much
i = Input((4, 4, 1))
x = Cropping2D(2)(i)  # KC202
# instead
i = Input((5, 5, 1))
x = Cropping2D(2)(i)

# -- cropping sequences too much
i = Input((4, 1))
x = Cropping1D((2, 3))(i)  # KC202
# instead
i = Input((6, 1))
x = Cropping1D((2, 3))(i)

# -- LeNet on small images
model = Sequential()
model.add(Conv2D(6, 5, activation='tanh', input_shape=(14, 14, 1)))
model.add(AveragePooling2D(2))
model.add(Conv2D(16, 5, activation='tanh'))
model.add(AveragePooling2D(2))  # KC202
model.add(Flatten())
model.add(Dense(120, activation='tanh'))
# instead
model = Sequential()
model.add(Conv2D(6, 5, activation='tanh', input_shape=(28, 28, 1)))
model.add(AveragePooling2D(2))
model.add(Conv2D(16, 5, activation='tanh'))
model.add(AveragePooling2D(2))
model.add(Flatten())
model.add(Dense(120, activation='tanh'))

# -- channels first given to every layer but one
i = Input((3, 32, 32))
x = Conv2D(8, 3, data_format='channels_first')(i)
x = MaxPooling2D(10)(x)  # KC202
# instead
i = Input((3, 32, 32))
x = Conv2D(8, 3, data_format='channels_first')(i)
x = MaxPooling2D(10, data_format='channels_first')(x)

# -- TimeDistributed convolutions
i = Input((5, 4, 4, 1))
x = TimeDistributed(Conv2D(4, 5))(i)  # KC202
# instead
i = Input((5, 5, 5, 1))
x = TimeDistributed(Conv2D(4, 5))(i)

# -- a negative size in an input
i = Input((-1, 4))  # KC205
# instead
i = Input((None, 4))

# -- a size of zero in an input
i = Input((0, 4))
x = Dense(3)(i)
x = Conv1D(3, 1)(x)  # KC202
# instead
i = Input((1, 4))
x = Dense(3)(i)
x = Conv1D(3, 1)(x)

# -- a model called on images that are too small
i = Input((None, None, 3))
inner = Model(i, Conv2D(4, 7)(i))
x = inner(Input((6, 6, 3)))  # KC202
# instead
i = Input((None, None, 3))
inner = Model(i, Conv2D(4, 7)(i))
x = inner(Input((7, 7, 3)))

# -- Reshape to another number of values
model = Sequential([Input((10,)), Reshape((3, 4))])  # KC203
# instead
model = Sequential([Input((12,)), Reshape((3, 4))])

# -- Reshape with one size to be worked out
model = Sequential([Input((10,)), Reshape((-1, 4))])  # KC203
# instead
model = Sequential([Input((12,)), Reshape((-1, 4))])

# -- Reshape of a generator
model = Sequential()
model.add(Dense(7 * 7 * 64, input_dim=100))
model.add(Reshape((7, 7, 128)))  # KC203
model.add(Conv2DTranspose(64, 4, strides=2, padding='same'))
# instead
model = Sequential()
model.add(Dense(7 * 7 * 128, input_dim=100))
model.add(Reshape((7, 7, 128)))
model.add(Conv2DTranspose(64, 4, strides=2, padding='same'))

# -- Reshape with the batch size
i = Input((28, 28))
x = Reshape((32, 28, 28, 1))(i)  # KC203
# instead
i = Input((28, 28))
x = Reshape((28, 28, 1))(i)

# -- Reshape by its computed sizes
rows, columns = 8, 8
i = Input((rows, columns, 3))
x = Reshape((rows * columns, 4))(i)  # KC203
# instead
rows, columns = 8, 8
i = Input((rows, columns, 3))
x = Reshape((rows * columns, 3))(i)

# -- Reshape with a negative size
i = Input((12,))
x = Reshape((-2, 6))(i)  # KC205
# instead
i = Input((12,))
x = Reshape((-1, 6))(i)

# -- Reshape with two sizes to be worked out
i = Input((12,))
x = Reshape((-1, -1))(i)  # KC205
# instead
i = Input((12,))
x = Reshape((-1,))(i)

# -- reshaping by an operation
i = Input(batch_shape=(2, 6))
x = keras.ops.reshape(i, (3, 5))  # KC203
# instead
i = Input(batch_shape=(2, 6))
x = keras.ops.reshape(i, (3, 4))

# -- a dense layer on an unknown last axis
i = Input((None,))
x = Dense(3)(i)  # KC209
# instead
i = Input((None, 1))
x = Dense(3)(i)

# -- a dense layer behind sequences of any length
model = Sequential([Input((None, 3)), Flatten(), Dense(2)])  # KC209
# instead
model = Sequential([Input((None, 3)), GlobalAveragePooling1D(), Dense(2)])

# -- a dense layer behind images of any size
i = Input((None, None, 3))
x = Conv2D(4, 3)(i)
x = Flatten()(x)
x = Dense(10)(x)  # KC209
# instead
i = Input((None, None, 3))
x = Conv2D(4, 3)(i)
x = GlobalMaxPooling2D()(x)
x = Dense(10)(x)

# -- a recurrent layer on features of any number
i = Input((10, None))
x = LSTM(4)(i)  # KC209
# instead
i = Input((None, 10))
x = LSTM(4)(i)

# -- a convolution on channels of any number
i = Input((28, 28, None))
x = Conv2D(4, 3)(i)  # KC209
# instead
i = Input((None, None, 1))
x = Conv2D(4, 3)(i)

# -- a normalization of an axis of any size
i = Input((None, 4))
x = BatchNormalization(axis=1)(i)  # KC209
# instead
i = Input((None, 4))
x = BatchNormalization()(i)

# -- a layer normalization of an axis of any size
i = Input((None, 4))
x = LayerNormalization(axis=[1, 2])(i)  # KC209
# instead
i = Input((None, 4))
x = LayerNormalization()(i)

# -- slopes for an axis of any size
i = Input((None, 4))
x = PReLU()(i)  # KC209
# instead
i = Input((None, 4))
x = PReLU(shared_axes=[1])(i)

# -- groups that do not divide the channels
i = Input((4, 4, 3))
x = Conv2D(4, 2, groups=2)(i)  # KC209
# instead
i = Input((4, 4, 4))
x = Conv2D(4, 2, groups=2)(i)

# -- groups that do not divide the filters
layer = Conv2D(5, 2, groups=2)  # KC205
# instead
layer = Conv2D(6, 2, groups=2)

# -- groups of a normalization
i = Input((4, 4, 16))
x = GroupNormalization()(i)  # KC209
# instead
i = Input((4, 4, 16))
x = GroupNormalization(8)(i)

# -- a stateful layer without a batch size
i = Input((5, 3))
x = LSTM(4, stateful=True)(i)  # KC209
# instead
i = Input((5, 3), batch_size=2)
x = LSTM(4, stateful=True)(i)

# -- a permutation that leaves an axis out
layer = Permute((1, 3))  # KC205
# instead
layer = Permute((1, 2))

# -- a permutation counted from zero
layer = Permute((0, 1))  # KC205
# instead
layer = Permute((2, 1))
