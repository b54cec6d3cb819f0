"""Whether two formulas are the same function: by proof, by a counterexample, by points."""
