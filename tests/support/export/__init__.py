"""Models to export, and their comparison with the exported graph."""
