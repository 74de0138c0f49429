"""Benchmarks of Baton, its peers and an echo floor, interleaved in one run."""
