"""A gradient from elsewhere, checked: against differences of its function, or against a formula."""
