"""Figures that articles state: read from their sentences, with the words in wording.toml."""
