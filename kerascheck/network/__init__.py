"""The network IR: dimensions, shapes, tensors, layers, networks, and the calls made on them."""
