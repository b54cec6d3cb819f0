"""Many rows: derivatives per row of a file or of arrays, in constant memory, never losing a row."""
