"""Code that the verbs which train share."""
