"""Checks of registered versions, which write nothing: compares two, reproduces one."""
