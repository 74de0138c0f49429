"""Shared by all packages: error texts, atomic files, settings from files, times."""
