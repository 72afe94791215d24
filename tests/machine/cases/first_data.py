# Programs for Keras itself whose models are built by their first data; behind the colon the status, where it is not exact.

# -- fit on arrays
import numpy as np
model = Sequential([Dense(4), Dense(2)])
model.compile('adam', 'mse')
model.fit(np.zeros((64, 6)), np.zeros((64, 2)), verbose=0)

# -- predict on a first batch
import numpy as np
model = Sequential([Dense(4)])
model.predict(np.zeros((10, 9)), verbose=0)
large = Sequential([Dense(4)])
large.predict(np.zeros((70, 9)), verbose=0)
small = Sequential([Dense(4)])
small.predict(np.zeros((10, 9)), batch_size=4, verbose=0)

# -- evaluate
import numpy as np
model = Sequential([Dense(4)])
model.compile('adam', 'mse')
model.evaluate(np.zeros((10, 9)), np.zeros((10, 4)), verbose=0)

# -- a Sequence
import numpy as np
class Batches(keras.utils.Sequence):
    def __init__(self, x, y):
        super().__init__()
        self.x, self.y = x, y
    def __len__(self):
        return len(self.x) // 8
    def __getitem__(self, index):
        return self.x[8 * index : 8 * index + 8], self.y[8 * index : 8 * index + 8]
model = Sequential([Dense(3), Dense(1)])
model.compile('adam', 'mse')
model.fit(Batches(np.zeros((64, 5)), np.zeros((64, 1))), verbose=0)

# -- a generator
import numpy as np
def batches():
    while True:
        yield np.zeros((8, 7)), np.zeros((8, 3))
model = Sequential([Dense(3)])
model.compile('adam', 'mse')
model.fit(batches(), steps_per_epoch=2, verbose=0)

# -- a stream of TensorFlow
import numpy as np, tensorflow as tf
stream = tf.data.Dataset.from_tensor_slices((np.zeros((64, 5)), np.zeros((64, 3)))).batch(8)
model = Sequential([Dense(3)])
model.compile('adam', 'mse')
model.fit(stream, verbose=0)

# -- text
import numpy as np, tensorflow as tf
text = TextVectorization(max_tokens=50, output_sequence_length=6)
text.adapt(['a b', 'c d'])
model = Sequential([text, Embedding(50, 4), LSTM(3), Dense(1)])
model.predict(tf.constant(['a b c', 'd']), verbose=0)

# -- a call
import numpy as np
model = Sequential([Dense(4), Dense(2)])
model(np.zeros((5, 3)))
