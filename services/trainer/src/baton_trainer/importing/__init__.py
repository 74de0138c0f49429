"""Imports a version from another registry: its pickle is opened and converted in a sandbox."""
