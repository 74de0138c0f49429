"""Shows a report of drift: as text, as a page with plots, and in MLflow."""
