"""What the functions of an exercise may ask for by name: whatever its notebook has defined so far.

That is the data, what given cells define (an imported module, too), and what the solutions of
earlier exercises make. Nothing is made before it is asked for, and nothing twice. What is changed
later on (a network is defined, compiled and trained in three cells) has all its changes when it is
asked for by what stands below them.
"""

import ast
import builtins
import contextlib
import dataclasses
import functools
import inspect
import symtable
import textwrap
import types
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from labkit.checks.given import Few, Reference

DATA = ("x_train", "y_train", "x_test", "y_test", "class_names", "variant")
# What changes a network, or a list, that another cell has made.
_CHANGING = frozenset(
    ("add", "append", "build", "compile", "extend", "fit", "load_weights", "pop", "set_weights")
)


# Of how many sets of data a lab's names are kept: those of all students, and those of one variant.
_KEPT = 2


class UnknownName(LookupError):
    """A name that nothing before the exercise defines; `known` are those that there are."""

    def __init__(self, name: str, known: Iterable[str]) -> None:
        self.name, self.known = name, sorted(known)
        super().__init__(f"nothing before this exercise defines {name!r}")


@dataclasses.dataclass(frozen=True)
class Source:
    """Something that defines names.

    Attributes
    ----------
    names : frozenset of str
    make : callable
        From a function that resolves a name to a dictionary of what is defined or changed. Given
        cells define only the name that is asked for, which is the second argument.
    changes : callable
        From nothing to the names of what is made earlier and changed here.
    """

    names: frozenset[str]
    make: Callable[[Callable[[str], Any], str], Mapping[str, Any]]
    changes: Callable[[], frozenset[str]] = frozenset


class Names:
    """The names of one lab, on one set of data.

    Parameters
    ----------
    data : Reference
    sources : sequence of Source
        In the order of the notebook.
    """

    def __init__(self, data: Reference | Few, sources: Iterable[Source] = ()) -> None:
        self.data = data
        self._sources = list(sources)
        self._made: dict[tuple[str, int], Any] = {}
        # Where these names differ from others of the same lab, and those.
        self._first, self._base = 0, self

    def with_own(self, own: Iterable[str], get: Callable[[str], Any], before: int) -> "Names":
        """Return the same names, with what a student has made in the place of some of them.

        Parameters
        ----------
        own : iterable of str
            What the student has made; it is defined before the source number `before`.
        get : callable
            From one of these names to what the student has.
        before : int
        """
        defined = self.known(before)
        places = {self._place(name, before) for name in own if name in defined}
        names = Names(self.data, [_with_own(one, frozenset(own), get) for one in self._sources])
        names._first, names._base = min(places, default=0), self
        return names

    def known(self, before: int | None = None) -> set[str]:
        """Return what may be asked for by what stands before the source number `before`."""
        return set(DATA).union(*(source.names for source in self._sources[:before]))

    def find(self, name: str, before: int | None = None) -> Any:
        """Return what `name` stands for before the source number `before`, or at the end.

        Raises
        ------
        UnknownName
        """
        if name in DATA:  # the given cell that loads the data would load it once more
            return getattr(self.data, name)
        place = self._place(name, before)
        if place < self._first:
            return self._base.find(name, before)
        made = self._make(name, place)
        for later in range(place + 1, len(self._sources) if before is None else before):
            if name in self._sources[later].changes() and not isinstance(made, types.ModuleType):
                made = self._make(name, later)
        return made

    def _make(self, name: str, place: int) -> Any:
        if (name, place) not in self._made:
            made = self._sources[place].make(functools.partial(self.find, before=place), name)
            self._made |= {(key, place): value for key, value in made.items()}
        return self._made[name, place]

    def _place(self, name: str, before: int | None) -> int:
        """Return the number of the source that defines `name` before the source `before`."""
        places = range(len(self._sources) if before is None else before)
        place = next((n for n in reversed(places) if name in self._sources[n].names), None)
        if place is None:
            raise UnknownName(name, self.known(before))
        return place

    def call(
        self, function: Callable, own: Mapping[str, Any] | None = None, before: int | None = None
    ) -> Any:
        """Call `function` with what its parameters ask for; `own` comes before everything else."""
        given = own or {}
        return function(
            **{
                name: given[name] if name in given else self.find(name, before)
                for name in parameters(function)
            }
        )


def _with_own(source: Source, own: frozenset[str], get: Callable[[str], Any]) -> Source:
    """Return a source that gives `own` as they are in the end: no cell changes them once more."""

    def make(find: Callable[[str], Any], name: str) -> dict[str, Any]:
        if name in own:
            return {name: get(name)}
        return {key: value for key, value in source.make(find, name).items() if key not in own}

    return Source(source.names, make, lambda: source.changes() - own)


class Book:
    """What a lab's notebook defines, in its order; made once for each set of data."""

    def __init__(self) -> None:
        self.sources: list[Source] = []
        self._whole: dict[int, tuple[Any, Names]] = {}

    def add(self, source: Source) -> None:
        self.sources.append(source)

    def names(self, data: Reference | Few) -> Names:
        """Return the names on `data`; those on a few rows are not kept."""
        if isinstance(data, Few):
            return Names(data, self.sources)
        if id(data) not in self._whole:
            if len(self._whole) == _KEPT:
                del self._whole[next(iter(self._whole))]
            self._whole[id(data)] = data, Names(data, self.sources)
        return self._whole[id(data)][1]


def parameters(function: Callable) -> list[str]:
    """Return the names that `function` asks for."""
    return list(inspect.signature(function).parameters)


def asking(function: Callable, *wanted: str) -> Callable:
    """Return `function` asking for these names, in the order of its parameters.

    What several exercises share has names of its own for what each of them calls otherwise.
    """

    @functools.wraps(function)
    def asks(**given: Any) -> Any:
        return function(*(given[name] for name in wanted))

    kind = inspect.Parameter.KEYWORD_ONLY
    asks.__signature__ = inspect.Signature([inspect.Parameter(name, kind) for name in wanted])
    return asks


@functools.cache
def changed_by(function: Callable) -> frozenset[str]:
    """Return which of its arguments a function changes, as far as `changes` knows."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    return changes(tree) & frozenset(parameters(function))


def of_cell(code: str) -> Source:
    """Return what a given cell defines. Only the statements are run that make the wanted name."""
    tree = ast.parse(code)
    names = _of_all(_bound, tree.body)
    changed = _of_all(_changes_outside, tree.body) - names

    def make(find: Callable[[str], Any], name: str) -> dict[str, Any]:
        space: dict[str, Any] = {}
        parts = _leading_to(name, tree.body)
        for part in parts:
            for used in loaded(part) - space.keys() - vars(builtins).keys():
                # A name that only the statement itself defines is none that can be found.
                with contextlib.suppress(UnknownName):
                    space[used] = find(used)
            exec(compile(ast.Module([part], []), "<given cell>", "exec"), space)
        done = changed & _of_all(_changes_outside, parts)
        return {key: space[key] for key in {name, *done}}

    return Source(names, make, lambda: changed)


def _of_all(found: Callable[[ast.stmt], frozenset[str]], parts: list[ast.stmt]) -> frozenset[str]:
    return frozenset().union(*map(found, parts))


def _leading_to(name: str, statements: list[ast.stmt]) -> list[ast.stmt]:
    """Return the statements of a cell that make `name`, and those that they need."""
    wanted, chosen = {name}, []
    imported = _of_all(_imported, statements)
    for part in reversed(statements):
        # What is called in a module (set up, draw random numbers) makes it no other module.
        if wanted & (_bound(part) | (_changed(part) | changes(part)) - imported):
            wanted |= loaded(part) - set(DATA)  # which is at hand
            chosen.append(part)
    return chosen[::-1]


@functools.lru_cache(maxsize=1_000)
def _scope(statement: ast.stmt) -> symtable.SymbolTable:
    return symtable.symtable(ast.unparse(statement), "<given cell>", "exec")


def _bound(statement: ast.stmt) -> frozenset[str]:
    """Return the names that a statement of a cell defines."""
    symbols = _scope(statement).get_symbols()
    return frozenset(s.get_name() for s in symbols if s.is_assigned() or s.is_imported())


def _imported(statement: ast.stmt) -> frozenset[str]:
    symbols = _scope(statement).get_symbols()
    return frozenset(s.get_name() for s in symbols if s.is_imported())


def _changed(statement: ast.stmt) -> frozenset[str]:
    """Return the names of what a statement changes: ``a[0] = 1``, ``a.b = 1``, ``a.append(1)``."""
    found = set()
    for node in ast.walk(statement):
        if isinstance(node, ast.Attribute | ast.Subscript) and isinstance(node.ctx, ast.Store):
            found.add(_base(node))
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            found.add(_base(node.value.func) if isinstance(node.value.func, ast.Attribute) else "")
    return frozenset(found - {""})


def _changes_outside(statement: ast.stmt) -> frozenset[str]:
    return changes(statement) & loaded(statement)


def changes(tree: ast.AST) -> frozenset[str]:
    """Return the names whose objects a piece of code changes by what is known to change things.

    These are the methods that do it, and assignments to a part of an object; a loop over several
    objects changes each of them.
    """
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute | ast.Subscript) and isinstance(node.ctx, ast.Store):
            found.add(_base(node))
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            found.add(_base(node.func) if node.func.attr in _CHANGING else "")
    for loop in (node for node in ast.walk(tree) if isinstance(node, ast.For)):
        if found & _names_in(loop.target):
            found |= _names_in(loop.iter)
    return frozenset(found - {""})


def _names_in(node: ast.AST) -> set[str]:
    return {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}


def _base(node: ast.AST) -> str:
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Call):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""


def loaded(statement: ast.stmt) -> set[str]:
    """Return the names that a statement reads from outside."""
    top, *inner = _scopes(_scope(statement))
    here = {s.get_name() for s in top.get_symbols() if s.is_referenced()}
    return here.union(s.get_name() for scope in inner for s in scope.get_symbols() if s.is_global())


def _scopes(scope: symtable.SymbolTable) -> Iterator[symtable.SymbolTable]:
    yield scope
    for inner in scope.get_children():
        yield from _scopes(inner)
