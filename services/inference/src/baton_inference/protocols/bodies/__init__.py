"""JSON documents, cells and tables: what several protocols read alike."""
