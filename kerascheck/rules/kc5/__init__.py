"""KC5: other versions of Keras, one rule a module."""
