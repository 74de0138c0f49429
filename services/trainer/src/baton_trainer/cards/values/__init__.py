"""The parts of a regression's model card."""
