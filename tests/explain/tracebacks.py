"""Tracebacks as they stand in terminals, notebooks and logs. All are of the program `TRAIN` in one form or another."""

from __future__ import annotations

TRAIN = """\
import numpy as np
import keras
from keras import layers

x = np.random.rand(100, 28, 28)
y = np.random.randint(0, 10, 100)


def build():
    model = keras.Sequential()
    model.add(keras.Input(shape=(784,)))
    model.add(layers.Dense(10, activation="softmax"))
    model.compile("adam", "sparse_categorical_crossentropy")
    return model


def main():
    model = build()
    model.fit(x, y, epochs=2)


if __name__ == "__main__":
    main()
"""

ROW = 19  # of `model.fit`

_MESSAGE = """\
ValueError: Exception encountered when calling Sequential.call().

\x1b[1mInvalid input shape for input Tensor("data:0", shape=(None, 28, 28), dtype=float32). Expected shape (None, 784), \
but input has incompatible shape (None, 28, 28)\x1b[0m

Arguments received by Sequential.call():
  \u2022 inputs=tf.Tensor(shape=(None, 28, 28), dtype=float32)
  \u2022 training=True
  \u2022 mask=None
"""

FILTERED = f"""\
2026-01-01 12:00:00.000000: I tensorflow/core/util/port.cc:153] oneDNN custom operations are on.
Epoch 1/2
Traceback (most recent call last):
  File "/app/train.py", line 23, in <module>
    main()
  File "/app/train.py", line 19, in main
    model.fit(x, y, epochs=2)
  File "/usr/local/lib/python3.11/site-packages/keras/src/utils/traceback_utils.py", line 122, in error_handler
    raise e.with_traceback(filtered_tb) from None
  File "/usr/local/lib/python3.11/site-packages/keras/src/models/functional.py", line 276, in _adjust_input_rank
    raise ValueError(
{_MESSAGE}"""

UNFILTERED = f"""\
Traceback (most recent call last):
  File "/home/me/project/train.py", line 23, in <module>
    main()
    ~~~~^^
  File "/home/me/project/train.py", line 19, in main
    model.fit(x, y, epochs=2)
    ~~~~~~~~~^^^^^^^^^^^^^^^^
  File "/home/me/.venv/lib/python3.12/site-packages/keras/src/utils/traceback_utils.py", line 117, in error_handler
    return fn(*args, **kwargs)
           ^^^^^^^^^^^^^^^^^^^
  File "/home/me/.venv/lib/python3.12/site-packages/keras/src/backend/tensorflow/trainer.py", line 377, in fit
    logs = self.train_function(iterator)
           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  File "/home/me/.venv/lib/python3.12/site-packages/tensorflow/python/eager/polymorphic_function/autograph_util.py", line 52, in autograph_handler
    raise e.ag_error_metadata.to_exception(e)
  File "/tmp/__autograph_generated_file0a1b.py", line 15, in tf__one_step_on_iterator
    retval_ = ag__.converted_call(ag__.ld(step), (ag__.ld(data),), None, fscope)
  File "/home/me/.venv/lib/python3.12/site-packages/keras/src/models/functional.py", line 276, in _adjust_input_rank
    raise ValueError(
{_MESSAGE}make: *** [Makefile:3: train] Error 1
"""

KERAS_2 = """\
Traceback (most recent call last):
  File "train.py", line 23, in <module>
    main()
  File "train.py", line 19, in main
    model.fit(x, y, epochs=2)
  File "/usr/lib/python3.8/site-packages/keras/utils/traceback_utils.py", line 70, in error_handler
    raise e.with_traceback(filtered_tb) from None
  File "/tmp/__autograph_generated_fileab12.py", line 15, in tf__train_function
    retval_ = ag__.converted_call(ag__.ld(step_function), (ag__.ld(self), ag__.ld(iterator)), None, fscope)
ValueError: in user code:

    File "/usr/lib/python3.8/site-packages/keras/engine/training.py", line 1249, in train_function  *
        return step_function(self, iterator)
    File "/usr/lib/python3.8/site-packages/keras/engine/input_spec.py", line 295, in assert_input_compatibility
        raise ValueError(

    ValueError: Input 0 of layer "sequential" is incompatible with the layer: expected shape=(None, 784), found shape=(None, 28, 28)
"""

WINDOWS = FILTERED.replace("/app/train.py", r"C:\Users\me\project\train.py").replace("\n", "\r\n")

CHAINED = '''\
Traceback (most recent call last):
  File "/home/me/.venv/lib/python3.12/site-packages/keras/src/trainers/trainer.py", line 1, in compute
    raise KeyError("x")
KeyError: 'x'

During handling of the above exception, another exception occurred:

''' + FILTERED  # fmt: skip

IPYTHON = '''\
---------------------------------------------------------------------------
ValueError                                Traceback (most recent call last)
Cell In[3], line 4
      1 def main():
      2     model = build()
----> 4     model.fit(x, y, epochs=2)

File ~/.venv/lib/python3.12/site-packages/keras/src/utils/traceback_utils.py:122, in filter_traceback.<locals>.error_handler(*args, **kwargs)
    119     filtered_tb = _process_traceback_frames(e.__traceback__)
    120     # To get the full stack trace, call:
    121     # `keras.config.disable_traceback_filtering()`
--> 122     raise e.with_traceback(filtered_tb) from None
    123 finally:
    124     del filtered_tb

''' + _MESSAGE  # fmt: skip

COLAB = '''\
---------------------------------------------------------------------------
ValueError                                Traceback (most recent call last)
<ipython-input-3-8a1fe2d2a8b1> in <cell line: 4>()
      2
      3 model = build()
----> 4 model.fit(x, y, epochs=2)

1 frames
/usr/local/lib/python3.10/dist-packages/keras/src/models/functional.py in _adjust_input_rank(self, flat_inputs)
    274                     continue
--> 276             raise ValueError(
    277                 f"Invalid input shape for input {x}. Expected shape "

''' + _MESSAGE  # fmt: skip

IPYTHON_SCRIPT = '''\
---------------------------------------------------------------------------
ValueError                                Traceback (most recent call last)
File ~/project/train.py:23
     20
     22 if __name__ == "__main__":
---> 23     main()

File ~/project/train.py:19, in main()
     17 def main():
     18     model = build()
---> 19     model.fit(x, y, epochs=2)

File ~/.venv/lib/python3.12/site-packages/keras/src/models/functional.py:276, in Functional._adjust_input_rank(self, flat_inputs)
    274         continue
--> 276 raise ValueError(
''' + _MESSAGE  # fmt: skip

PYTEST = '''\
============================= test session starts ==============================
collected 1 item

tests/test_train.py F                                                    [100%]

=================================== FAILURES ===================================
__________________________________ test_main ___________________________________

    def test_main():
>       main()

tests/test_train.py:5:
_ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _
train.py:19: in main
    model.fit(x, y, epochs=2)
/usr/lib/python3.12/site-packages/keras/src/utils/traceback_utils.py:122: in error_handler
    raise e.with_traceback(filtered_tb) from None
E   ValueError: Exception encountered when calling Sequential.call().
E
E   Invalid input shape for input Tensor("data:0", shape=(None, 28, 28), dtype=float32). Expected shape (None, 784), but input has incompatible shape (None, 28, 28)
=========================== short test summary info ============================
FAILED tests/test_train.py::test_main - ValueError: Exception encountered when calling Sequential.call().
============================== 1 failed in 9.11s ===============================
'''  # fmt: skip

GRAPH = (
    """\
Traceback (most recent call last):
  File "train.py", line 23, in <module>
    main()
  File "train.py", line 19, in main
    model.fit(x, y, epochs=2)
  File "/usr/lib/python3.12/site-packages/tensorflow/python/eager/execute.py", line 53, in quick_execute
    tensors = pywrap_tfe.TFE_Py_Execute(ctx._handle, device_name, op_name,
tensorflow.python.framework.errors_impl.InvalidArgumentError: Graph execution error:

Detected at node compile_loss/SparseSoftmaxCrossEntropyWithLogits defined at (most recent call last):
  File "train.py", line 23, in <module>

"""
    + '  File "/usr/lib/python3.12/site-packages/keras/src/backend/tensorflow/trainer.py", line 377, in fit\n\n' * 90
    + """\
Received a label value of 10 which is outside the valid range of [0, 10).  Label values: 1 10 2
\t [[{{node compile_loss/SparseSoftmaxCrossEntropyWithLogits}}]] [Op:__inference_multi_step_on_iterator_3669]
"""
)

DOCKER = "".join(f"app_1  | {line}\n" for line in FILTERED.split("\n"))

#: All with the row in a file.
IN_FILES = {
    "filtered": FILTERED, "unfiltered": UNFILTERED, "keras 2": KERAS_2, "Windows": WINDOWS, "chained": CHAINED,
    "IPython": IPYTHON_SCRIPT, "pytest": PYTEST, "graph": GRAPH, "docker": DOCKER,
}  # fmt: skip
