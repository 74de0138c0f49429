"""Shows a rollout: texts, tables, a live view, exit codes."""
