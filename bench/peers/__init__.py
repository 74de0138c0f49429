"""The servers that Baton is compared with; each has its own environment, except the floor."""
