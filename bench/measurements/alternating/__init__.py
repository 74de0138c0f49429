"""Several processes by turns: their loads and tables, shared by the benchmarks of costs."""
