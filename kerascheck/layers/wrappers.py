"""Layers around a layer: https://keras.io/api/layers/recurrent_layers/."""
