"""Runs work on a Dask cluster: workers on this machine, or those of a scheduler."""
