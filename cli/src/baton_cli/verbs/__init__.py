"""The verbs: a module each, holding the click command of the verb's name."""
