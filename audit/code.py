"""What is read of the source of one Python file; the same for every runtime."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping


class Function(NamedTuple):
    """An enclosing `def` (or lambda-free method): its body runs when it is called."""

    name: str


class Condition(NamedTuple):
    """An enclosing `if` or `elif` whose body runs when `test` is `holds`."""

    test: str
    holds: bool
    is_early: bool = False
    """It encloses nothing, but stands before in the same body: where it is not so, that is left."""


OTHERWISE = -1
"""The branch of an `Attempt` that is the `else` of the `try`."""


class Attempt(NamedTuple):
    """An enclosing `try` that survives what is asked about: one of its branches must work.

    It survives a failed import if a handler catches ImportError, a member that is not there if
    one catches AttributeError. Branch 0 is the body, branch n the n-th such handler, and
    `OTHERWISE` the `else`: it runs after the body, and no handler catches what fails in it.
    """

    group: int
    """Tells the `try` statements of one file apart."""
    branch: int
    branches: tuple[bool, ...]
    """For body and handlers: may control reach the end? False where it raises or exits."""


class Handled(NamedTuple):
    """An enclosing `try`, or `with` that suppresses, by what its handlers catch, whatever that is.

    It tells which handler sees a file that ends with a SyntaxError, or ends itself.
    """

    group: int
    """That of the `Attempt`, where there is one."""
    branch: int
    """0 for the body, n for the n-th of all handlers, `OTHERWISE` for the `else`."""
    caught: tuple[tuple[str, ...], ...]
    """For each handler the last names of its exceptions; `BaseException` for a bare one."""
    ends: tuple[bool, ...]
    """For each handler: may control reach the end? False where it raises or exits."""


Block = Function | Condition | Attempt | Handled
"""A compound statement around an import that decides when it runs and what its failure means."""


class Import(NamedTuple):
    """One import statement, or one module of `import a, b`, as the source has it.

    A named tuple, as are its blocks: a large tree has 100,000 of them, and a frozen
    dataclass was measured to take four times as long to make.
    """

    module: str
    """The dotted name after `import` or `from`; empty for `from . import x`."""
    line: int
    names: tuple[str, ...] = ()
    """What `from module import ...` names, without `as`; empty for a plain import."""
    level: int = 0
    """The leading dots of a relative import."""
    blocks: tuple[Block, ...] = ()
    """What encloses it, outermost first."""
    dynamic: bool = False
    """True for `__import__("x")` and `importlib.import_module("x")`."""


class Span(NamedTuple):
    """Feature versions of Python, such as 3.6 to 3.9."""

    first: tuple[int, int]
    end: tuple[int, int] | None = None
    """The first version after it; None where it goes on."""

    def __contains__(self, version: object) -> bool:
        return version >= self.first and (self.end is None or version < self.end)  # type: ignore[operator]  # the tuple protocol wants `object`


class Construct(NamedTuple):
    """Something in a file that some Pythons cannot compile: a file is valid where all of it is.

    Only the first of a kind is kept for a file.
    """

    line: int
    what: str
    """In a phrase: `an f-string`, `the statement print`; or what is wrong, where nothing has it."""
    pythons: tuple[Span, ...]
    """Those that compile it."""
    unsure: tuple[Span, ...] = ()
    """Those of which that cannot be told, being newer than the Python that reads."""
    instead: str = ""
    """What to write that more Pythons compile, fit for a remedy; empty where nothing is known."""


class Member(NamedTuple):
    """A use of a member of the standard library that not every Python has."""

    name: str
    """In full, whatever the file calls it: `subprocess.run`; `dict.has_key` for a method and
    `unicode` for a name that is built in."""
    line: int
    keyword: str = ""
    """The argument by keyword that the use passes, where it is that which is in question."""
    blocks: tuple[Block, ...] = ()
    """What encloses it, outermost first; an `Attempt` where a handler catches its absence."""


class Ending(NamedTuple):
    """A place where a file ends itself under a test: with a `raise`, an `assert` or an exit."""

    line: int
    exception: str
    """The last name of what it raises; empty for `os._exit`, which nothing catches."""
    says: str = ""
    """The first line of its message, where that is a plain string."""
    blocks: tuple[Block, ...] = ()
    """The tests around it, outermost first; and the function, where it stands in one."""


class Ruling(NamedTuple):
    """What a real interpreter says of a file that it does not compile."""

    message: str
    line: int | None
    """Counted from 1; None where it names none, as for a null byte."""
    interpreter: str
    """Who says it, with its path: `Python 3.6.15 (/usr/bin/python3.6)`."""


class Accepts(NamedTuple):
    """How many arguments by position a call may have."""

    least: int
    most: int | None
    """None for any number."""
    keywords: tuple[str, ...] = ()
    """What must be given by name beside them."""


class Returned(NamedTuple):
    """A `return` of what is plainly no JSON."""

    what: str
    """In a phrase: `a set`."""
    line: int
    pythons: Span
    """Those on which it is none: Python 2 takes bytes for text."""


class Routine(NamedTuple):
    """A function, a lambda or a class: what can be called."""

    accepts: Accepts | None
    """None where that cannot be told, as for most that is decorated."""
    gives: str = ""
    """What a call gives before anything of the body has run, in a phrase: `a coroutine`."""
    returned: tuple[Returned, ...] = ()


class Brought(NamedTuple):
    """What an import binds a name to."""

    module: str
    level: int = 0
    """The leading dots of a relative import."""
    name: str = ""
    """What of the module, `*` for all that it has; empty for the module itself."""


class Alias(NamedTuple):
    """Whatever another name of the module is bound to."""

    name: str


class Inert(NamedTuple):
    """A value that cannot be called."""

    what: str
    """In a phrase: `a dict`."""


class Deleted(NamedTuple):
    """Nothing any more."""


class Definition(NamedTuple):
    """A name that the top level of a file binds: a function, or what may turn out to be one."""

    name: str
    """`*` where it cannot be told which names are bound."""
    line: int
    value: Routine | Brought | Alias | Inert | Deleted | None
    """None where that cannot be told."""
    tests: tuple[Condition, ...] = ()
    """Those around it, outermost first."""
    sure: bool = True
    """False where something other than the tests decides whether it is bound: a `try`, a loop."""


_NO_BINDINGS: Mapping[str, str] = {}


class Source(NamedTuple):
    """One Python file of the project, with what it imports."""

    path: str
    """Relative to the project root, with `/`."""
    imports: tuple[Import, ...]
    bindings: Mapping[str, str] = _NO_BINDINGS
    """Top-level names bound to a version test, such as `PY3 = sys.version_info[0] == 3`."""
    constructs: tuple[Construct, ...] = ()
    """What some Python cannot compile; empty for a file that every one compiles."""
    members: tuple[Member, ...] = ()
    definitions: tuple[Definition, ...] = ()
    """What the top level binds that a handler can be, in the order of the file."""
    names: tuple[Definition, ...] = (Definition("*", 1, None),)
    """All that the top level may bind; a name that starts with a dot is of an attribute that the
    file sets in something that it imports. By default, any name."""
    endings: tuple[Ending, ...] = ()
    """Where it ends itself on some Python, or its functions do, in the order of the file."""
    extends_path: bool = False
    """Whether it seems to put folders on `sys.path`."""
