"""The server: sockets, connections, writes, and an orderly end."""
