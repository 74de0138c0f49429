"""A real Kubernetes cluster on this machine, each node in a network namespace of its own."""
