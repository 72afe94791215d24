# -- two tensors to a layer of one
a, b = Input((8,)), Input((8,))
x = Dense(4)([a, b])  # KC207
# instead
a, b = Input((8,)), Input((8,))
x = Dense(4)(concatenate([a, b]))

# -- two tensors to a convolution
a, b = Input((8, 8, 3)), Input((8, 8, 3))
x = Conv2D(4, 3)([a, b])  # KC207
# instead
a, b = Input((8, 8, 3)), Input((8, 8, 3))
x = [Conv2D(4, 3)(t) for t in (a, b)]

# -- two tensors one after the other
a, b = Input((8,)), Input((8,))
x = Add()(a, b)  # KC207
# instead
a, b = Input((8,)), Input((8,))
x = Add()([a, b])

# -- two tensors to a function that merges
a, b = Input((8,)), Input((8,))
x = add(a, b)  # KC207
# instead
a, b = Input((8,)), Input((8,))
x = add([a, b])

# -- two tensors to concatenate
a, b = Input((8,)), Input((8,))
x = concatenate(a, b)  # KC207
# instead
a, b = Input((8,)), Input((8,))
x = concatenate((a, b))

# -- a merging class called as a function
a, b = Input((8,)), Input((8,))
x = Add([a, b])  # KC205
x = Dense(2)(x)
# instead
a, b = Input((8,)), Input((8,))
x = Add()([a, b])
x = Dense(2)(x)

# -- a layer in place of a tensor
i = Input((8,))
x = Dense(4)
x = Dense(2)(x)  # KC200
# instead
i = Input((8,))
x = Dense(4)(i)
x = Dense(2)(x)

# -- a forgotten call in a list
i = Input((8,))
a = Dense(4)(i)
b = Dense(4)
x = Concatenate()([a, b])  # KC200
# instead
i = Input((8,))
a = Dense(4)(i)
b = Dense(4)(i)
x = Concatenate()([a, b])

# -- a class in place of a layer
i = Input((8,))
x = Flatten(i)  # KC205
x = Dense(4)(x)
# instead
i = Input((8,))
x = Flatten()(i)
x = Dense(4)(x)

# -- a tensor for a rate
i = Input((8,))
x = Dropout(i)  # KC205
# instead
i = Input((8,))
x = Dropout(0.5)(i)

# -- a tensor for the number of units
i = Input((8,))
x = Dense(i)  # KC205
# instead
i = Input((8,))
x = Dense(8)(i)

# -- a tensor as an activation
i = Input((8,))
x = Dense(4, i)  # KC205
# instead
i = Input((8,))
x = Dense(4, None)(i)

# -- a tensor for the axis of a normalization
i = Input((8,))
x = BatchNormalization(i)  # KC205
# instead
i = Input((8,))
x = BatchNormalization()(i)

# -- a tensor for the size of a pooling
i = Input((8, 8, 3))
x = MaxPooling2D(i)  # KC205
# instead
i = Input((8, 8, 3))
x = MaxPooling2D()(i)

# -- a tensor for strides
i = Input((8, 8, 3))
x = Conv2D(4, 3, i)  # KC205
# instead
i = Input((8, 8, 3))
x = Conv2D(4, 3)(i)

# -- a tensor for an activation function
i = Input((8,))
x = Activation(i)  # KC205
# instead
i = Input((8,))
x = Activation('relu')(i)

# -- a tensor behind the name of an activation
i = Input((8,))
x = Activation('relu', i)  # KC205
# instead
i = Input((8,))
x = Activation('relu')(i)

# -- a tensor for the cap of a rectifier
i = Input((8,))
x = ReLU(i)  # KC205
# instead
i = Input((8,))
x = ReLU(6)(i)

# -- a tensor for the slope of a rectifier
i = Input((8,))
x = LeakyReLU(i)  # KC205
# instead
i = Input((8,))
x = LeakyReLU(0.1)(i)

# -- a tensor for units of a recurrent layer
i = Input((5, 8))
x = LSTM(i)  # KC205
# instead
i = Input((5, 8))
x = LSTM(3)(i)

# -- a tensor for a format
i = Input((8, 8, 3))
x = GlobalAveragePooling2D(i)  # KC205
# instead
i = Input((8, 8, 3))
x = GlobalAveragePooling2D()(i)

# -- a tensor for factors
i = Input((8, 8, 3))
x = UpSampling2D(i)  # KC205
# instead
i = Input((8, 8, 3))
x = UpSampling2D(2)(i)

# -- a shared layer on two sizes
shared = Dense(2)
a = shared(Input((4,)))
b = shared(Input((5,)))  # KC208
# instead
shared = Dense(2)
a = shared(Input((4,)))
b = shared(Input((4,)))

# -- a shared convolution on other channels
shared = Conv2D(2, 3)
a = shared(Input((8, 8, 3)))
b = shared(Input((8, 8, 1)))  # KC208
# instead
shared = Conv2D(2, 3)
a = shared(Input((8, 8, 3)))
b = shared(Input((9, 9, 3)))

# -- a shared recurrent layer
shared = LSTM(2)
i, j = Input((5, 4)), Input((5, 3))
a = shared(i)
b = shared(j)  # KC208
Model([i, j], [a, b]).predict([keras.ops.ones((1, 5, 4)), keras.ops.ones((1, 5, 3))])  # here Keras raises
# instead
shared = LSTM(2)
a = shared(Input((5, 4)))
b = shared(Input((7, 4)))

# -- a shared normalization
shared = BatchNormalization()
a = shared(Input((4,)))
b = shared(Input((5,)))  # KC208
# instead
shared = BatchNormalization()
a = shared(Input((4,)))
b = shared(Input((4,)))

# -- a normalization shared by vectors and sequences
shared = BatchNormalization()
a = shared(Input((4,)))
b = shared(Input((3, 4)))  # KC208
# instead
shared = LayerNormalization()
a = shared(Input((4,)))
b = shared(Input((3, 4)))

# -- a layer used again further down
i = Input((8,))
hidden = Dense(16, activation='relu')
x = hidden(i)
x = hidden(x)  # KC208
model = Model(i, x)
# instead
i = Input((16,))
hidden = Dense(16, activation='relu')
x = hidden(i)
x = hidden(x)
model = Model(i, x)

# -- a layer made outside of a loop
i = Input((8, 8, 3))
conv = Conv2D(16, 3, padding='same')
x = i
for _ in range(2):
    x = conv(x)  # KC208
# instead
i = Input((8, 8, 3))
x = i
for _ in range(2):
    conv = Conv2D(16, 3, padding='same')
    x = conv(x)

# -- a shared layer in two stacks
shared = Dense(4)
first = Sequential([Input((3,)), shared])
second = Sequential([Input((5,)), shared])  # KC208
# instead
shared = Dense(4)
first = Sequential([Input((3,)), shared])
second = Sequential([Input((3,)), shared])

# -- a model on another number of features
i = Input((4,))
inner = Model(i, Dense(2)(i))
x = inner(Input((5,)))  # KC209
# instead
i = Input((4,))
inner = Model(i, Dense(2)(i))
x = inner(Input((4,)))

# -- a stack on another number of features
inner = Sequential([Input((4,)), Dense(2)])
x = inner(Input((5,)))  # KC209
# instead
inner = Sequential([Input((4,)), Dense(2)])
x = inner(Input((4,)))

# -- a model on images of another size
i = Input((8, 8, 3))
inner = Model(i, Flatten()(i))
x = inner(Input((9, 9, 3)))  # KC209
# instead
i = Input((None, None, 3))
inner = Model(i, GlobalMaxPooling2D()(i))
x = inner(Input((9, 9, 3)))

# -- the decoder on the wrong code
encoder = Sequential([Input((20,)), Dense(8), Dense(4)])
decoder = Sequential([Input((5,)), Dense(20)])
i = Input((20,))
model = Model(i, decoder(encoder(i)))  # KC209
# instead
encoder = Sequential([Input((20,)), Dense(8), Dense(4)])
decoder = Sequential([Input((4,)), Dense(20)])
i = Input((20,))
model = Model(i, decoder(encoder(i)))

# -- stacks in a stack
encoder = Sequential([Input((20,)), Dense(8), Dense(4)])
decoder = Sequential([Input((5,)), Dense(20)])
model = Sequential([encoder, decoder])  # KC209
# instead
encoder = Sequential([Input((20,)), Dense(8), Dense(5)])
decoder = Sequential([Input((5,)), Dense(20)])
model = Sequential([encoder, decoder])

# -- too few inputs to a model
a, b = Input((4,)), Input((4,))
pair = Model([a, b], add([a, b]))
x = pair(Input((4,)))  # KC207
# instead
a, b = Input((4,)), Input((4,))
pair = Model([a, b], add([a, b]))
x = pair([Input((4,)), Input((4,))])

# -- too many inputs to a model
a = Input((4,))
single = Model(a, Dense(2)(a))
x = single([Input((4,)), Input((4,))])  # KC207
# instead
a = Input((4,))
single = Model(a, Dense(2)(a))
x = [single(t) for t in [Input((4,)), Input((4,))]]

# -- inputs to a model one after the other
a, b = Input((4,)), Input((3,))
pair = Model([a, b], concatenate([a, b]))
x = pair(Input((4,)), Input((3,)))  # KC207
# instead
a, b = Input((4,)), Input((3,))
pair = Model([a, b], concatenate([a, b]))
x = pair([Input((4,)), Input((3,))])

# -- inputs of a model in the wrong order
a, b = Input((4,)), Input((3,))
pair = Model([a, b], concatenate([a, b]))
x = pair([Input((3,)), Input((4,))])  # KC209
# instead
a, b = Input((4,)), Input((3,))
pair = Model([a, b], concatenate([a, b]))
x = pair([Input((4,)), Input((3,))])

# -- attention on one tensor
i = Input((5, 8))
x = Attention()(i)  # KC207
# instead
i = Input((5, 8))
x = Attention()([i, i])

# -- attention heads without a value
i = Input((5, 8))
x = MultiHeadAttention(2, 4)(i)  # KC207
# instead
i = Input((5, 8))
x = MultiHeadAttention(2, 4)(i, i)

# -- attention heads on a list
i = Input((5, 8))
x = MultiHeadAttention(2, 4)([i, i])  # KC207
# instead
i = Input((5, 8))
x = MultiHeadAttention(2, 4)(i, i)

# -- additive attention on one tensor
i = Input((5, 8))
x = AdditiveAttention()([i])  # KC207
# instead
i = Input((5, 8))
x = AdditiveAttention()([i, i])

# -- a Lambda whose function indexes too far
i = Input((3,))
x = Lambda(lambda t: t[:, 5])(i)  # KC200
# instead
i = Input((6,))
x = Lambda(lambda t: t[:, 5])(i)

# -- a Lambda whose function merges
a, b = Input((3,)), Input((4,))
x = Lambda(lambda t: t[0] + t[1])([a, b])  # KC204
# instead
a, b = Input((3,)), Input((3,))
x = Lambda(lambda t: t[0] + t[1])([a, b])

# -- a layer on a string
x = Dense(3)('input')  # KC200
# instead
x = Dense(3)(Input((4,), name='input'))

# -- a layer on nothing
x = Dense(3)()  # KC207
# instead
x = Dense(3)(Input((3,)))

# -- a layer on None
def block(x):
    x = Dense(3)(x)
x = block(Input((3,)))
x = Dense(3)(x)  # KC200
# instead
def block(x):
    return Dense(3)(x)
x = block(Input((3,)))
x = Dense(3)(x)

# -- states taken for the output
i = Input((5, 3))
x = LSTM(4, return_state=True)(i)
x = Dense(2)(x)  # KC207
# instead
i = Input((5, 3))
x, h, c = LSTM(4, return_state=True)(i)
x = Dense(2)(x)

# -- two names for three outputs
i = Input((5, 3))
x, h = LSTM(4, return_state=True)(i)  # KC200
# instead
i = Input((5, 3))
x, h = GRU(4, return_state=True)(i)

# -- a bidirectional layer around a dense one
layer = Bidirectional(Dense(3))  # KC205
# instead
layer = Bidirectional(LSTM(3))

# -- a wrapper around a class
layer = TimeDistributed(Dense)  # KC205
# instead
layer = TimeDistributed(Dense(3))

# -- a bidirectional layer around a class
layer = Bidirectional(LSTM)  # KC205
# instead
layer = Bidirectional(LSTM(3))

# -- cells as a class
layer = RNN(LSTMCell)  # KC205
# instead
layer = RNN(LSTMCell(4))

# -- a recurrent layer as a cell
layer = RNN(Dense(3))  # KC205
# instead
layer = RNN([GRUCell(4), GRUCell(3)])

# -- a wrapper called like a function
i = Input((5, 3))
x = TimeDistributed(Dense(3), i)  # KC205
# instead
i = Input((5, 3))
x = TimeDistributed(Dense(3))(i)

# -- a wrapper around a tensor
i = Input((5, 3))
x = TimeDistributed(Dense(3)(i))  # KC205
# instead
i = Input((5, 3))
x = TimeDistributed(Dense(3))(i)

# -- a text to a layer with weights
x = Dense(4)("a text")  # KC200
# instead
x = Hashing(4)("a text")

# -- a number to an activation
x = ReLU()(3.0)  # KC200
# instead
x = Rescaling(2.0)(3.0)
