"""Scores a dataset of many files, partition by partition; knows no engine that runs them."""
