"""Feedback: checks the labels that callers send, and stores them in the prediction log."""
