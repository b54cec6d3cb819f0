"""A model, what it is to be like, and how much each row counts, as one program."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from adcli.derivatives.second import gradient_problem
from adcli.derivatives.sparsity import pattern
from adcli.errors import AdcliError, UsageError, listed
from adcli.graphs import Builder, Graph
from adcli.language import parse
from adcli.ops import DIV, INPUT, LITERAL, MUL, SUB, TABLE
from adcli.problem.problem import Problem, check_output

SQRT = TABLE["sqrt"]
PARAMETERS = 200
"""At most."""


class Model:
    """The programs of a fit: `residual` (weighted), and `shown` with the outputs response, weight, fitted and residual.

    `parameters` are what is fitted; the other inputs are columns, or constants of --at.
    """

    def __init__(
        self, asked: Problem, parameters: Sequence[str], response: str, weights: str | None, spread: str | None
    ) -> None:
        check_output(asked, "fit")
        if weights is not None and spread is not None:
            raise UsageError("weights and uncertainties of the response say the same: one of them is enough")
        if len(parameters) > PARAMETERS:
            raise UsageError(f"at most {PARAMETERS} parameters are fitted, and there are {len(parameters)}")
        self.parameters = tuple(parameters)
        self.response = response
        self.absolute = spread is not None
        (model,) = asked.graph.outputs
        builder = Builder.continuing(asked.graph)
        counted: int | None = None
        wanted = _joined(builder, response, "--response")
        weight = builder.literal("1")
        if weights is not None:
            counted = _joined(builder, weights, "--weights")
            weight = builder.apply(SQRT, (counted,), builder.spans[counted])
        elif spread is not None:
            counted = _joined(builder, spread, "--u-response")
            weight = builder.apply(DIV, (weight, counted))
        plain = builder.apply(SUB, (wanted, model))
        residual = plain if weights is None and spread is None else builder.apply(MUL, (plain, weight))
        graph = builder.finish([residual], ["residual"], asked.graph.assignments)
        at = dict(asked.at)
        nodes = {graph.labels[node]: node for node in graph.inputs}
        wrt = tuple((name, nodes[name]) for name in parameters)
        self.asked = asked.changed(wrt=wrt)
        self.residual = asked.changed(graph=graph, at=at, wrt=wrt)
        names = ["response", "weight", "fitted", "residual"]
        self.shown = self.residual.changed(graph=graph.with_outputs([wanted, weight, model, plain], names))
        self.counted = None if counted is None else self.residual.changed(graph=graph.with_outputs([counted], ["w"]))
        """What the weights come from, by itself."""
        self.columns = [name for name in graph.input_names if name not in asked.at]
        self.predictors = [name for name in asked.graph.input_names if name not in asked.at]

    def fitted(self, values: Mapping[str, float]) -> Problem:
        """The problem of the fitted values and the residuals, at values of the parameters."""
        at = {**self.shown.at, **values}
        graph = self.shown.graph.with_outputs(self.shown.graph.outputs[2:], ["fitted", "residual"])
        return self.shown.changed(graph=graph, at=at, wrt=())

    @property
    def linear(self) -> list[int]:
        """Places of parameters in all of which at once the model is linear, by its structure."""
        try:
            slopes = gradient_problem(self.asked.changed(kinks="warn"), "reverse")
            rows = pattern(slopes.graph, [node for _, node in slopes.wrt])
        except AdcliError:
            return []
        bent = [set(row) for row in rows]
        for i, row in enumerate(rows):
            for j in row:
                bent[j].add(i)
        chosen: list[int] = []
        for place in sorted(range(len(bent)), key=lambda i: len(bent[i])):
            if place not in bent[place] and not bent[place].intersection(chosen):
                chosen.append(place)
        return sorted(chosen)


def _joined(builder: Builder, text: str, origin: str) -> int:
    """The node of another formula, written into the same program."""
    graph: Graph = parse(text, origin=origin)
    if len(graph.outputs) != 1:
        raise UsageError(f"{origin} is one formula, and this has {len(graph.outputs)}: {listed(graph.output_names)}")
    shift = len(builder.text) + 1
    builder.text += "\n" + text
    place: list[int] = []
    for node, (op, args) in enumerate(zip(graph.ops, graph.args, strict=True)):
        start, end = graph.spans[node]
        span = (start + shift, end + shift)
        if op is INPUT:
            place.append(builder.input(graph.labels[node], span))
        elif op is LITERAL:
            place.append(builder.literal(graph.labels[node], span))
        else:
            place.append(builder.apply(op, tuple([place[a] for a in args]), span))
    return place[graph.outputs[0]]
