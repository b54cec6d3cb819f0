"""Exact, explained, checked derivatives of formulas."""
