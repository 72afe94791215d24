# -- adding vectors of two lengths
a, b = Input((4,)), Input((3,))
x = Add()([a, b])  # KC204
x = Dense(2)(x)
model = Model([a, b], x)
# instead
a, b = Input((4,)), Input((3,))
x = Add()([a, Dense(4)(b)])
x = Dense(2)(x)
model = Model([a, b], x)

# -- a residual block with another number of channels
i = Input((8, 8, 3))
x = Conv2D(16, 3, padding='same')(i)
x = Conv2D(16, 3, padding='same')(x)
x = add([x, i])  # KC204
x = ReLU()(x)
x = Flatten()(x)
model = Model(i, Dense(1)(x))
# instead
i = Input((8, 8, 3))
x = Conv2D(16, 3, padding='same')(i)
x = Conv2D(16, 3, padding='same')(x)
x = add([x, Conv2D(16, 1)(i)])
x = ReLU()(x)
x = Flatten()(x)
model = Model(i, Dense(1)(x))

# -- a residual block without padding
i = Input((8, 8, 4))
x = Conv2D(4, 3)(i)
x = Add()([i, x])  # KC204
# instead
i = Input((8, 8, 4))
x = Conv2D(4, 3, padding='same')(i)
x = Add()([i, x])

# -- a residual block that reduces
i = Input((8, 8, 4))
x = Conv2D(4, 3, strides=2, padding='same')(i)
x = Add()([i, x])  # KC204
# instead
i = Input((8, 8, 4))
x = Conv2D(4, 3, strides=2, padding='same')(i)
x = Add()([MaxPooling2D()(i), x])

# -- the skip of a U-Net on an odd size
i = Input((30, 30, 1))
a = Conv2D(4, 3, padding='same')(i)
b = MaxPooling2D()(a)
c = MaxPooling2D()(b)
x = UpSampling2D()(c)
x = concatenate([b, x])  # KC204
x = Conv2D(4, 3)(x)
# instead
i = Input((32, 32, 1))
a = Conv2D(4, 3, padding='same')(i)
b = MaxPooling2D()(a)
c = MaxPooling2D()(b)
x = UpSampling2D()(c)
x = concatenate([b, x])
x = Conv2D(4, 3)(x)

# -- concatenating along the last axis
a, b = Input((4, 3)), Input((5, 3))
x = Concatenate()([a, b])  # KC204
# instead
a, b = Input((4, 3)), Input((5, 3))
x = Concatenate(axis=1)([a, b])

# -- multiplying
a, b = Input((4, 3)), Input((4, 2))
x = Multiply()([a, b])  # KC204
# instead
a, b = Input((4, 3)), Input((4, 1))
x = Multiply()([a, b])

# -- the mean
a, b, c = Input((4,)), Input((4,)), Input((5,))
x = Average()([a, b, c])  # KC204
# instead
a, b, c = Input((4,)), Input((4,)), Input((4,))
x = Average()([a, b, c])

# -- the largest
a, b = Input((4,)), Input((5,))
x = maximum([a, b])  # KC204
# instead
a, b = Input((4,)), Input((1,))
x = maximum([a, b])

# -- subtracting
a, b = Input((4,)), Input((5,))
x = Subtract()([a, b])  # KC204
# instead
a, b = Input((5,)), Input((5,))
x = Subtract()([a, b])

# -- a product of vectors
a, b = Input((4,)), Input((3,))
x = Dot(1)([a, b])  # KC204
# instead
a, b = Input((4,)), Input((4,))
x = Dot(1)([a, b])

# -- a product along the wrong axes
a, b = Input((5, 4)), Input((4, 6))
x = Dot((1, 2))([a, b])  # KC204
# instead
a, b = Input((5, 4)), Input((4, 6))
x = Dot((2, 1))([a, b])

# -- different batch sizes
a, b = Input((4,), batch_size=2), Input((4,), batch_size=3)
x = Add()([a, b])  # KC204
# instead
a, b = Input((4,), batch_size=2), Input((4,))
x = Add()([a, b])

# -- one tensor alone
a = Input((4,))
x = Add()(a)  # KC207
# instead
a = Input((4,))
x = Add()([a, a])

# -- a difference of three
a, b, c = Input((4,)), Input((4,)), Input((4,))
x = Subtract()([a, b, c])  # KC207
# instead
a, b, c = Input((4,)), Input((4,)), Input((4,))
x = Subtract()([a, Add()([b, c])])

# -- a product of three
a, b, c = Input((4,)), Input((4,)), Input((4,))
x = Dot(1)([a, b, c])  # KC207
# instead
a, b, c = Input((4,)), Input((4,)), Input((4,))
x = Dot(1)([a, Add()([b, c])])

# -- the plus sign
a, b = Input((4, 3)), Input((4, 2))
x = a + b  # KC204
# instead
a, b = Input((4, 3)), Input((4, 1))
x = a + b

# -- the matrix product
a, b = Input((4, 3)), Input((4, 3))
x = a @ b  # KC204
# instead
a, b = Input((4, 3)), Input((3, 4))
x = a @ b

# -- operations on tensors
a, b = Input((4, 3)), Input((4, 2))
x = keras.ops.multiply(a, b)  # KC204
# instead
a, b = Input((4, 3)), Input((4, 3))
x = keras.ops.multiply(a, b)

# -- joining by an operation
a, b = Input((4, 3)), Input((5, 3))
x = keras.ops.concatenate([a, b], axis=-1)  # KC204
# instead
a, b = Input((4, 3)), Input((5, 3))
x = keras.ops.concatenate([a, b], axis=1)

# -- stacking by an operation
a, b = Input((4,)), Input((5,))
x = keras.ops.stack([a, b], axis=1)  # KC204
# instead
a, b = Input((5,)), Input((5,))
x = keras.ops.stack([a, b], axis=1)

# -- squeezing an axis that is not of size one
a = Input((4, 3))
x = keras.ops.squeeze(a, axis=1)  # KC200
# instead
a = Input((1, 3))
x = keras.ops.squeeze(a, axis=1)

# -- an axis that is not there
a = Input((4, 3))
x = keras.ops.mean(a, axis=3)  # KC200
# instead
a = Input((4, 3))
x = keras.ops.mean(a, axis=2)

# -- an order of the axes that is none
a = Input((4, 3))
x = keras.ops.transpose(a, (0, 2))  # KC200
# instead
a = Input((4, 3))
x = keras.ops.transpose(a, (0, 2, 1))

# -- einsum with unlike sizes
a, b = Input((4, 3)), Input((4, 2))
x = keras.ops.einsum('bij,bjk->bik', a, b)  # KC204
Model([a, b], x).predict([keras.ops.ones((1, 4, 3)), keras.ops.ones((1, 4, 2))])  # here Keras raises
# instead
a, b = Input((4, 3)), Input((3, 2))
x = keras.ops.einsum('bij,bjk->bik', a, b)

# -- einsum with a wrong rank
a = Input((4, 3))
x = keras.ops.einsum('ij->ji', a)  # KC204
# instead
a = Input((4, 3))
x = keras.ops.einsum('bij->bji', a)

# -- too many indices
a = Input((4, 3))
x = a[:, 0, 0, 0]  # KC200
# instead
a = Input((4, 3))
x = a[:, 0, 0]

# -- an index out of range
a = Input((4, 3))
x = a[:, 4]  # KC200
# instead
a = Input((4, 3))
x = a[:, 3]

# -- the states of a decoder of another width
i = Input((5, 3))
_, h, c = LSTM(8, return_state=True)(i)
j = Input((6, 3))
x = LSTM(4)(j, initial_state=[h, c])  # KC209
Model([i, j], x).predict([keras.ops.ones((1, 5, 3)), keras.ops.ones((1, 6, 3))])  # here Keras raises
# instead
i = Input((5, 3))
_, h, c = LSTM(8, return_state=True)(i)
j = Input((6, 3))
x = LSTM(8)(j, initial_state=[h, c])

# -- too few states
i = Input((5, 3))
_, h, c = LSTM(8, return_state=True)(i)
x = LSTM(8)(i, initial_state=[h])  # KC207
Model(i, x).predict(keras.ops.ones((1, 5, 3)))  # here Keras raises
# instead
i = Input((5, 3))
_, h = GRU(8, return_state=True)(i)
x = GRU(8)(i, initial_state=[h])

# -- attention heads on values and keys of two lengths
q, v, k = Input((5, 8)), Input((6, 8)), Input((7, 8))
x = MultiHeadAttention(2, 4)(q, v, k)  # KC209
# instead
q, v, k = Input((5, 8)), Input((6, 8)), Input((6, 8))
x = MultiHeadAttention(2, 4)(q, v, k)

# -- attention on two widths
q, v = Input((5, 8)), Input((6, 7))
x = Attention()([q, v])  # KC209
Model([q, v], x).predict([keras.ops.ones((1, 5, 8)), keras.ops.ones((1, 6, 7))])  # here Keras raises
# instead
q, v = Input((5, 8)), Input((6, 8))
x = Attention()([q, v])

# -- the state of a GRU of another width
i = Input((5, 3))
_, h = GRU(8, return_state=True)(i)
x = GRU(4)(i, initial_state=h)  # KC209
Model(i, x).predict(keras.ops.ones((1, 5, 3)))  # here Keras raises
# instead
i = Input((5, 3))
_, h = GRU(4, return_state=True)(i)
x = GRU(4)(i, initial_state=h)

# -- the states of one direction for two
i = Input((5, 3))
_, h, c = LSTM(8, return_state=True)(i)
x = Bidirectional(LSTM(8))(i, initial_state=[h, c])  # KC207
Model(i, x).predict(keras.ops.ones((1, 5, 3)))  # here Keras raises
# instead
i = Input((5, 3))
_, h, c = LSTM(8, return_state=True)(i)
x = Bidirectional(LSTM(8))(i, initial_state=[h, c, h, c])

# -- attention on values and keys of two lengths
q, v, k = Input((5, 8)), Input((6, 7)), Input((4, 8))
x = Attention()([q, v, k])  # KC209
Model([q, v, k], x).predict([keras.ops.ones((1, 5, 8)), keras.ops.ones((1, 6, 7)), keras.ops.ones((1, 4, 8))])  # here Keras raises
# instead
q, v, k = Input((5, 8)), Input((6, 7)), Input((6, 8))
x = Attention()([q, v, k])
