"""Loads a version until it can answer: fetch, cache, verify, build, warm up, trial."""
