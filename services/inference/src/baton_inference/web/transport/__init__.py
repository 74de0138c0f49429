"""The server: sockets, connections, writes, and graceful shutdown."""
