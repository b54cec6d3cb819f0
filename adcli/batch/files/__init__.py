"""Files of rows: read and written, format by format."""
