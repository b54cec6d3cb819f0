"""Ways to differentiate, compared: by hand, by differences, symbolically, automatically."""
