"""What is asked: a formula, a point, the names to differentiate by."""
