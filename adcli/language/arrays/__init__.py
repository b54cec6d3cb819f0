"""Arrays: shapes over the language's scalars, written out element by element while a program is read."""
