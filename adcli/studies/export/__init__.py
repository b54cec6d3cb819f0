"""Derivatives as code of other languages."""
