"""Derivatives as formulas, and the reasons for them."""
