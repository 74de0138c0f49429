"""Baton on a cluster: installed by its chart, under load, and observed during events."""
