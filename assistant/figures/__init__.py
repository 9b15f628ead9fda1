"""Dated numbers: those that articles state and those fetched live."""
