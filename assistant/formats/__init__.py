"""Formats of files: each read into Markdown with what the file says of itself."""
