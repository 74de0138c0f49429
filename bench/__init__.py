"""Benchmarks of Baton, its peers and the floor under both, interleaved in one run."""
