"""MLflow's REST API: transport, versions, aliases, artifacts, files, webhooks."""
