"""Recurrent layers: https://keras.io/api/layers/recurrent_layers/."""
