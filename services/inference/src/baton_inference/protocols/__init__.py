"""The wire formats: the bytes of each scoring protocol to rows, and scores to bytes."""
