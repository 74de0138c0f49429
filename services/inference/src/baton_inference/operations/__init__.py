"""What operators see: the operations page and the metrics that Prometheus reads."""
