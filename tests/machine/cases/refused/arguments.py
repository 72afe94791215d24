# -- zero units
layer = Dense(0)  # KC205
# instead
layer = Dense(1)

# -- a negative number of units
layer = Dense(-1)  # KC205
# instead
layer = Dense(abs(-1))

# -- a float for units
layer = Dense(10.0)  # KC205
# instead
layer = Dense(int(10.0))

# -- half of an odd number of units
n = 7
layer = Dense(n / 2)  # KC205
# instead
n = 7
layer = Dense(n // 2)

# -- a string for units
layer = Dense('10')  # KC205
# instead
layer = Dense(10, 'relu')

# -- None for units
layer = Dense(None)  # KC205
# instead
layer = Dense(1, None)

# -- units of a recurrent layer
layer = LSTM(0)  # KC205
# instead
layer = LSTM(1)

# -- filters
layer = Conv2D(0, 3)  # KC205
# instead
layer = Conv2D(1, 3)

# -- a kernel of size zero
layer = Conv2D(8, 0)  # KC205
# instead
layer = Conv2D(8, 1)

# -- a kernel of too many axes
layer = Conv2D(8, (3, 3, 3))  # KC205
# instead
layer = Conv3D(8, (3, 3, 3))

# -- a kernel of too many axes, one-dimensional
layer = Conv1D(8, (3, 3))  # KC205
# instead
layer = Conv1D(8, (3,))

# -- strides of zero
layer = Conv2D(8, 3, strides=0)  # KC205
# instead
layer = Conv2D(8, 3, strides=1)

# -- strides and dilation
layer = Conv2D(8, 3, strides=2, dilation_rate=2)  # KC205
# instead
layer = Conv2D(8, 3, strides=1, dilation_rate=2)

# -- a float for a kernel
layer = Conv2D(8, 3.0)  # KC205
# instead
layer = Conv2D(8, 3)

# -- a padding that is none
layer = Conv2D(8, 3, padding='sam')  # KC205
# instead
layer = Conv2D(8, 3, padding='SAME')

# -- a padding of a pooling that is none
i = Input((8, 8, 1))
x = MaxPooling2D(2, padding='SAME')(i)  # KC205
# instead
i = Input((8, 8, 1))
x = MaxPooling2D(2, padding='same')(i)

# -- a causal padding of images
layer = Conv2D(8, 3, padding='causal')  # KC205
# instead
layer = Conv1D(8, 3, padding='causal')

# -- a data format that is none
layer = Conv2D(8, 3, data_format='channel_first')  # KC205
# instead
layer = Conv2D(8, 3, data_format='channels_first')

# -- a data format of Flatten that is none
layer = Flatten('channels')  # KC205
# instead
layer = Flatten('channels_last')

# -- a pooling of size zero
layer = MaxPooling2D(0)  # KC205
# instead
layer = MaxPooling2D(1)

# -- a pooling of too many axes
layer = MaxPooling2D((2, 2, 2))  # KC205
# instead
layer = MaxPooling2D((2, 2))

# -- an activation that is none
layer = Dense(3, activation='relus')  # KC205
# instead
layer = Dense(3, activation='relu')

# -- an activation in capitals
layer = Dense(3, activation='ReLU')  # KC205
# instead
layer = ReLU()

# -- an activation layer by its name
layer = Dense(3, activation='LeakyReLU')  # KC205
# instead
layer = Dense(3, activation='leaky_relu')

# -- an activation that is none, in a layer of its own
layer = Activation('sofmax')  # KC205
# instead
layer = Activation('softmax')

# -- the module of activations
layer = Dense(3, activation=keras.activations)  # KC205
# instead
layer = Dense(3, activation=keras.activations.relu)

# -- a number as an activation
layer = Dense(3, 5)  # KC205
# instead
layer = Dense(3)

# -- an initializer that is none
layer = Dense(3, kernel_initializer='he_norm')  # KC205
# instead
layer = Dense(3, kernel_initializer='he_normal')

# -- a regularizer that is none
layer = Dense(3, kernel_regularizer='l3')  # KC205
# instead
layer = Dense(3, kernel_regularizer='l2')

# -- a number as a regularizer
layer = Dense(3, kernel_regularizer=0.01)  # KC205
# instead
layer = Dense(3, kernel_regularizer=keras.regularizers.L2(0.01))

# -- a constraint that is none
layer = Dense(3, kernel_constraint='maxnorm')  # KC205
# instead
layer = Dense(3, kernel_constraint='max_norm')

# -- a rate above one
layer = Dropout(1.5)  # KC105
# instead
layer = Dropout(0.9)

# -- a rate in percent
layer = Dropout(50)  # KC105
# instead
layer = Dropout(50 / 100)

# -- a negative rate
layer = Dropout(-0.5)  # KC105
# instead
layer = Dropout(0)

# -- a string for a rate
layer = Dropout('0.5')  # KC205
# instead
layer = Dropout(float('0.5'))

# -- no rate
layer = Dropout()  # KC206
# instead
layer = Dropout(rate=0.5)

# -- noise above one
layer = GaussianNoise(2)  # KC205
# instead
layer = GaussianNoise(0.2)

# -- an argument that is misspelled
layer = Dense(3, activations='relu')  # KC206
# instead
layer = Dense(3, activation='relu')

# -- an argument that is no argument
layer = Dense(3, foo=1)  # KC206
# instead
layer = Dense(3, name='foo')

# -- the rate in a dense layer
layer = Dense(3, dropout=0.5)  # KC206
# instead
layer = LSTM(3, dropout=0.5)

# -- sequences of a dense layer
layer = Dense(3, return_sequences=True)  # KC206
# instead
layer = GRU(3, return_sequences=True)

# -- the plural of a stride
layer = Conv2D(8, 3, stride=2)  # KC206
# instead
layer = Conv2D(8, 3, strides=2)

# -- sizes of a pooling under another name
layer = MaxPooling2D(kernel_size=2)  # KC206
# instead
layer = MaxPooling2D(pool_size=2)

# -- no kernel size
layer = Conv2D(3)  # KC206
# instead
layer = Conv2D(3, 3)

# -- no units
layer = Dense(activation='relu')  # KC206
# instead
layer = Dense(1, activation='relu')

# -- one size of an embedding
layer = Embedding(100)  # KC206
# instead
layer = Embedding(100, 8)

# -- no pool size
layer = AveragePooling2D()  # KC206
# instead
layer = MaxPooling2D()

# -- an argument given twice
layer = Dense(3, units=4)  # KC205
# instead
layer = Dense(units=4)

# -- too many arguments
layer = Flatten('channels_last', 3)  # KC205
# instead
layer = Flatten('channels_last')

# -- the sizes of a kernel one by one
layer = Conv2D(32, 3, 3, 'relu')  # KC205
# instead
layer = Conv2D(32, (3, 3), activation='relu')

# -- a batch shape in a layer
model = Sequential()
model.add(LSTM(4, batch_input_shape=(1, 3, 1), stateful=True))  # KC503
# instead
model = Sequential()
model.add(Input(batch_shape=(1, 3, 1)))
model.add(LSTM(4, stateful=True))

# -- weights in a dense layer
layer = Dense(3, weights=None)  # KC503
# instead
layer = Embedding(5, 3, weights=None)

# -- the length in a recurrent layer
layer = LSTM(4, input_length=5, input_dim=3)  # KC503
# instead
layer = Embedding(10, 3, input_length=5)

# -- a batch size in a layer
layer = Dense(3, input_shape=(4,), batch_size=2)  # KC503
# instead
layer = Dense(3, input_shape=(4,))

# -- a dtype of the input in a layer
layer = Dense(3, input_dtype='float32')  # KC503
# instead
layer = Dense(3, dtype='float32')

# -- dynamic layers
layer = Dense(3, dynamic=True)  # KC503
# instead
layer = Dense(3, autocast=True)

# -- an input shape in a spatial dropout
layer = SpatialDropout1D(0.2, input_shape=(5, 3))  # KC206
# instead
layer = Dropout(0.2, input_shape=(5, 3))

# -- the old name of units, which tf.keras never had
from tensorflow.keras.layers import Dense
layer = Dense(output_dim=3)  # KC503
# instead
from tensorflow.keras.layers import Dense
layer = Dense(units=3)

# -- the old name of an initializer, which tf.keras never had
from tensorflow.keras.layers import Dense
layer = Dense(3, init='uniform')  # KC503
# instead
from tensorflow.keras.layers import Dense
layer = Dense(3, kernel_initializer='uniform')

# -- the old name of a rate, which tf.keras never had
from tensorflow.keras.layers import Dropout
layer = Dropout(p=0.5)  # KC503
# instead
from tensorflow.keras.layers import Dropout
layer = Dropout(rate=0.5)

# -- the slope of a rectifier under its old name
layer = LeakyReLU(alpha='0.1')  # KC205
# instead
layer = LeakyReLU(alpha=0.1)

# -- a name that is no string
layer = Dense(3, name=4)  # KC205
# instead
layer = Dense(3, name='4')

# -- a name with a slash
layer = Dense(3, name='a/b')  # KC205
# instead
layer = Dense(3, name='a_b')

# -- trainable as a string
layer = Dense(3, trainable='False')  # KC205
# instead
layer = Dense(3, trainable=False)

# -- the merge mode of a bidirectional layer
layer = Bidirectional(LSTM(3), merge_mode='add')  # KC205
# instead
layer = Bidirectional(LSTM(3), merge_mode='sum')

# -- attention without a size of its keys
layer = MultiHeadAttention(4)  # KC206
# instead
layer = MultiHeadAttention(4, 16)

# -- attention with no head
layer = MultiHeadAttention(0, 16)  # KC205
# instead
layer = MultiHeadAttention(1, 16)

# -- scaling without a scale
layer = Rescaling()  # KC206
# instead
layer = Rescaling(1 / 255)

# -- flipping by an argument of its own
layer = RandomFlip(horizontal=True)  # KC206
# instead
layer = RandomFlip('horizontal')

# -- turning by nothing
layer = RandomRotation()  # KC206
# instead
layer = RandomRotation(0.1)

# -- a size of one number
layer = Resizing(32)  # KC206
# instead
layer = Resizing(32, 32)

# -- a target shape that is a number
layer = Reshape(784)  # KC205
# instead
layer = Reshape((784,))

# -- repeated by a float
layer = RepeatVector(3.0)  # KC205
# instead
layer = RepeatVector(3)

# -- padding of too many axes
layer = ZeroPadding2D((1, 1, 1))  # KC205
# instead
layer = ZeroPadding2D((1, 1))

# -- negative cropping
layer = Cropping2D(-1)  # KC205
# instead
layer = Cropping2D(1)


# -- the class of a layer as an activation
i = Input((4,))
x = Dense(2, activation=layers.ReLU)(i)  # KC205
Model(i, x).predict(keras.ops.ones((1, 4)))  # here Keras raises
# instead
i = Input((4,))
x = Dense(2, activation=layers.ReLU())(i)

# -- as many units as the largest label of an array says
import numpy as np
y = np.array([0, 2, 1])
model = Sequential([Input((4,)), Dense(y.max() + 1)])  # KC205
# instead
import numpy as np
y = np.array([0, 2, 1])
model = Sequential([Input((4,)), Dense(int(y.max()) + 1), Dense(len(np.unique(y))), Dense(y.max().item())])

# -- sizes of numpy in an embedding
import numpy as np
words = np.array([[3, 1, 4]])
layer = layers.Embedding(np.max(words) + 1, 8)  # KC205
# instead
import numpy as np
words = np.array([[3, 1, 4]])
layer = layers.Embedding(words.shape[1], 8)

# -- repeated as often as numpy says
import numpy as np
layer = layers.RepeatVector(np.int64(3))  # KC205
# instead
layer = layers.RepeatVector(3)

# -- a window of numpy
import numpy as np
layer = Conv2D(8, np.prod([1, 3]))  # KC205
# instead
import numpy as np
layer = Conv2D(np.prod([1, 3]), (np.int64(3), 3))
