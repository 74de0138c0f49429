"""The rows on which the two models are compared: those of a file, and generated ones."""
