"""Live quality: joins labels with predictions, measures versions, compares two on the same rows."""
