"""The table to train on: reads, validates, types and splits it."""
