"""Somebody else's gradient, checked: against differences of his function, or against a formula."""
