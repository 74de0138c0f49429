"""The outputs of a model: finds its task, and reads and checks its answers."""
