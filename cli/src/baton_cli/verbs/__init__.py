"""The verbs: one module each, with the click command of the same name."""
