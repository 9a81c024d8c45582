#!/usr/bin/env python3
"""Turns a TensorFlow.js graph model into a TensorFlow GraphDef that OpenVINO reads, and cuts SSD graphs to what we run.

  convert_tfjs.py MODEL.json OUT.pb [options]     a TF.js graph model; its weight shards lie beside it
  convert_tfjs.py GRAPH.pb OUT.pb [options]       a frozen GraphDef, for the cutting alone

Options:
  --input NODE --shape 1,300,300,3   replace NODE by a float input of this shape; what only fed NODE is dropped
  --outputs A,B                      keep only what these nodes need
  --join T A+B,C+D,...               new node T: A and B side by side (last axis), C and D too, and these tables
                                     one below the other (axis 1)
  --follow A*2,B/2                   resizing nodes whose size is a constant: from now on that of their own picture, times
                                     or by this, so that the graph takes inputs of other sizes, too
  --classes 91 --keep-class 1        TF object-detection SSD: keep this column of every class predictor
                                     (the scores output becomes [1, anchors, 1]; the column's values do not change)

The result depends on the input alone: the same bytes every time. Needs `tensorboard` (for the compiled protocol
messages of GraphDef) and `protobuf`; nothing of TensorFlow itself.
"""
import argparse
import base64
import json
import math
import os
import struct
import sys
from pathlib import Path

from tensorboard.compat.proto import graph_pb2, types_pb2

DTYPES = {"float32": (types_pb2.DT_FLOAT, 4), "int32": (types_pb2.DT_INT32, 4), "bool": (types_pb2.DT_BOOL, 1)}


class ConversionError(Exception):
    """The model is not of a kind that this script converts."""


# --- TF.js to GraphDef ---------------------------------------------------------------------------------------

def text_of(value):
    """TF.js writes byte strings as base64 text or as lists of bytes."""
    return base64.b64decode(value) if isinstance(value, str) else bytes(value)


def fill_shape(proto, shape):
    for dim in shape.get("dim", []):
        proto.dim.add().size = int(dim.get("size", 0))


def fill_list(proto, value):
    proto.i.extend(int(v) for v in value.get("i") or [])
    proto.f.extend(float(v) for v in value.get("f") or [])
    proto.b.extend(bool(v) for v in value.get("b") or [])
    proto.s.extend(text_of(v) for v in value.get("s") or [])
    proto.type.extend(type_of(v) for v in value.get("type") or [])
    for shape in value.get("shape") or []:
        fill_shape(proto.shape.add(), shape)


def type_of(value):
    """Some converters write a type's number, others its name."""
    return int(value) if str(value).isdigit() else types_pb2.DataType.Value(value)


def fill_attribute(proto, attribute):
    (kind, value), = attribute.items()
    if kind == "type":
        proto.type = type_of(value)
    elif kind == "i":
        proto.i = int(value)
    elif kind == "f":
        proto.f = float(value)
    elif kind == "b":
        proto.b = bool(value)
    elif kind == "s":
        proto.s = text_of(value)
    elif kind == "shape":
        fill_shape(proto.shape, value)
    elif kind == "list":
        fill_list(proto.list, value)
    elif kind != "tensor":  # tensors are filled from the weights
        raise ConversionError(f"attribute of unknown kind '{kind}'")


def read_weights(model_file, manifest):
    """name -> (shape, dtype name, raw little-endian bytes)."""
    weights = {}
    for group in manifest:
        data = b"".join((model_file.parent / path).read_bytes() for path in group["paths"])
        at = 0
        for weight in group["weights"]:
            name, dtype = weight["name"], weight["dtype"]
            packed = weight.get("quantization", {}).get("dtype")
            if packed not in (None, "float16") or dtype not in DTYPES or (packed and dtype != "float32"):
                raise ConversionError(f"weight '{name}': {dtype}, quantised: {packed}; "
                                      f"only plain {', '.join(DTYPES)} and float16 can be converted")
            count = math.prod(weight["shape"])
            size = count * (2 if packed else DTYPES[dtype][1])
            if at + size > len(data):
                raise ConversionError(f"weight '{name}' reaches over the end of its shards ({len(data)} bytes)")
            raw = data[at:at + size]
            if packed:
                raw = struct.pack(f"<{count}f", *struct.unpack(f"<{count}e", raw))
            weights[name] = (weight["shape"], dtype, raw)
            at += size
    return weights


def set_tensor(tensor, shape, dtype, raw):
    """Scalars go into the typed fields (OpenVINO reads axes only from there), the rest into tensor_content."""
    tensor.Clear()
    tensor.dtype = DTYPES[dtype][0]
    for size in shape:
        tensor.tensor_shape.dim.add().size = size
    if shape:
        tensor.tensor_content = raw
    elif dtype == "float32":
        tensor.float_val.append(struct.unpack("<f", raw)[0])
    elif dtype == "int32":
        tensor.int_val.append(struct.unpack("<i", raw)[0])
    else:
        tensor.bool_val.append(raw[0] != 0)


def load_tfjs(model_file):
    model = json.loads(model_file.read_text(encoding="utf-8"))
    if "modelTopology" not in model or "node" not in model["modelTopology"]:
        raise ConversionError(f"{model_file}: not a TF.js graph model (no modelTopology.node)")
    weights = read_weights(model_file, model["weightsManifest"])
    graph = graph_pb2.GraphDef()
    for source in model["modelTopology"]["node"]:
        node = graph.node.add(name=source["name"], op=source["op"])
        node.input.extend(source.get("input", []))
        for key in sorted(source.get("attr", {})):
            fill_attribute(node.attr[key], source["attr"][key])
        if node.op == "Const":
            if node.name not in weights:
                raise ConversionError(f"constant '{node.name}' has no weights")
            set_tensor(node.attr["value"].tensor, *weights[node.name])
    return graph


# --- cutting -------------------------------------------------------------------------------------------------

def base_name(name):
    """'^a' and 'a:1' both name node a."""
    return name.lstrip("^").split(":")[0]


def find_node(graph, name):
    for node in graph.node:
        if node.name == name:
            return node
    raise ConversionError(f"the graph has no node '{name}'")


def replace_by_input(graph, name, shape):
    node = find_node(graph, name)
    node.op = "Placeholder"
    del node.input[:]
    node.attr.clear()
    node.attr["dtype"].type = types_pb2.DT_FLOAT
    for size in shape:
        node.attr["shape"].shape.dim.add().size = size


def add_concat(graph, name, parts, axis):
    find_node(graph, parts[0])
    where = graph.node.add(name=name + "/axis", op="Const")
    where.attr["dtype"].type = types_pb2.DT_INT32
    set_tensor(where.attr["value"].tensor, [], "int32", struct.pack("<i", axis))
    node = graph.node.add(name=name, op="ConcatV2")
    node.input.extend(list(parts) + [where.name])
    node.attr["N"].i = len(parts)
    node.attr["T"].type = types_pb2.DT_FLOAT
    node.attr["Tidx"].type = types_pb2.DT_INT32


def join(graph, name, rows):
    """rows: "A+B,C+D". What lies in several outputs becomes one table."""
    tables = []
    for i, row in enumerate(rows.split(",")):
        parts = row.split("+")
        tables.append(f"{name}/{i}")
        add_concat(graph, tables[-1], parts, 2)
    add_concat(graph, name, tables, 1)


def add_int32(graph, name, values):
    node = graph.node.add(name=name, op="Const")
    node.attr["dtype"].type = types_pb2.DT_INT32
    set_tensor(node.attr["value"].tensor, [len(values)], "int32", struct.pack(f"<{len(values)}i", *values))
    return name


def follow(graph, rules):
    """rules: "A*2,B/2". A resized picture [N,H,W,C] is as large as the one it is made of, times or by a number."""
    for rule in rules.split(","):
        name, sign, factor = rule.rpartition("*" if "*" in rule else "/")
        node = find_node(graph, name)
        if node.op != "ResizeBilinear" or sign == "":
            raise ConversionError(f"'{rule}' is not a resizing node with *N or /N")
        shape = graph.node.add(name=name + "/of", op="Shape", input=[node.input[0]])
        shape.attr["T"].type = types_pb2.DT_FLOAT
        shape.attr["out_type"].type = types_pb2.DT_INT32
        ends = [add_int32(graph, f"{name}/{part}", [at]) for part, at in (("from", 1), ("to", 3), ("step", 1))]
        sides = graph.node.add(name=name + "/sides", op="StridedSlice", input=[shape.name, *ends])
        sides.attr["T"].type = sides.attr["Index"].type = types_pb2.DT_INT32
        by = add_int32(graph, name + "/by", [int(factor)] * 2)
        size = graph.node.add(name=name + "/size", op="Mul" if sign == "*" else "FloorDiv", input=[sides.name, by])
        size.attr["T"].type = types_pb2.DT_INT32
        node.input[1] = size.name


def keep_only(graph, outputs):
    nodes = {node.name: node for node in graph.node}
    wanted, stack = set(), list(outputs)
    for name in outputs:
        find_node(graph, name)
    while stack:
        name = stack.pop()
        if name in wanted:
            continue
        wanted.add(name)
        stack.extend(base_name(i) for i in nodes[name].input if not i.startswith("^"))
    for node in list(graph.node):
        if node.name not in wanted:
            graph.node.remove(node)
            continue
        data = [i for i in node.input if not i.startswith("^")]  # control edges order side effects; there are none
        del node.input[:]
        node.input.extend(data)


def columns_of(raw, width, keep):
    """Of rows of `width` floats, the kept columns."""
    step = width * 4
    return b"".join(raw[at + c * 4:at + c * 4 + 4] for at in range(0, len(raw), step) for c in keep)


def shape_of(node):
    return [dim.size for dim in node.attr["value"].tensor.tensor_shape.dim]


def keep_class(graph, classes, kept):
    """Cuts the class predictors of a TF object-detection SSD down to one class."""
    reshapes = 0
    for node in graph.node:
        if node.op != "Const":
            continue
        shape, tensor = shape_of(node), node.attr["value"].tensor
        if "/ClassPredictor/" in node.name and shape and shape[-1] % classes == 0:
            columns = [a * classes + kept for a in range(shape[-1] // classes)]
            raw = columns_of(tensor.tensor_content, shape[-1], columns)
            set_tensor(tensor, shape[:-1] + [len(columns)], "float32", raw)
        elif node.name.startswith("BoxPredictor_") and not shape and list(tensor.int_val) == [classes]:
            tensor.int_val[0] = 1
            reshapes += 1
    if reshapes == 0:
        raise ConversionError(f"no class predictor with {classes} classes found")


def convert(source, target, options):
    if source.suffix == ".json":
        graph = load_tfjs(source)
    else:
        graph = graph_pb2.GraphDef()
        graph.ParseFromString(source.read_bytes())
    if options.get("input"):
        replace_by_input(graph, options["input"], options["shape"])
    if options.get("keep_class") is not None:
        keep_class(graph, options["classes"], options["keep_class"])
    if options.get("join"):
        join(graph, *options["join"])
    if options.get("follow"):
        follow(graph, options["follow"])
    if options.get("outputs"):
        keep_only(graph, options["outputs"])
    part = target.with_name(target.name + ".part")
    part.write_bytes(graph.SerializeToString(deterministic=True))
    os.replace(part, target)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", type=Path)
    parser.add_argument("target", type=Path)
    parser.add_argument("--input")
    parser.add_argument("--shape", type=lambda t: [int(v) for v in t.split(",")])
    parser.add_argument("--outputs", type=lambda t: t.split(","))
    parser.add_argument("--join", nargs=2, metavar=("NAME", "ROWS"))
    parser.add_argument("--follow", metavar="RULES")
    parser.add_argument("--classes", type=int)
    parser.add_argument("--keep-class", type=int)
    args = parser.parse_args()
    try:
        convert(args.source, args.target, vars(args))
    except (ConversionError, OSError, KeyError, ValueError) as error:
        sys.exit(f"convert_tfjs: {args.source}: {error}")


if __name__ == "__main__":
    main()
