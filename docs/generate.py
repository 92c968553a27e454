"""
Writes `docs/reference` from the declarations: `python -m docs.generate`.

A page says what is declared and nothing else, so that no list is kept by hand; `tests/test_docs.py`
fails while a page is not what would be written.
"""

import enum
import inspect
import sys
from collections.abc import Callable, Iterator, Mapping
from itertools import groupby
from pathlib import Path
from typing import Any

import typer

from taonet.cli.main import application
from taonet.frame.pallet import PalletSpec
from taonet.frame.storage import StorageItem
from taonet.node.rpc import namespaces
from taonet.node.rpc.parameters import Signature
from taonet.node.rpc.runtime_calls import WRAPPED
from taonet.runtime.pallets import SPECS
from taonet.runtime.runtime_apis import APIS
from taonet.scale import types as scale

REFERENCE = Path(__file__).parent / "reference"
WRITTEN = "<!-- Written by `make docs` from the declarations. -->"

Row = tuple[str, ...]


def table(*rows: Row) -> Iterator[str]:
    """A table whose first row is the head; nothing if there is no other."""
    if len(rows) < 2:
        return
    lines = ["| " + " | ".join(one_line(cell) for cell in row) + " |" for row in rows]
    yield from (lines[0], "|" + "---|" * len(rows[0]), *lines[1:], "")


def one_line(text: str) -> str:
    """A text that fits into a cell."""
    return " ".join(text.split()).replace("|", "\\|")


def code(text: str) -> str:
    """A text in code font; nothing for nothing."""
    return f"`{text}`" if text else ""


# The command line.


def cli() -> Iterator[str]:
    """Every command with its arguments and options."""
    yield from ("# The command line", "", "`taonet --version` says the version.", "")
    commands: Mapping[str, Any] = vars(typer.main.get_command(application()))["commands"]
    for name, command in sorted(commands.items()):
        yield from _command(f"taonet {name}", command)


def _command(name: str, command: Any) -> Iterator[str]:
    parameters = [p for p in command.params if p.name != "help"]
    arguments = [p for p in parameters if p.param_type_name == "argument"]
    options = [p for p in parameters if p.param_type_name == "option"]
    usage = [p.name.upper() if p.required else f"[{p.name.upper()}]" for p in arguments]
    usage += [f"{p.opts[0]} {p.name.upper()}" for p in options if p.required]
    yield from (f"## {name}", "", inspect.cleandoc(command.help or ""), "")
    if hasattr(command, "commands"):
        for inner, found in sorted(command.commands.items()):
            yield from _command(f"{name} {inner}", found)
        return
    yield from (code(" ".join((name, *usage))), "")
    yield from table(
        ("", "what", "default"),
        *((code(p.name.upper()), _help(p), _default(p)) for p in arguments),
        *((code(p.opts[0]), _help(p), _default(p)) for p in options),
    )


def _help(parameter: Any) -> str:
    annotation = parameter.type_descriptor.annotation
    choices = ""
    if isinstance(annotation, type) and issubclass(annotation, enum.Enum):
        choices = f" One of {', '.join(code(str(choice.value)) for choice in annotation)}."
    variable = f" Or ${parameter.envvar}." if parameter.envvar else ""
    return f"{parameter.help or ''}{choices}{variable}"


def _default(parameter: Any) -> str:
    default = parameter.default
    if parameter.required:
        return "required"
    if default is None or isinstance(default, bool) or default == "":
        return ""
    return code(str(default.value if isinstance(default, enum.Enum) else default))


# What a node answers.


def rpc() -> Iterator[str]:
    """Every JSON-RPC method and every runtime API."""
    yield from (
        "# What a node answers",
        "",
        "JSON-RPC 2.0 over WebSocket and HTTP POST on one port, parameters by position or by name.",
        "`dev_*`, `engine_*` and `taonet_*` are there with `taonet node --dev` only.",
        "",
    )
    methods = sorted((*_declared_methods(), *_wrapped_methods()))
    for namespace, rows in groupby(methods, key=lambda row: row[0].split("_")[0]):
        yield from (f"## {namespace}", "")
        rows_in_code = ((code(name), code(parameters), what) for name, parameters, what in rows)
        yield from table(("method", "parameters", "what"), *rows_in_code)
    yield from ("# Runtime APIs", "", "By `state_call`, arguments and answer in SCALE.", "")
    for api in APIS:
        yield from (f"## {api.name}", "", inspect.getdoc(api) or "", "")
        yield from table(
            ("method", "arguments", "answer", "what"),
            *(
                (code(m.name), code(_fields(m.inputs)), code(type_name(m.output)), m.doc)
                for m in api.methods
            ),
        )


def _declared_methods() -> Iterator[Row]:
    """Name, parameters and first sentence of what the namespaces declare."""
    classes = [cls for cls in vars(namespaces).values() if inspect.isclass(cls)]
    for cls in classes:
        for _, function in inspect.getmembers(cls, inspect.isfunction):
            declared = getattr(function, "rpc_declaration", None)
            if declared is None:
                continue
            given = 2 if declared.needs_exchange or declared.notifies else 1
            parameters = ", ".join(Signature(function, given).names())
            doc = (inspect.getdoc(function) or "").split("\n\n")[0]
            yield from ((name, parameters, doc) for name in declared.names)
            ended = f"Ends {code(declared.names[0])}."
            yield from ((name, "subscription", ended) for name in declared.ends)


def _wrapped_methods() -> Iterator[Row]:
    """The methods that call a runtime API."""
    for name, wrapped in WRAPPED.items():
        parameters = ", ".join(Signature(wrapped.parameters, given=0).names())
        yield name, parameters, f"Calls {code(wrapped.api)}."


# What stands on chain.


def calls() -> Iterator[str]:
    """Every call, event, error and constant."""
    yield from ("# Calls, events, errors and constants", "")
    yield from ("Indices are those on the wire. A call without a fee says so.", "")
    for spec in SPECS:
        if not (spec.calls or spec.events or spec.errors or spec.constants):
            continue
        yield from (f"## {spec.name} ({spec.index})", "")
        yield from _calls(spec)
        yield from table(
            ("event", "", "fields", "what"),
            *(
                (str(e.index), code(e.name), code(_fields(scale.fields_of(e))), _doc(e))
                for e in spec.events
            ),
        )
        yield from table(
            ("error", "", "what"),
            *((str(e.index), code(e.name), _doc(e)) for e in spec.errors),
        )
        yield from table(
            ("constant", "type", "what"),
            *((code(c.name), code(type_name(c.type)), c.doc) for c in spec.constants),
        )


def _calls(spec: PalletSpec) -> Iterator[str]:
    free = "no fee"
    yield from table(
        ("call", "", "arguments", "what", ""),
        *(
            (
                str(call.index),
                code(call.name),
                code(_fields(call.fields)),
                call.doc,
                free if getattr(call.pays, "name", "") == "NO" else "",
            )
            for call in spec.calls
        ),
    )


def storage() -> Iterator[str]:
    """Every storage item."""
    yield from (
        "# Storage",
        "",
        "A raw key is twox128 of the pallet's name, twox128 of the item's, then each key behind",
        "its hash. An optional item is absent without a value; any other has a default.",
        "",
    )
    for spec in SPECS:
        if spec.storage_items:
            yield from (f"## {spec.name}", "")
            yield from table(("item", "keys", "value", "what"), *map(_item, spec.storage_items))


def _item(item: StorageItem[Any]) -> Row:
    keys = ", ".join(f"{part.hasher.name}({type_name(part.type)})" for part in item.parts)
    value = code(type_name(item.type)) + (" optional" if item.optional else "")
    return code(item.name), code(keys), value, item.doc


def _doc(declared: type) -> str:
    return (declared.__doc__ or "").strip()


def _fields(fields: tuple[scale.Field, ...]) -> str:
    return ", ".join(
        f"{field.name}: {type_name(field.type)}" if field.name else type_name(field.type)
        for field in fields
    )


def type_name(kind: scale.Type[Any]) -> str:  # noqa: C901 - a case a type
    """A SCALE type as people write it."""
    match kind:
        case scale.Compact(inner):
            return f"compact {type_name(inner)}"
        case scale.Vec(item, limit):
            return f"[{type_name(item)}]" + (f" up to {limit}" if limit else "")
        case scale.Packed(item):
            return f"[{type_name(item)}]"
        case scale.SetType(item):
            return f"set of {type_name(item)}"
        case scale.Bytes(limit):
            return "bytes" + (f" up to {limit}" if limit else "")
        case scale.Array(item, length):
            return f"[{type_name(item)}; {length}]"
        case scale.ByteArray(length, _, path):
            return path[-1] if path else f"[u8; {length}]"
        case scale.Tuple(elements):
            return f"({', '.join(map(type_name, elements))})"
        case scale.Option(inner):
            return f"{type_name(inner)} or none"
        case scale.MapType(key, value):
            return f"map of {type_name(key)} to {type_name(value)}"
        case scale.Composite(cls) | scale.Variants(cls):
            return str(cls.__name__)
        case scale.Primitive(name) | scale.FixedPoint(name) | scale.Late(name):
            return str(name)
    raise TypeError(f"{kind!r} has no name here")


PAGES: Mapping[str, Callable[[], Iterator[str]]] = {
    "cli.md": cli,
    "rpc.md": rpc,
    "calls.md": calls,
    "storage.md": storage,
}


def page(name: str) -> str:
    """The text of a reference page."""
    return "\n".join((WRITTEN, "", *PAGES[name]())).rstrip("\n") + "\n"


def main() -> None:
    """Write every page."""
    REFERENCE.mkdir(exist_ok=True)
    for name in PAGES:
        (REFERENCE / name).write_text(page(name), encoding="utf-8")
        sys.stdout.write(f"wrote docs/reference/{name}\n")


if __name__ == "__main__":
    main()
