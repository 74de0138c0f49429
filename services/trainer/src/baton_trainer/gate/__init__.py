"""The gate: candidate against production, and the verdict."""
