"""Controls a rollout: reads its state, decides, and writes, by itself or for a person."""
