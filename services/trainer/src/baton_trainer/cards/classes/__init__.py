"""The parts of a classifier's model card."""
