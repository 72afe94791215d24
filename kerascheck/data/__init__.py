"""What numpy, pandas, scikit-learn, tf.data, keras.datasets and keras.utils do to shapes, dtypes and values."""
