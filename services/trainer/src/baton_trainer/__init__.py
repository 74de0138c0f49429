"""Trains, evaluates, exports and registers a version of the model; the only room with mlflow."""
