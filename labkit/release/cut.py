"""The files of a lab without what only its author needs: solutions, answers, what makes mistakes.

A file is cut by its syntax tree. What stays is what a check needs: text, hints, criteria, signs,
the names of mistakes and what is told of them, and the helpers that these use. So no comment stays.
"""

import ast
import pathlib
import re
from collections.abc import Collection, Iterator

from labkit import checks
from labkit.checks import names
from labkit.checks.authoring import Essay
from labkit.checks.lab_folder import SHARED, TEXT, Lab
from labkit.release.errors import ReleaseError

_ANSWERS = frozenset(("right", "wrong"))
_KEPT = frozenset(
    (
        "criterion",
        "sign",
        "mistake",
        "varies",
        "equal",
        "shape",
        "runs",
        "choice",
        "require",
        "knows",
    )
)
_ROOTS = frozenset(("exercise", "essay"))
_FORM, _RECORDED = "labkit.checks.authoring", "labkit.checks.recorded"


def lab(lab: Lab, made_anew: dict[str, list[str]], notebook: str) -> dict[str, str]:
    """Return the files of a lab's folder as students get them, by their names.

    Parameters
    ----------
    lab : Lab
    made_anew : dict of str to list of str
        By exercise, the mistakes that are made of what a student has: their code stays.
    notebook : str
        The student's notebook: what it calls of ``shared.py`` stays, too.
    """
    folder = lab.folder
    trees = {path.stem: _tree(path) for path in _modules(lab)}
    defined = {name: _functions(tree) for name, tree in trees.items()}
    elsewhere = _elsewhere(trees)
    for name, tree in trees.items():
        mistakes = made_anew.get(f"{folder.name}/{name.replace('_', '-')}", ())
        only = _only_for_answers(tree) | elsewhere
        _Cutter(mistakes, only).visit(tree)
        if isinstance(lab.by_place.get(name), Essay):
            _hide_rubric(tree, lab.by_place[name])
        _record(tree)
    called = frozenset(re.findall(r"\blab\.(\w+)", notebook))
    cut_down = {name: tree for name, tree in trees.items() if name != "__init__"}
    _keep_used(cut_down, {name: called if name == SHARED else _ROOTS for name in cut_down})
    for name, tree in trees.items():
        _verify(tree, defined[name], folder / f"{name}.py")
    found = {f"{name}.py": ast.unparse(tree) + "\n" for name, tree in trees.items()}
    return found | {TEXT: (folder / TEXT).read_text(encoding="utf-8")}


def _functions(tree: ast.Module) -> frozenset[str]:
    return frozenset(part.name for part in tree.body if isinstance(part, ast.FunctionDef))


def _modules(lab: Lab) -> Iterator[pathlib.Path]:
    """Yield the files that a lab consists of: those that have a place, and what they share."""
    stems = ["__init__", SHARED, *lab.by_place]
    return (path for name in stems if (path := lab.folder / f"{name}.py").is_file())


def _tree(path: pathlib.Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


# --- answers --------------------------------------------------------------------------------


def _only_for_answers(tree: ast.Module) -> frozenset[str]:
    """Return the functions that give an exercise answers, and nothing that a check needs."""
    found = set()
    for part in tree.body:
        if isinstance(part, ast.FunctionDef):
            methods = {node.attr for node in ast.walk(part) if _is_of_exercise(node)}
            if methods & _ANSWERS and not methods & _KEPT:
                found.add(part.name)
    return frozenset(found)


def _elsewhere(trees: dict[str, ast.Module]) -> frozenset[str]:
    """Return such functions of ``shared.py`` and of labkit.checks, as they are called."""
    modules = {SHARED: trees[SHARED]} if SHARED in trees else {}
    for path in pathlib.Path(checks.__file__).parent.glob("*.py"):
        modules[path.stem] = _tree(path)
    return frozenset(
        f"{module}.{name}" for module, tree in modules.items() for name in _only_for_answers(tree)
    )


def _is_of_exercise(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "exercise"
    )


class _Cutter(ast.NodeTransformer):
    """Takes the answers out of a file, and leaves stubs for what facts stand for."""

    def __init__(self, made_anew: Collection[str], only: Collection[str]) -> None:
        self.made_anew, self.only = made_anew, only

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef | None:
        roles = set(map(_method, node.decorator_list))
        if roles & _ANSWERS or node.name in self.only:
            return None
        if "solution" in roles:
            _empty(node, "solution", node.args, [ast.Pass()])
        elif "mistake" in roles and node.name in self.made_anew:
            _empty(node, "mistake", node.args, node.body)
        elif "mistake" in roles:
            _empty(node, "mistake", _NO_ARGUMENTS, node.body[:1])
        elif "sign" in roles:
            node.decorator_list = list(map(_without_answer, node.decorator_list))
        return self.generic_visit(node)

    def visit_Expr(self, node: ast.Expr) -> ast.Expr | None:
        if isinstance(node.value, ast.Call):
            called = node.value.func
            if _method(called) in _ANSWERS or ast.unparse(called) in self.only:
                return None
        return node

    def generic_visit(self, node: ast.AST) -> ast.AST:
        visited = super().generic_visit(node)
        if not isinstance(visited, ast.Module) and getattr(visited, "body", None) == []:
            visited.body = [ast.Pass()]
        return visited


_NO_ARGUMENTS = ast.arguments([], [], None, [], [], None, [])


def _method(node: ast.expr) -> str:
    """Return ``wrong`` for ``exercise.wrong`` and for ``exercise.wrong(...)``; else nothing."""
    called = node.func if isinstance(node, ast.Call) else node
    return called.attr if _is_of_exercise(called) else ""


def _without_answer(decorator: ast.expr) -> ast.expr:
    """Return ``exercise.sign`` for ``exercise.sign(shown_by=...)``; any other as it is."""
    return decorator.func if _method(decorator) and isinstance(decorator, ast.Call) else decorator


def _empty(
    part: ast.FunctionDef, role: str, arguments: ast.arguments, body: list[ast.stmt]
) -> None:
    part.decorator_list = [ast.parse(f"exercise.{role}", mode="eval").body]
    part.args, part.body = arguments, body


def _hide_rubric(tree: ast.Module, essay: Essay) -> None:
    """Leave of an essay what a student's notebook shows: how many points it gives."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Essay":
            for item in node.keywords:
                if item.arg == "rubric":
                    item.value = ast.parse(f"(({essay.points!r}, ''),)", mode="eval").body
                elif item.arg == "answer":
                    item.value = ast.Constant("")


def _record(tree: ast.Module) -> None:
    """Let an exercise compare with facts."""
    for number, part in enumerate(tree.body):
        if isinstance(part, ast.ImportFrom) and part.module == _FORM:
            form = [alias for alias in part.names if alias.name == "Exercise"]
            part.names = [alias for alias in part.names if alias.name != "Exercise"]
            kept = [part] if part.names else []
            recorded = [ast.ImportFrom(_RECORDED, form, 0)] if form else []
            tree.body[number : number + 1] = [*kept, *recorded]
            return


# --- what is used ---------------------------------------------------------------------------


def _keep_used(trees: dict[str, ast.Module], roots: dict[str, frozenset[str]]) -> None:
    """Leave in each file what does something, and what that needs in this file and in others."""
    while True:
        used = {name: _used(tree.body, roots[name]) for name, tree in trees.items()}
        wanted = {
            name: roots[name].union(*(_asked_of(name, body) for body in used.values()))
            for name in trees
        }
        if wanted == roots:
            break
        roots = wanted
    for name, tree in trees.items():
        tree.body = used[name]


def _used(statements: list[ast.stmt], roots: Collection[str]) -> list[ast.stmt]:
    """Return the statements that do something, and those that define what they use."""
    wanted = set(roots)
    kept: set[int] = set()
    while True:
        new = [
            number
            for number, part in enumerate(statements)
            if number not in kept and (_defines(part) is None or _defines(part) & wanted)
        ]
        if not new:
            break
        kept |= set(new)
        wanted |= {name for number in new for name in names.loaded(statements[number])}
    return [_trimmed(statements[number], wanted) for number in sorted(kept)]


def _trimmed(part: ast.stmt, wanted: Collection[str]) -> ast.stmt:
    """Return an import of nothing but what is wanted; any other statement as it is."""
    if isinstance(part, ast.ImportFrom):
        used = [alias for alias in part.names if (alias.asname or alias.name) in wanted]
        return ast.ImportFrom(part.module, used, part.level)
    return part


def _defines(part: ast.stmt) -> frozenset[str] | None:
    """Return what a statement defines; None where it does something besides."""
    if isinstance(part, ast.FunctionDef | ast.ClassDef):
        does = any(_method(item) for item in part.decorator_list)
        return None if does else frozenset((part.name,))
    if isinstance(part, ast.Import | ast.ImportFrom):
        return frozenset(alias.asname or alias.name.split(".")[0] for alias in part.names)
    if isinstance(part, ast.Assign | ast.AnnAssign):
        targets = part.targets if isinstance(part, ast.Assign) else [part.target]
        bound = [node for target in targets for node in ast.walk(target)]
        if all(isinstance(node, ast.Name | ast.Tuple | ast.Store) for node in bound):
            return frozenset(node.id for node in bound if isinstance(node, ast.Name))
    return None


def _asked_of(module: str, statements: list[ast.stmt]) -> frozenset[str]:
    """Return what statements ask for of another file of the lab: ``shared.network``."""
    return frozenset(
        node.attr
        for part in statements
        for node in ast.walk(part)
        if isinstance(node, ast.Attribute) and getattr(node.value, "id", "") == module
    )


def _verify(tree: ast.Module, before: Collection[str], path: pathlib.Path) -> None:
    """Refuse a file that calls something which is not there any more, or is empty now."""
    kept = _functions(tree)
    solved = {
        part.name
        for part in tree.body
        if isinstance(part, ast.FunctionDef) and "solution" in map(_method, part.decorator_list)
    }
    for part in tree.body:
        for name in sorted(names.loaded(part) & ((set(before) - kept) | solved)):
            raise ReleaseError(
                f"{path}, line {part.lineno}: a check needs this, and it calls {name}, which "
                "students do not get. Let it work out by itself what it needs."
            )
