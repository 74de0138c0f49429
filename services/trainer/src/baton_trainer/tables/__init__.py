"""A table to train on: read, checked, typed and split."""
