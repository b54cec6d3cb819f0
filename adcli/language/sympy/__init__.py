"""SymPy's expressions, to adcli's graph and back."""
