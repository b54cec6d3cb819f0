"""What SymPy is asked for in a process of its own, so that it can be stopped."""
