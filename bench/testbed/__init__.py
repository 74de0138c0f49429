"""The base of every benchmark: a tracking server with a version, servers and request bodies."""
