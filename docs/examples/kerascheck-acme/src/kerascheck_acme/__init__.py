"""The house rules of Acme for Keras programs."""
