"""MLflow registry client over its documented REST API, and the promotion ledger."""
