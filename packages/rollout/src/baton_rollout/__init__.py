"""Judges a canary row by row, and decides the steps of its rollout: no I/O, no clock."""
