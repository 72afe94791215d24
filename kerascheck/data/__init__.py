"""What numpy, pandas, scikit-learn, tf.data, keras.datasets and keras.utils do to shapes, dtypes and values."""

# The interpreter and what it knows of data need each other: it is loaded first, whichever of them is asked for.
import kerascheck.machine  # noqa: F401
