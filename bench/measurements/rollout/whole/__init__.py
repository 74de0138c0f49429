"""Whole rollouts through the decision of the product, with fake replicas."""
