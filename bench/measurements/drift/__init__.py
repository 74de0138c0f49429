"""Simulates reports of drift: how often nothing has changed, and what change is found."""
