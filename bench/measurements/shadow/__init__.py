"""The benchmark of a canary's cost: as a shadow, and with a share of the requests."""
