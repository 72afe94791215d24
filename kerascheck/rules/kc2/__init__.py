"""KC2: what Keras refuses, one rule a module."""
