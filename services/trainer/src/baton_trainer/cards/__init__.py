"""The model card, its tables and its plots."""
