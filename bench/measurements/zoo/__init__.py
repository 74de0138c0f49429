"""The zoo of models: which can be exported, and how exactly."""
