"""Answers to callers: bodies, problems and headers."""
