"""Baton's HTTP server around the echo: `python -m bench.peers.own_echo PORT`."""

import sys

from baton_inference.web.transport.listening import listen
from baton_inference.web.transport.server import serve
from bench.peers.echo import echo

if __name__ == "__main__":
    serve(echo, listen("127.0.0.1", int(sys.argv[1])))
