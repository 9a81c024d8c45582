#!/usr/bin/env python3
"""Writes tiny OpenVINO models with known outputs into a folder: make_models.py DIR (with .deps/venv/bin/python)."""
import sys
from pathlib import Path

import numpy as np
import openvino as ov
from openvino import opset13 as ops

SIZE = 32


def constant(values, dtype=np.float32):
    return ops.constant(np.asarray(values, dtype))


def named(node, name):
    node.output(0).tensor.set_names({name})
    return node


def save(folder, name, outputs, inputs, info=None):
    model = ov.Model([ops.result(o) for o in outputs], inputs, name)
    for key, value in (info or {}).items():
        model.set_rt_info(value, ["model_info", key])
    ov.save_model(model, folder / f"{name}.xml", compress_to_fp16=False)


def picture(shape, dtype=np.float32):
    parameter = ops.parameter(shape, dtype, name="image")
    parameter.output(0).tensor.set_names({"image"})
    return parameter


def channel_means(image, channels_first):
    """[1,3,1] of the numbers that arrive at the model's input."""
    image = ops.convert(image, np.float32)
    means = ops.reduce_mean(image, constant([0, 2, 3] if channels_first else [0, 1, 2], np.int64))
    return ops.reshape(means, constant([1, 3, 1], np.int64), False)


def probe(folder, name, shape, channels_first, dtype=np.float32, info=None):
    """Three end-to-end rows whose scores are the means of the input's channels, so that a test can see the numbers."""
    image = picture(shape, dtype)
    boxes = constant([[[0, 0, 8, 16], [8, 0, 16, 16], [16, 8, 24, 32]]])
    table = ops.concat([boxes, channel_means(image, channels_first), constant([[[0], [0], [0]]])], 2)
    save(folder, name, [named(table, "output0")], [image], info)


def ssd_raw(folder):
    """Two heaps of boxes; the scores follow the brightness, so that two pictures give two results."""
    image = picture([1, SIZE, SIZE, 3])
    light = ops.divide(ops.reduce_mean(image, constant([0, 1, 2, 3], np.int64), True), constant(255.0))
    light = ops.reshape(light, constant([1, 1, 1], np.int64), False)
    boxes = constant([[0.0, 0.0, 0.5, 0.25], [0.0, 0.01, 0.5, 0.26], [0.5, 0.5, 1.0, 0.75]]).output(0)
    boxes = ops.add(ops.reshape(boxes, constant([1, 3, 1, 4], np.int64), False), ops.multiply(ops.unsqueeze(light, constant(0, np.int64)), constant(0.0)))
    scores = ops.multiply(constant([[[0.8, 0.1], [0.9, 0.1], [0.6, 0.9]]]), light)
    save(folder, "ssd_raw", [named(boxes, "boxes"), named(scores, "scores")], [image])


def finished_detr(folder):
    """Boxes come in pixels of the size that the second input says."""
    image = picture([1, 3, SIZE, SIZE])
    size = ops.parameter([-1, 2], np.int64, name="orig_target_sizes")
    size.output(0).tensor.set_names({"orig_target_sizes"})
    scale = ops.convert(ops.concat([size, size], 1), np.float32)
    boxes = ops.multiply(constant([[[0.25, 0.5, 0.75, 1.0]]]), ops.unsqueeze(scale, constant(1, np.int64)))
    zero = ops.multiply(ops.reduce_mean(image, constant([0, 1, 2, 3], np.int64)), constant(0.0))
    scores, labels = ops.add(constant([[0.7]]), zero), constant([[0]], np.int64)
    labels = ops.add(labels, ops.convert(zero, np.int64))
    save(folder, "detr", [named(labels, "labels"), named(boxes, "boxes"), named(scores, "scores")], [image, size])


def unknown(folder):
    image = picture([1, 3, SIZE, SIZE])
    save(folder, "embedding", [named(ops.reshape(channel_means(image, True), constant([1, 3], np.int64), False), "embedding")], [image])
    gray = ops.parameter([1, 1, SIZE, SIZE], np.float32, name="gray")
    gray.output(0).tensor.set_names({"gray"})
    save(folder, "gray", [named(ops.relu(gray), "out")], [gray])


def fails_when_run(folder):
    """Reshapes 6 numbers by the picture's brightest pixel: 6 works, 7 cannot."""
    image = picture([1, 3, SIZE, SIZE])
    columns = ops.convert(ops.reduce_max(image, constant([0, 1, 2, 3], np.int64)), np.int64)
    target = ops.concat([constant([1, 1], np.int64), ops.unsqueeze(columns, constant(0, np.int64))], 0)
    table = ops.reshape(constant([4, 4, 20, 28, 0.5, 0]), target, False)
    save(folder, "fragile", [named(table, "output0")], [image])


def main():
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    probe(folder, "nchw", [1, 3, SIZE, SIZE], True)
    probe(folder, "nhwc_u8", [1, SIZE, SIZE, 3], False, np.uint8)
    probe(folder, "dynamic", [-1, 3, -1, -1], True)
    probe(folder, "described", [1, 3, SIZE, SIZE], True, info={
        "model_type": "YOLOv8", "labels": "person car", "reverse_input_channels": "YES", "scale_values": "100 200 250",
        "mean_values": "10 20 30", "resize_type": "standard"})
    ssd_raw(folder)
    finished_detr(folder)
    unknown(folder)
    fails_when_run(folder)


if __name__ == "__main__":
    main()
