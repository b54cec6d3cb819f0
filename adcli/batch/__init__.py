"""Many rows: derivatives per row of a file or of arrays, in constant memory, never losing a row."""

ENGINES = {"python": "", "numpy": "data", "llvm": "fast"}
"""What runs kernels over rows, and the extra of the package that brings what each needs."""
