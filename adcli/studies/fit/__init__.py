"""Nonlinear least squares: models fitted to the rows of files."""
