"""The files of a project: which there are, which import which, and which Keras they are written for."""
