"""What MLflow keeps: runs, logged models, datasets, records, versions."""
