"""What the readers of several protocols share: JSON documents, cells, tables."""
