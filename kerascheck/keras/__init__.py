"""Facts about Keras as tables: data files, and what reads them. Nothing is read before something asks."""
