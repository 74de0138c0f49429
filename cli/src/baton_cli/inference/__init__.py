"""What the inference processes serve: fetches, compares and awaits it."""
