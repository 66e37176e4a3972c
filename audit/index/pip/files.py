"""pip's configuration files: where they are, without asking pip, and a digest of all they say."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence


def config_files(environ: Mapping[str, str], platform: str = sys.platform) -> tuple[str, ...]:
    """Return the configuration files that there are, the strongest last.

    They are looked for where pip looks (`pip config debug`): for all users, for this one,
    beside the interpreter, and where PIP_CONFIG_FILE says. Naming one too many costs time
    but no truth, since pip is asked whenever there is any.
    """
    named = environ.get("PIP_CONFIG_FILE")
    if named == os.devnull:
        return ()
    places = [*_places(environ, platform), *([named] if named else [])]
    return tuple(dict.fromkeys(place for place in places if os.path.isfile(place)))  # noqa: PTH113  # is_file() raises in a folder we may not search


def _places(environ: Mapping[str, str], platform: str) -> Iterator[str]:
    match platform:
        case "win32":
            folders, name = _windows(environ), "pip.ini"
        case "darwin":
            folders, name = _mac(environ), "pip.conf"
        case _:
            folders, name = _unix(environ), "pip.conf"
    return (f"{folder}/{name}" for folder in (*folders, sys.prefix))


def _unix(environ: Mapping[str, str]) -> Iterator[str]:
    # The XDG base directory rules; a variable of blanks counts as unset.
    for folder in _set(environ, "XDG_CONFIG_DIRS", "/etc/xdg").split(os.pathsep):
        yield f"{expanded(folder, environ)}/pip"
    yield "/etc"
    yield f"{home(environ)}/.pip"
    yield f"{expanded(_set(environ, 'XDG_CONFIG_HOME', '~/.config'), environ)}/pip"


def _mac(environ: Mapping[str, str]) -> Iterator[str]:
    for prefix in ("/opt/homebrew/share", "/usr/local/share", "/Library/Application Support"):
        yield f"{prefix}/pip"
    for folder in _set(environ, "XDG_DATA_DIRS", "").split(os.pathsep):
        yield f"{expanded(folder, environ)}/pip"
    yield f"{home(environ)}/.pip"
    for folder in ("~/.config", _set(environ, "XDG_DATA_HOME", "~/Library/Application Support")):
        yield f"{expanded(folder, environ)}/pip"
    yield f"{home(environ)}/Library/Application Support/pip"


def _windows(environ: Mapping[str, str]) -> Iterator[str]:
    user = home(environ)
    yield f"{_set(environ, 'PROGRAMDATA', 'C:/ProgramData')}/pip"
    yield f"{user}/pip"
    yield f"{_set(environ, 'APPDATA', f'{user}/AppData/Roaming')}/pip"
    yield f"{_set(environ, 'LOCALAPPDATA', f'{user}/AppData/Local')}/pip"


def _set(environ: Mapping[str, str], name: str, otherwise: str) -> str:
    value = environ.get(name, "")
    return value if value.strip() else otherwise


def home(environ: Mapping[str, str]) -> str:
    """Return the user's home folder as `os.path.expanduser` finds it."""
    name = "USERPROFILE" if sys.platform == "win32" else "HOME"
    return environ.get(name) or os.path.expanduser("~")  # noqa: PTH111  # Path.home() raises where there is none


def expanded(path: str, environ: Mapping[str, str]) -> str:
    """Return a path with a leading `~` resolved."""
    if path == "~" or path.startswith(("~/", "~\\")):
        return home(environ) + path[1:]
    return os.path.expanduser(path)  # noqa: PTH111  # expanduser() raises for `~nobody`


def settings_key(environ: Mapping[str, str], files: Sequence[str]) -> str:
    """Return a digest of all that pip's answer depends on, its own version included."""
    import hashlib  # noqa: PLC0415  # 3 ms, for those who have a configuration file

    import pip  # noqa: PLC0415  # its version alone

    digest = hashlib.sha256(repr((pip.__version__, _pip_tools())).encode())
    digest.update(repr((sys.prefix, os.getcwd(), environ.get("HOME"))).encode())  # noqa: PTH109  # a text is wanted
    said = sorted(each for each in environ.items() if each[0].startswith("PIP_"))
    digest.update(repr(said).encode("utf-8", "surrogateescape"))
    for file in files:
        digest.update(repr((file, _content(file))).encode("utf-8", "surrogateescape"))
    return digest.hexdigest()


def _pip_tools() -> int | None:
    # Its version would take importlib.metadata, 15 ms; another version has another file date.
    from importlib.util import find_spec  # noqa: PLC0415  # as above

    spec = find_spec("piptools")
    return os.stat(spec.origin).st_mtime_ns if spec and spec.origin else None  # noqa: PTH116  # a number is wanted


def _content(file: str) -> bytes | None:
    try:
        with open(file, "rb") as stream:  # noqa: PTH123  # pathlib adds nothing
            return stream.read()
    except OSError:
        return None
