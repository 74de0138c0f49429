"""Code that the verbs which move an alias share."""
