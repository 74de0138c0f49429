"""What every package shares: texts of errors, whole files, settings from files, times."""
