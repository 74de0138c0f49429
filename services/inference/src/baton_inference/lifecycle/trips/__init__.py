"""Trips: turns off a harmful canary in this process, and keeps that over a restart."""
