"""What the product is compared with; each in an environment of its own, but for the floor."""
