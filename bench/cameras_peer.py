#!/usr/bin/env python3
"""The usual Python pipeline, with the same model on the same video: OpenCV decodes and scales, OpenVINO infers, ByteTrack of
`trackers` follows, `supervision` asks who is in which zone.

  cameras_peer.py VIDEO SCENE.json MODEL.pb [--plain]

One picture after the other with --plain, as the libraries' own examples do; without it as well as Python can: bytes go into
the model as they are, as many inferences at once as OpenVINO likes.

Only for nanodet-g-416, whose table it decodes with numpy. Prints JSON: CPU and wall seconds without the loading, pictures.
"""
import argparse
import json
import os
import resource
import time

import cv2
import numpy as np
import openvino as ov
import supervision as sv
import trackers

SIDE, STRIDES, CLASSES, SCORE, OVERLAP = 416, (8, 16, 32), 80, 0.3, 0.6
MEAN = np.array([103.53, 116.28, 123.675], np.float32)
SCALE = np.array([57.375, 57.12, 58.395], np.float32)


# bench/cameras --isa: as on a CPU without bfloat16.
PRECISION = {"INFERENCE_PRECISION_HINT": "f32"} if os.environ.get("CAMERAS_F32") else {}


def plainly_compiled(path):
    core = ov.Core()
    return core.compile_model(core.read_model(path), "CPU", PRECISION)


def compiled(path):
    core = ov.Core()
    model = core.read_model(path)
    model.reshape([1, SIDE, SIDE, 3] if model.input(0).partial_shape[3].is_static and model.input(0).partial_shape[3].get_length() == 3
                  else [1, 3, SIDE, SIDE])
    first = model.input(0).shape[1] == 3
    steps = ov.preprocess.PrePostProcessor(model)
    steps.input().tensor().set_element_type(ov.Type.u8).set_layout(ov.Layout("NHWC"))
    steps.input().preprocess().convert_element_type(ov.Type.f32).mean(MEAN.tolist()).scale(SCALE.tolist())
    steps.input().model().set_layout(ov.Layout("NCHW" if first else "NHWC"))
    return core.compile_model(steps.build(), "CPU", {"PERFORMANCE_HINT": "THROUGHPUT", **PRECISION})


def grid():
    cells = [((x + 0.5) * s, (y + 0.5) * s, s) for s in STRIDES for y in range(SIDE // s) for x in range(SIDE // s)]
    return np.array(cells, np.float32)


def people(table, cells, wide, high):
    scores = table[:, 0]
    keep = scores >= SCORE
    scores, cells, sides = scores[keep], cells[keep], table[keep, CLASSES:].reshape(int(keep.sum()), 4, -1)
    weights = np.exp(sides - sides.max(axis=2, keepdims=True))
    distance = (weights * np.arange(sides.shape[2])).sum(axis=2) / weights.sum(axis=2) * cells[:, 2:3]
    scale = np.array([wide, high, wide, high], np.float32) / SIDE
    boxes = np.hstack([cells[:, :2] - distance[:, :2], cells[:, :2] + distance[:, 2:]]) * scale
    return sv.Detections(xyxy=boxes, confidence=scores, class_id=np.zeros(len(boxes), int)).with_nms(OVERLAP)


def cpu_s():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


class Follower:
    def __init__(self, scene):
        self.tracker = trackers.ByteTrackTracker(lost_track_buffer=30, frame_rate=scene["fps"])
        self.zones = [sv.PolygonZone(polygon=np.array(z["polygon"], dtype=int),
                                     triggering_anchors=(sv.Position.BOTTOM_CENTER,)) for z in scene["zones"]]
        self.seen = {}

    def step(self, number, found):
        found = self.tracker.update(found)
        if found.tracker_id is None or not len(found): return
        for index, zone in enumerate(self.zones):
            for track in found.tracker_id[zone.trigger(found)]:
                self.seen.setdefault((index, int(track)), [number, 0])[1] = number


class Run:
    """One video through the pipeline."""

    def __init__(self, options, scene):
        self.plain, self.cells, self.follower = options.plain, grid(), Follower(scene)
        self.model = plainly_compiled(options.model) if self.plain else compiled(options.model)
        self.channels_first = self.model.input(0).partial_shape[1].get_length() == 3
        self.results, self.done, self.sent = {}, 0, 0
        if self.plain: return
        self.queue = ov.AsyncInferQueue(self.model)
        self.queue.set_callback(
            lambda request, number: self.results.__setitem__(number, request.get_output_tensor().data[0].copy()))

    def infer(self, picture):
        if not self.plain:
            self.queue.start_async({0: cv2.resize(picture, (SIDE, SIDE))[None]}, self.sent)
        else:
            blob = (cv2.resize(picture, (SIDE, SIDE)).astype(np.float32) - MEAN) / SCALE
            blob = (blob.transpose(2, 0, 1) if self.channels_first else blob)[None]
            self.results[self.sent] = next(iter(self.model(blob).values()))[0]
        self.sent += 1

    def follow(self, wide, high):
        while self.done in self.results:
            self.follower.step(self.done, people(self.results.pop(self.done), self.cells, wide, high))
            self.done += 1

    def all(self, file):
        video = cv2.VideoCapture(file)
        wide, high = video.get(cv2.CAP_PROP_FRAME_WIDTH), video.get(cv2.CAP_PROP_FRAME_HEIGHT)
        while True:
            good, picture = video.read()
            if not good: break
            self.infer(picture)
            self.follow(wide, high)
        if not self.plain: self.queue.wait_all()
        self.follow(wide, high)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("video")
    parser.add_argument("scene")
    parser.add_argument("model")
    parser.add_argument("--plain", action="store_true")
    options = parser.parse_args()
    with open(options.scene, encoding="utf-8") as file: scene = json.load(file)
    run = Run(options, scene)
    cpu, wall = cpu_s(), time.perf_counter()
    run.all(options.video)
    print(json.dumps({"cpu_s": cpu_s() - cpu, "wall_s": time.perf_counter() - wall, "frames": run.done,
                      "stays": len(run.follower.seen)}))


if __name__ == "__main__":
    main()
