"""What MLflow stores: runs, logged models, datasets, run records, versions."""
