"""The commands of `scripts/bench`, a module for each kind of measurement."""
