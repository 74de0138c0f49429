"""What a benchmark writes: progress, tables in Markdown, and goals."""
