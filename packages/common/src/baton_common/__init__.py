"""Shared by all packages: error texts, atomic files, locations, settings, API keys, times."""
