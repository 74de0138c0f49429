"""Decides which sampled rows become pairs: no repeated rows, and no caller with most of them."""
