"""From the generated C of a model to one .c and one .h, whose names clash with no other model's."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from edgegen.codegen.render import INCLUDE, environment

_SYSTEM_INCLUDE = re.compile(r"^[ \t]*#[ \t]*include[ \t]*<([^>]+)>[^\n]*\n", re.MULTILINE)
_OWN_INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*"([^"]+)"[^\n]*\n', re.MULTILINE)
_GUARD = re.compile(r"^#ifndef (EG_\w+_H)\n#define \1\n(.*)^#endif\n*\Z", re.MULTILINE | re.DOTALL)
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_MACRO = re.compile(r"^[ \t]*#[ \t]*define[ \t]+(\w+)", re.MULTILINE)
_DIRECTIVE = re.compile(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", re.MULTILINE)
_FUNCTION_OR_DATA = re.compile(r"^(?:static|EG_INLINE)\b[^;{=(\[]*?\b(\w+)\s*(?:[(\[=;])", re.MULTILINE)
_TYPE = re.compile(r"^\{\}\s*(\w+);|^typedef\b[^;{]*?\b(\w+);|^typedef[^;{]*\{\}\s*(\w+);", re.MULTILINE)
_FLOAT = re.compile(r"\b(?:float|double)\b")
_ENUM = re.compile(r"^(?:typedef )?enum\b[^{;]*\{([^}]*)\}", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class _Source:
    """A kernel file: its text without guard and system's includes, what it includes, and the names that it defines."""

    text: str
    system: tuple[str, ...]
    own: tuple[str, ...]
    names: frozenset[str]
    macros: frozenset[str]


def single_file(files: Mapping[str, bytes], model: str) -> dict[str, bytes]:
    """The model's .c and .h, by name, made of the files that `render_model` gives.

    Every kernel gets the model's name in front of its own: two models link together, whatever version of edgegen made
    them.
    """
    sources = {name: _read(data.decode()) for name, data in files.items() if name.startswith("eg_")}
    text = files[f"{model}.c"].decode()
    main = _read(text)
    apart = _headers_apart(sources)
    shared = [name for name in _closure([*main.own, *sorted(sources)], sources) if name.endswith(".h")]
    shared = [name for name in shared if name not in apart]
    parts = [_OWN_INCLUDE.sub("", sources[name].text) for name in shared]
    taken = set().union(*(sources[name].names for name in shared))
    kept = set().union(*(sources[name].macros for name in shared))
    for name in sorted(sources):
        if name.endswith(".c"):
            local = [header for header in _closure(sources[name].own, sources) if header in apart]
            own = [sources[each] for each in (*local, name)]
            names = frozenset[str]().union(*(source.names for source in own))
            macros = frozenset[str]().union(*(source.macros for source in own)) - kept
            section = _rename(_expand(name, sources, set(shared)), names & taken, name.removesuffix(".c"))
            parts.append(section + "".join(f"#undef {macro}\n" for macro in sorted(macros)))
            taken |= names
    body = "\n".join(part.strip("\n") + "\n" for part in [*parts, _OWN_INCLUDE.sub("", main.text[_head(text) :])])
    context = {
        "model": model,
        "head": text[: _head(text)],
        "system": sorted({header for source in [*sources.values(), main] for header in source.system}),
        "body": re.sub(r"\n{3,}", "\n\n", re.sub(r"\beg_(?=\w)", f"{model}_eg_", body)),
        "has_float": any(_FLOAT.search(sources[name].text) for name in sources if name.endswith(".c")),
    }
    rendered = environment().get_template("model/single_file.c.j2").render(context)
    return {f"{model}.c": rendered.encode(), f"{model}.h": files[f"{model}.h"]}


def _read(text: str) -> _Source:
    system = tuple(_SYSTEM_INCLUDE.findall(text))
    bare = _SYSTEM_INCLUDE.sub("", text)
    guarded = _GUARD.search(bare)
    if guarded:
        bare = bare[: guarded.start()] + guarded.group(2)
    names = frozenset(_file_scope_names(bare))
    return _Source(bare, system, tuple(INCLUDE.findall(text)), names, frozenset(_MACRO.findall(bare)))


def _head(text: str) -> int:
    """Where the comment at the top of a generated file ends."""
    return text.index("*/") + 3


def _expand(name: str, sources: Mapping[str, _Source], done: set[str]) -> str:
    """A file with the text of its headers in the place of each first #include."""

    def include(match: re.Match[str]) -> str:
        if match.group(1) in done:
            return ""
        done.add(match.group(1))
        return _expand(match.group(1), sources, done)

    return _OWN_INCLUDE.sub(include, sources[name].text)


def _rename(text: str, names: Iterable[str], suffix: str) -> str:
    """Gives names of a file another ending; fields of structs, behind a point or an arrow, keep theirs."""
    for name in sorted(names):
        text = re.sub(rf"(?<![\w.])(?<!->){name}\b", f"{name}_{suffix}", text)
    return text


def _file_scope_names(text: str) -> Iterable[str]:
    """What a file defines for itself: static functions and data, types, enumerators."""
    plain = _DIRECTIVE.sub("", _COMMENT.sub("", text))
    for body in _ENUM.findall(plain):
        yield from re.findall(r"(\w+)\s*(?:=[^,]*)?(?:,|\Z)", body.strip())
    flat, depth = list[str](), 0
    for piece in re.split(r"([{}])", plain):
        depth += piece == "{"
        if depth == 0 or (piece in ("{", "}") and depth == 1):
            flat.append(piece)
        depth -= piece == "}"
    outside = "".join(flat)
    yield from _FUNCTION_OR_DATA.findall(outside)
    for groups in _TYPE.findall(outside):
        yield from (name for name in groups if name)


def _closure(files: Iterable[str], sources: Mapping[str, _Source]) -> list[str]:
    """Files and all that they include, each after what it includes."""
    found: dict[str, None] = {}
    for name in files:
        if name in sources and name not in found:
            found |= dict.fromkeys(_closure(sources[name].own, sources))
            found[name] = None
    return list(found)


def _headers_apart(sources: Mapping[str, _Source]) -> frozenset[str]:
    """Headers that define a name which another one defines, too, and those that only they include."""
    headers = [name for name in sources if name.endswith(".h")]
    apart = {a for a in headers for b in headers if a != b and sources[a].names & sources[b].names}
    users: dict[str, set[str]] = {header: set() for header in headers}
    for name, source in sources.items():
        for header in source.own:
            users[header].add(name)
    return frozenset(apart | {header for header in headers if users[header] and users[header] <= apart})
