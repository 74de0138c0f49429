"""What is measured: a folder or a module for each benchmark."""
