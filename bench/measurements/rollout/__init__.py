"""Simulated rollouts: false aborts, delays, other rules on the same streams, whole rollouts."""
