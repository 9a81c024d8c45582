#!/usr/bin/env python3
"""Runs the pedestrian model twice on one 300x300 RGB picture: whole, and cut before its suppression.

  convert_tfjs.py model.pb cut.pb --outputs Postprocessor/ExpandDims_1,Postprocessor/Slice
  pedestrian_reference.py model.pb cut.pb picture.rgb out.json          (with .deps/venv/bin/python)
"""
import json
import sys

import numpy as np
import openvino as ov


def main():
    whole, cut, picture, out = sys.argv[1:]
    pixels = np.fromfile(picture, np.uint8).reshape(1, 300, 300, 3)
    core, options, done = ov.Core(), {"INFERENCE_PRECISION_HINT": "f32"}, {}
    for file in (whole, cut):
        model = core.read_model(file)
        model.reshape([1, 300, 300, 3])
        compiled = core.compile_model(model, "CPU", options)
        results = compiled({0: pixels})
        for output in compiled.outputs:
            for name in output.names:
                done[name] = np.asarray(results[output])
    parts = {k: done[k + ":0"] for k in ("detection_boxes", "detection_scores", "detection_classes", "num_detections")}
    parts |= {"raw_boxes": done["Postprocessor/ExpandDims_1:0"], "raw_scores": done["Postprocessor/Slice:0"]}
    with open(out, "w", encoding="utf-8") as file:
        json.dump({k: v.tolist() for k, v in parts.items()}, file)


if __name__ == "__main__":
    main()
