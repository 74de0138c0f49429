"""MLflow's error codes: https://mlflow.org/docs/latest/api_reference/rest-api.html."""

NOT_FOUND = "RESOURCE_DOES_NOT_EXIST"
EXISTS = "RESOURCE_ALREADY_EXISTS"
INVALID = "INVALID_PARAMETER_VALUE"
DATABASE_REFUSED = "BAD_REQUEST"
"""Two clients wrote the same row at once: see `VersionClient._set`."""
