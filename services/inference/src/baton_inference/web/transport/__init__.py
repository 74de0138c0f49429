"""The HTTP/1.1 server: sockets, requests, answers in order, ASGI, and graceful shutdown."""
