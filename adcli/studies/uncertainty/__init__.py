"""Propagation of uncertainty: to first and second order, and by Monte Carlo."""
