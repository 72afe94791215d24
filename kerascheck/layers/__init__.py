"""What each built-in layer does to shapes and parameters, one small class per layer, by family."""
