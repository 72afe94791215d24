import keras
import numpy as np
from keras import layers

# -- inputs that an arm leaves unknown: fine
class Net(keras.Model):
    def __init__(self, with_top, tensor=None, name="net", **kwargs):
        if tensor is None:
            entry = layers.Input(shape=(8, 8, 3))
        elif not keras.backend.is_keras_tensor(tensor):
            entry = layers.Input(tensor=tensor, shape=(8, 8, 3))
        else:
            entry = tensor
        x = layers.Flatten()(entry)
        if with_top:
            x = layers.Dense(3)(x)
        super().__init__(inputs=entry, outputs=x, name=name, **kwargs)

def make(*, with_top, name="net", **kwargs):
    return Net(with_top=with_top, name=name, **kwargs)

make(with_top=True).predict(np.zeros((2, 8, 8, 3)))

# -- inputs and outputs by position: fine
class Net(keras.Model):
    def __init__(self, entry, output, name=None):
        super().__init__(entry, output, name=name)

entry = keras.Input((3,))
Net(entry, layers.Dense(2)(entry)).predict(np.zeros((2, 3)))

# -- what another module makes: fine (not run)
from elsewhere import backbone

class Net(keras.Model):
    def __init__(self):
        inner = backbone()
        super().__init__(inner.input, inner.output)

class Other(keras.Model):
    def __init__(self, **kwargs):
        super().__init__(backbone().input, outputs=backbone().output, **kwargs)

Net()
Other(name="other")

# -- an argument that Model does not have: refused inside
class Net(keras.Model):
    def __init__(self):
        super().__init__(units=3)

Net()

# -- inputs alone: refused inside
class Net(keras.Model):
    def __init__(self, entry):
        super().__init__(inputs=entry, name="net")

Net(keras.Input((3,)))
