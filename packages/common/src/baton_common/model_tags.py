"""What MLflow allows in the tags of a registered model."""

MAX_TAG_CHARACTERS = 4_800
"""The longest value that Baton writes; MLflow's tables have a VARCHAR(5000) for it.

PostgreSQL and MySQL enforce it, in characters; SQLite does not. (The tags of a version are longer.)
"""
