"""The environment in the versions of the model's own libraries: requirements, Python, packages."""
