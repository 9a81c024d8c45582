#!/usr/bin/env python3
"""Makes tests/detect/golden/*.json: small tensors and the boxes that each family's own post-processing makes of them.

Run by hand when a decoder's reference changes; the tests only read the results. It wants torch, torchvision, numpy and  # noqa
these packages unpacked on PYTHONPATH (their code is called, none of it is shipped):
  yolox 0.3.0 (Apache-2.0), libreyolo 1.6.0 (MIT), openvino-model-api 0.4.7 (Apache-2.0),
  transformers 4.42.4 (Apache-2.0), rfdetr 1.11.2 (Apache-2.0)
For the two SSD models also, made before: --tfjs FILE of tfjs_reference.js, --pedestrian FILE of pedestrian_reference.py.
  make_goldens.py OUT_DIR [--tfjs FILE] [--pedestrian FILE]
"""
import argparse
import importlib.util
import json
import sys
import types
from pathlib import Path

import numpy as np
import torch
import torchvision

OPS = torchvision.extension  # loading it registers the operators that the references use
SCORE, IOU = 0.15, 0.6
RNG = np.random.default_rng(20260722)


def module_of(package, path):
    """Loads one file of a package without running the package's __init__, which wants far more than we need."""
    root = next(Path(p) for p in sys.path if (Path(p) / package).is_dir()) / package
    for part in [package] + [".".join([package] + path.split("/")[:i]) for i in range(1, path.count("/") + 1)]:
        if part not in sys.modules:
            stub = types.ModuleType(part)
            stub.__path__ = [str(root.parent / part.replace(".", "/"))]
            sys.modules[part] = stub
    name = package + "." + path.replace("/", ".")
    spec = importlib.util.spec_from_file_location(name, root / (path + ".py"))
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def rounded(array, digits=4):
    return np.round(np.asarray(array, np.float32), digits).astype(np.float32)


def crowd(n, width, height, persons=6):
    """n boxes (centre, size) that heap up around a few places, so that suppression has work to do."""
    at = RNG.uniform([0.15 * width, 0.2 * height], [0.85 * width, 0.8 * height], (persons, 2))
    size = RNG.uniform([0.1 * width, 0.2 * height], [0.3 * width, 0.5 * height], (persons, 2))
    who = RNG.integers(0, persons, n)
    centers = at[who] + RNG.normal(0, 0.02, (n, 2)) * [width, height]
    return rounded(np.hstack([centers, size[who] * RNG.uniform(0.8, 1.2, (n, 2))]))


def class_scores(n, classes):
    """Most near 0, some high; person is not always the best class."""
    return rounded(RNG.uniform(0, 1, (n, classes)) ** 3)


def write(out, name, reference, decoder, outputs, expected, width=64, height=64, person=0, hints=None):
    golden = {
        "reference": reference, "decoder": decoder, "width": width, "height": height, "score": SCORE, "iou": IOU, "person": person,
        "hints": hints or {},
        "outputs": [{"names": [n], "shape": list(a.shape), "data": [float(f"{v:.7g}") for v in np.asarray(a, np.float32).ravel()]} for n, a in outputs],
        "expected": sorted(([float(f"{v:.7g}") for v in row] for row in np.asarray(expected, np.float64).reshape(-1, 5)), key=lambda r: -r[4]),
    }
    text = json.dumps(golden, separators=(",", ":"))
    (out / f"{name}.json").write_text(text + "\n", encoding="utf-8")
    print(f"{name}: {len(text)} bytes, {len(golden['expected'])} boxes by {reference}")


def yolox(out):
    boxes = module_of("yolox", "utils/boxes")
    demo = module_of("yolox", "utils/demo_utils")
    raw = np.hstack([RNG.normal(0.5, 0.8, (84, 2)), RNG.normal(0.6, 0.5, (84, 2)), RNG.uniform(0.2, 1, (84, 1)), class_scores(84, 3)])
    raw = rounded(raw)[None]
    decoded = demo.demo_postprocess(raw.copy(), (64, 64))
    found = boxes.postprocess(torch.from_numpy(decoded), 3, SCORE, IOU)[0].numpy()
    found = found[found[:, 6] == 0]
    write(out, "yolox", "yolox 0.3.0 demo_postprocess + postprocess", "yolox", [("output", raw)],
          np.hstack([found[:, :4], (found[:, 4] * found[:, 5])[:, None]]))


def yolov5(out):
    v7 = module_of("libreyolo", "postprocess/yolo7")
    anchors = [[(8, 12), (12, 20), (20, 24)], [(16, 28), (24, 36), (30, 44)], [(36, 50), (44, 56), (50, 60)]]
    heads = [torch.from_numpy(rounded(RNG.normal(-0.8, 1.3, (1, 3 * 8, 64 // s, 64 // s)))) for s in (8, 16, 32)]
    rows = []
    for head, anchor, stride in zip(heads, anchors, (8, 16, 32)):
        centers, scores = v7.decode_v7_head(head, anchor, stride, 3)
        objectness = head.view(1, 3, 8, *head.shape[2:]).permute(0, 1, 3, 4, 2)[0][..., 4].sigmoid().reshape(-1, 1)
        rows.append(torch.cat([centers, objectness, scores / objectness], 1))
    table = rounded(torch.cat(rows).numpy(), 5)
    # The package keeps every class over the threshold; YOLOv5 keeps the best one (multi_label off): cut to it first.
    scores = torch.from_numpy(table[:, 4:5] * table[:, 5:])
    best, label = scores.max(1)
    keep = best >= SCORE
    centers = torch.from_numpy(table[:, :4])[keep]
    corners = torch.cat([centers[:, :2] - centers[:, 2:] / 2, centers[:, :2] + centers[:, 2:] / 2], 1)
    done = v7.postprocess_detections(corners, best[keep], label[keep], SCORE, IOU)
    found = np.array([[*b, s] for b, s, c in zip(done["boxes"], done["scores"], done["classes"]) if c == 0])
    write(out, "yolov5", "libreyolo 1.6.0 yolo7 decode + postprocess_detections (torchvision batched_nms), best class", "yolov5",  # noqa
          [("output", table[None])], found)


def yolov8(out):
    """Through openvino-model-api's own wrapper class; only its input and output plumbing is replaced."""
    from model_api.models.yolo import YOLOv8
    table = np.hstack([crowd(84, 64, 64), class_scores(84, 3)]).T[None].astype(np.float32)
    kept = {}
    model = YOLOv8.__new__(YOLOv8)
    model.params = types.SimpleNamespace(confidence_threshold=SCORE, iou_threshold=IOU, agnostic_nms=False, nms_execute=True,
                                         nms_max_predictions=30000, resize_type="fit_to_window_letterbox")
    model.orig_width = model.orig_height = 64
    model.get_label_name = str
    plain = YOLOv8._calculate_nms

    def spy(self, **kw):  # the wrapper rounds boxes to whole pixels at its end: take them before that
        keep = plain(self, **kw)
        kept["rows"] = np.hstack([kw["boxes"][keep], kw["scores"][keep][:, None], kw["labels"][keep][:, None]])
        return keep
    YOLOv8._calculate_nms = spy
    model.postprocess({"output0": table}, {"original_shape": (64, 64, 3)})
    YOLOv8._calculate_nms = plain
    found = kept["rows"][kept["rows"][:, 5] == 0]
    write(out, "yolov8", "openvino-model-api 0.4.7 YOLOv8", "yolov8", [("output0", table)], found[:, :5], hints={"labels": ["person", "bicycle", "car"]})


def yolo_e2e(out):
    e2e = module_of("libreyolo", "postprocess/yolo9_e2e")
    centers = crowd(60, 64, 64)
    corners = rounded(np.hstack([centers[:, :2] - centers[:, 2:] / 2, centers[:, :2] + centers[:, 2:] / 2]))
    scores = class_scores(60, 3)
    done = e2e.postprocess({"predictions": torch.from_numpy(np.hstack([corners, scores]).T[None].copy())}, SCORE, IOU, 64)
    everything = e2e.postprocess({"predictions": torch.from_numpy(np.hstack([corners, scores]).T[None].copy())}, 0.0, IOU, 64)
    rows = np.array([[*b, s, c] for b, s, c in zip(everything["boxes"], everything["scores"], everything["classes"])], np.float32)
    table = np.zeros((1, 300, 6), np.float32)  # the exported form of the same selection: the rest of the 300 rows is zero
    table[0, :len(rows)] = rows[:300]
    found = np.array([[*b, s] for b, s, c in zip(done["boxes"], done["scores"], done["classes"]) if c == 0])
    write(out, "yolo-e2e", "libreyolo 1.6.0 yolo9_e2e postprocess", "yolo-e2e", [("output0", table)], found)


def rt_detr(out):
    from transformers.models.rt_detr.image_processing_rt_detr import RTDetrImageProcessor
    n, classes = 60, 80
    logits = rounded(RNG.normal(-7, 1, (1, n, classes)))
    logits[0, :25, 0] = rounded(RNG.normal(0, 2, 25))
    boxes = rounded(crowd(n, 1, 1), 5)[None]
    outputs = types.SimpleNamespace(logits=torch.from_numpy(logits), pred_boxes=torch.from_numpy(boxes))
    done = RTDetrImageProcessor().post_process_object_detection(outputs, SCORE, [(64, 96)])[0]
    found = np.array([[*b, s] for b, s, c in zip(done["boxes"].numpy(), done["scores"].numpy(), done["labels"].numpy()) if c == 0])
    write(out, "detr-rt", "transformers 4.42.4 RTDetrImageProcessor.post_process_object_detection (also D-FINE's)", "detr",
          [("logits", logits), ("pred_boxes", boxes)], found, width=96)
    size = torch.tensor([[96.0, 64.0]])  # the 3-output export of RT-DETR's own repository computes just this
    corners = torch.from_numpy(boxes)
    corners = torch.cat([corners[..., :2] - corners[..., 2:] / 2, corners[..., :2] + corners[..., 2:] / 2], -1) * size.repeat(1, 2)
    scores, index = torch.topk(torch.from_numpy(logits).sigmoid().flatten(1), n)
    labels, index = index % classes, index // classes
    corners = corners.gather(1, index.unsqueeze(-1).repeat(1, 1, 4))
    write(out, "detr-finished", "the same, exported with its post-processing", "detr",
          [("labels", labels.numpy()), ("boxes", corners.numpy()), ("scores", scores.numpy())], found, width=96)


def rf_detr(out):
    post = module_of("rfdetr", "models/postprocess").PostProcess(num_select=60)
    n, classes = 60, 91
    logits = rounded(RNG.normal(-7, 1, (1, n, classes)))
    logits[0, :25, 1] = rounded(RNG.normal(0, 2, 25))
    boxes = rounded(np.clip(crowd(n, 1, 1), 0.05, 0.95), 5)[None]
    boxes[..., 2:] = np.minimum(boxes[..., 2:], 2 * np.minimum(boxes[..., :2], 1 - boxes[..., :2]))  # the package clamps to the picture
    done = post({"pred_logits": torch.from_numpy(logits), "pred_boxes": torch.from_numpy(boxes)}, torch.tensor([[64, 96]]))[0]
    found = np.array([[*b, s] for b, s, c in zip(done["boxes"].numpy(), done["scores"].numpy(), done["labels"].numpy()) if c == 1 and s >= SCORE])
    write(out, "detr-rf", "rfdetr 1.11.2 PostProcess", "detr", [("dets", boxes), ("labels", logits)], found, width=96, person=1)


def ssd_rows(out):
    from model_api.models.ssd import SingleOutputParser
    centers = crowd(60, 1, 1)
    rows = np.zeros((1, 1, 100, 7), np.float32)
    rows[0, 0, :60, 1] = RNG.integers(1, 3, 60)
    rows[0, 0, :60, 2] = rounded(np.sort(RNG.uniform(0, 1, 60))[::-1])
    rows[0, 0, :60, 3:5] = rounded(centers[:, :2] - centers[:, 2:] / 2)
    rows[0, 0, :60, 5:7] = rounded(centers[:, :2] + centers[:, 2:] / 2)
    rows[0, 0, 60:, 0] = -1
    meta = {"detection_out": types.SimpleNamespace(shape=rows.shape)}
    used = {"detection_out": rows[:, :, :60]}
    done = SingleOutputParser(meta)(used)
    found = [[*(done.bboxes[i] * [96, 64, 96, 64]), done.scores[i]] for i in range(60) if done.labels[i] == 1 and done.scores[i] >= SCORE]
    write(out, "ssd-rows", "openvino-model-api 0.4.7 SingleOutputParser", "ssd", [("detection_out", rows)], np.array(found), width=96, person=1)


def raw_rows(boxes, scores, limit=250):
    """The anchors that matter, in their order."""
    keep = np.sort(np.argsort(-scores)[:limit])
    return boxes[keep].reshape(1, -1, 1, 4).astype(np.float32), scores[keep].reshape(1, -1, 1).astype(np.float32)


def coco_ssd(out, file):
    done = json.loads(Path(file).read_text(encoding="utf-8"))
    boxes, scores = np.array(done["boxes"]).reshape(-1, 4), np.array(done["person"])
    found = [[*(boxes[i][[1, 0, 3, 2]] * 300), scores[i]] for i in done["keep"]]
    b, s = raw_rows(boxes, scores)
    write(out, "ssd-raw-coco", "the npm package's own graph in @tensorflow/tfjs 4.22.0 + tf.image.nonMaxSuppression, frame 100 of vtest.avi",
          "ssd-raw", [("Postprocessor/ExpandDims_1:0", b), ("Postprocessor/convert_scores:0", s)], found, 300, 300, hints={"tensorflow": True})


def pedestrian(out, file):
    done = json.loads(Path(file).read_text(encoding="utf-8"))
    b, s = raw_rows(np.array(done["raw_boxes"]).reshape(-1, 4), np.array(done["raw_scores"]).ravel())
    full = [np.array(done[k], np.float32) for k in ("detection_boxes", "detection_scores", "detection_classes", "num_detections")]
    found = [[*(box[[1, 0, 3, 2]] * 300), score] for box, score, c in zip(full[0][0], full[1][0], full[2][0]) if c == 1 and score >= SCORE]
    reference = "the PyPI package's own graph with its suppression, frame 100 of vtest.avi"
    write(out, "ssd-raw-pedestrian", reference, "ssd-raw", [("Postprocessor/ExpandDims_1:0", b), ("Postprocessor/Slice:0", s)],
          found, 300, 300, hints={"tensorflow": True})
    names = ["detection_boxes:0", "detection_scores:0", "detection_classes:0", "num_detections:0"]
    write(out, "ssd-tensorflow", reference + ", read as its api.py reads it", "ssd", list(zip(names, full)), found, 300, 300, person=1)


def nanodet(out):
    """NanoDet's package is in no registry: the formulas of its GFL head, and torchvision's NMS."""
    points = np.array([[(x + 0.5) * s, (y + 0.5) * s, s] for s in (8, 16, 32) for y in range(64 // s) for x in range(64 // s)])
    scores = np.zeros((84, 80))
    scores[:, :2] = class_scores(84, 2)
    logits = rounded(RNG.normal(0, 1.5, (84, 44)), 2)
    weights = np.exp(logits.reshape(84, 4, 11).astype(np.float64))
    sides = (weights * np.arange(11)).sum(2) / weights.sum(2) * points[:, 2:]
    corners = np.hstack([points[:, :2] - sides[:, :2], points[:, :2] + sides[:, 2:]])
    keep = scores[:, 0] >= SCORE
    boxes, best = torch.from_numpy(corners[keep]), torch.from_numpy(scores[keep, 0])
    kept = torchvision.ops.nms(boxes, best, IOU).numpy()
    write(out, "nanodet", "the formulas of NanoDet's GFL head, torchvision NMS", "nanodet",
          [("detections", np.hstack([scores, logits])[None])], np.hstack([corners[keep][kept], scores[keep, 0][kept][:, None]]))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--tfjs")
    parser.add_argument("--pedestrian")
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    for make in (yolox, yolov5, yolov8, yolo_e2e, rt_detr, rf_detr, ssd_rows, nanodet):
        make(args.out)
    if args.tfjs:
        coco_ssd(args.out, args.tfjs)
    if args.pedestrian:
        pedestrian(args.out, args.pedestrian)


if __name__ == "__main__":
    main()
