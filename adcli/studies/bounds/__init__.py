"""Proven bounds of a function and its derivatives over a box, and what follows from them."""
