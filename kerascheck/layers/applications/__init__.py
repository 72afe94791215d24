"""The architectures of `keras.applications`, recorded as data."""
