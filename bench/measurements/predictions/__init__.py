"""The benchmark of the prediction log's cost: latency and throughput with and without it."""
