"""The textbook's tables of both modes, and the grading of tables made by hand."""
