"""Answers that derivatives lead to: roots, minima, and how they depend on parameters."""
