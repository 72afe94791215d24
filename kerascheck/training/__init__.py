"""What Keras does when data meets a model: each training call replayed on shapes."""
