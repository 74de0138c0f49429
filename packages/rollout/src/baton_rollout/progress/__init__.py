"""The progress of a rollout: its record, the facts, and the decision what to do next."""
