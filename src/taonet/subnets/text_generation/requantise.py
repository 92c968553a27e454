"""
A coarser copy of a model: what a dishonest miner would run to save memory.

It exists so that anybody can see the validator catch it.
"""

import os
from pathlib import Path

import gguf

from taonet.subnets.llama.gguf_file import GgufFile

_COARSE = gguf.GGMLQuantizationType.Q4_0
_FROM = (gguf.GGMLQuantizationType.Q4_1,)


def requantised(path: Path, folder: Path) -> Path:
    """The model at `path` with its Q4_1 weights as Q4_0, in `folder`; made once, in seconds."""
    target = folder / f"{path.stem}.requantised-{_COARSE.name}.gguf"
    if target.exists():
        return target
    folder.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f".{target.name}.{os.getpid()}")
    file = GgufFile.open(path)
    writer = gguf.GGUFWriter(temporary, file.facts["general.architecture"])
    _copy_facts(path, writer)
    for tensor in file.tensors.values():
        if tensor.kind in _FROM:
            coarse = gguf.quantize(file.numbers(tensor.name), _COARSE)
            writer.add_tensor(tensor.name, coarse, raw_dtype=_COARSE)
        elif tensor.kind == gguf.GGMLQuantizationType.F32:
            writer.add_tensor(tensor.name, file.numbers(tensor.name))
        else:
            writer.add_tensor(tensor.name, file.blocks(tensor), raw_dtype=tensor.kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    temporary.replace(target)
    return target


def _copy_facts(path: Path, writer: gguf.GGUFWriter) -> None:
    for field in gguf.GGUFReader(path).fields.values():
        if field.name.startswith("GGUF.") or field.name == "general.architecture":
            continue
        inner = field.types[-1] if field.types[0] == gguf.GGUFValueType.ARRAY else None
        writer.add_key_value(field.name, field.contents(), field.types[0], sub_type=inner)
