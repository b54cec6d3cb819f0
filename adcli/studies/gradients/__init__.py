"""Somebody else's gradient, checked: against differences of the function, or against a formula."""
