"""The shadow: scores answered rows again with the other live version, and compares the answers."""
