"""MLflow's scoring protocol: `POST /invocations`."""
