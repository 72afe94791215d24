"""The networks of the analysis against the installed Keras."""
