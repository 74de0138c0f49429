"""Rollouts: what the verbs of `baton rollout` share."""
