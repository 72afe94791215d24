"""What Keras's own classes and functions do when the analysed program calls them."""
