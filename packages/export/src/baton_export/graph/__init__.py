"""The graph that is built: its nodes, its tensors, and graphs of other converters in it."""
