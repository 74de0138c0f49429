"""Shared by all packages: error texts, atomic files, locations, settings from files, times."""
