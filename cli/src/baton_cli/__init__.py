"""The command line: verbs, one function each, and `baton up`."""
