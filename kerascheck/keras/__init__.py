"""Facts about Keras, as tables."""
