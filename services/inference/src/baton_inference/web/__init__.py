"""The HTTP front: connections, limits, access, routes and problems."""
