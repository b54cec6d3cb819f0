"""Frozen records: what `dataclass(frozen=True)` of the standard library makes, at a twentieth of the price.

That one writes and compiles the methods of each class when it is defined. For the handful of classes that
every run of adcli defines and hardly uses, this takes longer than a gradient, and start-up is what a script
feels most. The methods here are written once, for all records. Type checkers see ordinary dataclasses, and
so do `dataclasses.replace`, `fields` and `asdict`: what they look for is made when they ask for it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

_Class = TypeVar("_Class", bound=type)


class _Fields:
    """`__dataclass_fields__`, made when somebody asks."""

    def __get__(self, instance: object, owner: Any) -> dict[str, Any]:
        from dataclasses import field, make_dataclass

        made: Any = make_dataclass(
            owner.__name__,
            [
                (name, Any, field(default=owner._defaults[name])) if name in owner._defaults else (name, Any)
                for name in owner._names
            ],
            kw_only=True,
        )
        found: dict[str, Any] = made.__dataclass_fields__
        return found


class _Params:
    """What the standard library asks of a class that one of its own dataclasses inherits from."""

    frozen = True


if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass
else:

    def dataclass(
        *, frozen: bool, slots: bool = False, kw_only: bool = False, eq: bool = True
    ) -> Callable[[_Class], _Class]:
        """The decorator: records of the annotated names, which cannot be changed once they are made.

        Without *eq*, two records are never equal. *slots* is for type checkers.
        """
        assert frozen

        def make(cls: Any) -> Any:
            inherited: tuple[str, ...] = getattr(cls, "_names", ())
            own = [name for name, kind in cls.__annotations__.items() if not kind.startswith("ClassVar")]
            cls._names = (*inherited, *own)
            cls._defaults = {name: getattr(cls, name) for name in cls._names if hasattr(cls, name)}
            cls._positional = () if kw_only else cls._names
            cls.__init__ = _init
            cls.__setattr__ = cls.__delattr__ = _refuse
            if eq:
                cls.__eq__ = _equal
                cls.__hash__ = _hash
            if "__repr__" not in cls.__dict__:
                cls.__repr__ = _show
            cls.__dataclass_fields__ = _Fields()
            cls.__dataclass_params__ = _Params
            setattr(cls, "__match_args__", cls._positional)  # noqa: B010  # type checkers forbid the plain assignment
            return cls

        return make


def _init(self: Any, *args: Any, **given: Any) -> None:
    names = self._names
    if len(args) > len(self._positional):
        raise TypeError(f"{type(self).__name__} takes {len(self._positional)} positional arguments, not {len(args)}")
    values = dict(zip(names, args, strict=False))
    for name in given:
        if name not in names or name in values:
            raise TypeError(f"{type(self).__name__} got {'two values for' if name in values else 'no field'} {name!r}")
    values = {**self._defaults, **values, **given}
    missing = [name for name in names if name not in values]
    if missing:
        raise TypeError(f"{type(self).__name__} needs {', '.join(missing)}")
    self.__dict__.update({name: values[name] for name in names})


def _refuse(self: Any, name: str, value: object = None) -> None:
    from dataclasses import FrozenInstanceError

    raise FrozenInstanceError(f"{type(self).__name__} is frozen: {name} cannot be changed")


def _equal(self: Any, other: object) -> Any:
    return self.__dict__ == other.__dict__ if type(other) is type(self) else NotImplemented


def _hash(self: Any) -> int:
    return hash((type(self), *self.__dict__.values()))


def _show(self: Any) -> str:
    return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in self.__dict__.items())})"
