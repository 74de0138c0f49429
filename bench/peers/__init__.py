"""What the product is compared with; each runs in its own environment, except the floor."""
