"""What derivatives cost, counted in operations and memory."""
