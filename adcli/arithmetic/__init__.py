"""What a number is: doubles, mpmath's numbers, nodes of a graph being written, counters."""
