"""What is compared: the numbers of a result, each beside the same one of another result with many digits."""

from __future__ import annotations

from adcli.crosscheck.finding import Claim
from adcli.results import Labelled


def entries_of(result: Labelled, truth: Labelled) -> list[Claim]:
    """Every number of *result* beside the same of *truth*."""
    found = []
    exact = truth.labelled()
    series = [abs(right.number) for rights in exact for right in rights]
    for givens, rights in zip(result.labelled(), exact, strict=True):
        scale = max([abs(right.number) for right in rights], default=0)
        for given, right in zip(givens, rights, strict=True):
            if k := right.order:  # coefficients may grow or shrink like powers: each is as large as its neighbours
                scale = max(series[max(0, k - 2) : k + 3])
            meaning = right.weights, right.tangent, scale, right.other, k, right.determinant
            found.append(Claim(given.label, given.number, right.number, *meaning))
    return found
