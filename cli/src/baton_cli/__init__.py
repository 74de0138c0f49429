"""The command line: one function for each verb, and `baton up`."""
