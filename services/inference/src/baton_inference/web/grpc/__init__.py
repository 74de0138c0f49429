"""The gRPC front: V2 as gRPC, health and reflection, in the event loop of the HTTP server."""
