"""From what a SymPy reader returns to a graph: stand-ins get their meaning back."""

from __future__ import annotations

from adcli.errors import NameFault, SyntaxFault
from adcli.language.foreign.words import StandIns
from adcli.language.sympy.from_sympy import Emit, Expr, Writer
from adcli.ops import EXP, LOG, NE, UNDEFINED, WHERE


class ForeignWriter(Writer):
    """Writes expressions of stand-ins."""

    def __init__(self, stand_ins: StandIns) -> None:
        super().__init__("")
        self.stand_ins = stand_ins
        self.leaf = self._leaf_of

    def _leaf_of(self, symbol: Expr) -> int:
        meaning = self.stand_ins.meanings.get(symbol.name)
        if meaning is None:
            raise SyntaxFault(f"SymPy's reader understands {symbol} in a way that adcli does not")
        kind, text = meaning
        return self.builder.input(text) if kind == "name" else self.builder.literal(text)

    def _is_constant(self, expr: Expr, label: str) -> bool:
        return bool(expr.is_Symbol) and self.stand_ins.meanings.get(expr.name) == ("constant", label)

    def _power(self, expr: Expr) -> tuple[list[Expr], Emit]:
        base, exponent = expr.args
        if self._is_constant(base, "E"):
            return [exponent], lambda nodes: self._apply(EXP, nodes[0], of=expr)
        return super()._power(expr)

    def _function(self, expr: Expr) -> tuple[list[Expr], Emit]:
        import sympy

        called = self.stand_ins.calls.get(getattr(expr.func, "__name__", ""))
        args = list(expr.args)
        if called is None:
            if getattr(expr.func, "__name__", "") == "Unequal" and len(args) == 2:
                return args, lambda nodes: self._apply(NE, *nodes, of=expr)
            if isinstance(expr, sympy.log) and len(args) == 2 and args[1] is sympy.E:
                return args[:1], lambda nodes: self._apply(LOG, nodes[0], of=expr)
            return super()._function(expr)
        if called.name == "If":
            return args, lambda nodes: self._apply(WHERE, *nodes, of=expr)
        if called.name == "Piecewise":
            return self._cases(expr, args)
        op = called.op
        assert op is not None
        if called.order and len(args) == len(called.order):
            args = [args[position] for position in called.order]
        if op is LOG and len(args) == 2:
            return super()._function(sympy.log(*args, evaluate=False))
        if not op.variadic and len(args) != len(op.arguments):
            raise NameFault(f"{op.name} takes {len(op.arguments)} arguments, not {len(args)}")
        return args, lambda nodes: nodes[0] if op.variadic and len(nodes) == 1 else self._apply(op, *nodes, of=expr)

    def _cases(self, expr: Expr, args: list[Expr]) -> tuple[list[Expr], Emit]:
        """Piecewise[{{value, condition}, …}, default]."""
        pairs = [tuple(pair) for pair in args[0]]
        default = args[1:2]

        def emit(nodes: list[int]) -> int:
            total = nodes[-1] if default else self._apply(UNDEFINED, of=expr)
            for i in reversed(range(len(pairs))):
                total = self._apply(WHERE, nodes[2 * i], nodes[2 * i + 1], total, of=expr)
            return total

        return [part for value, condition in pairs for part in (condition, value)] + default, emit
