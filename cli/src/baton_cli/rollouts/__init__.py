"""Rollouts: reads their state, executes what the decision says, and shows them."""
