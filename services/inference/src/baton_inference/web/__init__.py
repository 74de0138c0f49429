"""The HTTP front: connections, limits, API keys, routes and problems."""
