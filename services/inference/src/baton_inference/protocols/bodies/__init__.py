"""JSON documents, cells and tables: shared by several protocols."""
