"""The search for the arguments of an estimator."""
