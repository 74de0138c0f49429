"""The metrics that Prometheus reads: families of samples, built at each request."""
