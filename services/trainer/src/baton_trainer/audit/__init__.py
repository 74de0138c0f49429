"""Trainings repeated, and versions compared."""
