#!/usr/bin/env python3
"""What the best peers count: SORT-family trackers with the dwell of each track id in a polygon zone.

  peer_services.py [EVAL] [--scenes 'salon/*'] [--json FILE]

The recipe of `supervision`'s own dwell-time example: trackers of `trackers` (ByteTrack, OC-SORT, BoT-SORT; lost
buffers of 1, 20 and 60 s), PolygonZone by foot point, a service for each track id that was in a zone for at least the
dwell threshold, from first to last seen there. EVAL as bench/accuracy_services.py has it (or CHAIRSIDE_EVAL).
Needs the packages of tools/requirements-bench.txt; exit 3 where something is missing.
"""
import argparse
import fnmatch
import gzip
import importlib.util
import json
import os
import sys
import time
from pathlib import Path

BUFFERS_S = (1, 20, 60)


def stop(what):
    print(f"peer_services: not measured: {what}", file=sys.stderr)
    sys.exit(3)


def load_scorer(folder):
    path = folder / "score_events.py"
    if not path.exists(): stop(f"{path} is not there (give the eval folder as argument or in CHAIRSIDE_EVAL)")
    spec = importlib.util.spec_from_file_location("score_events", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def scenes(folder, patterns):
    """name -> (detections, folder of scene.json and truth.json)"""
    out = {f"salon/{p.name}": (p / "det.txt.gz", p) for p in sorted((folder / "salon").glob("*/"))}
    stand_in = folder / "mot/PETS09-S2L1/det.txt"  # the same frames as vtest, another detector
    detections = Path(os.environ.get("CHAIRSIDE_VTEST_DET", stand_in))
    if (folder / "vtest").is_dir() and detections.exists(): out["vtest"] = (detections, folder / "vtest")
    return {n: v for n, v in out.items() if any(fnmatch.fnmatch(n, p) for p in patterns.split(","))}


def frames_of(path, count, np):
    """(n, 5) arrays x1 y1 x2 y2 score, one per frame."""
    with (gzip.open if path.suffix == ".gz" else open)(path, "rt") as file:
        rows = np.loadtxt(file, delimiter=",", ndmin=2, usecols=(0, 2, 3, 4, 5, 6))
    rows = rows[np.argsort(rows[:, 0], kind="stable")]
    edges = np.searchsorted(rows[:, 0], np.arange(1, count + 2))
    boxes = np.hstack([rows[:, 1:3], rows[:, 1:3] + rows[:, 3:5], rows[:, 5:6]]).astype(np.float32)
    return [boxes[a:b] for a, b in zip(edges, edges[1:])]


def makers(fps):
    import trackers
    for buffer_s in BUFFERS_S:
        # The libraries count a lost buffer in frames of a 30 fps video.
        options = {"lost_track_buffer": int(buffer_s * 30), "frame_rate": fps}
        yield f"ByteTrack, {buffer_s} s", lambda o=options: trackers.ByteTrackTracker(**o)
        yield f"OC-SORT, {buffer_s} s", lambda o=options: trackers.OCSORTTracker(**o)
        yield f"BoT-SORT, {buffer_s} s", lambda o=options: trackers.BoTSORTTracker(enable_cmc=False, **o)


def count(tracker, frames, scene, np, sv):
    """Services per zone: [{zone, type, enter_s, exit_s}]"""
    fps, dwell = scene["fps"], scene["dwell_s"]
    zones = [(z, sv.PolygonZone(polygon=np.array(z["polygon"], dtype=int),
                                triggering_anchors=(sv.Position.BOTTOM_CENTER,))) for z in scene["zones"]]
    stays = {}
    for number, boxes in enumerate(frames):
        found = tracker.update(sv.Detections(xyxy=boxes[:, :4], confidence=boxes[:, 4],
                                             class_id=np.zeros(len(boxes), int)))
        if found.tracker_id is None or not len(found): continue
        found = found[found.tracker_id >= 0]
        for index, (_, polygon) in enumerate(zones):
            for track in found.tracker_id[polygon.trigger(found)]:
                stays.setdefault((index, int(track)), [number / fps, 0])[1] = number / fps
    return [{"zone": zones[i][0]["name"], "type": zones[i][0]["type"], "enter_s": a, "exit_s": b}
            for (i, _), (a, b) in stays.items() if b - a >= dwell[zones[i][0]["type"].lower()]]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("eval", nargs="?", default=os.environ.get("CHAIRSIDE_EVAL", ""))
    parser.add_argument("--scenes", default="*")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    for package in ("numpy", "supervision", "trackers"):
        if importlib.util.find_spec(package) is None: stop(f"the Python package {package} is not installed")
    import numpy as np
    import supervision as sv
    if not options.eval: stop("no eval folder (argument or CHAIRSIDE_EVAL)")
    folder = Path(options.eval)
    scorer, result = load_scorer(folder), {}
    for name, (detections, path) in scenes(folder, options.scenes).items():
        scene = json.loads((path / "scene.json").read_text())
        truth = json.loads((path / "truth.json").read_text())
        frames = frames_of(detections, scene["frames"], np)
        result[name] = {}
        for peer, make in makers(scene["fps"]):
            started = time.perf_counter()
            score = scorer.score(truth, count(make(), frames, scene, np, sv))
            result[name][peer] = score
            print(f"{name:20} {peer:18} F1 {score['f1']:.3f}  true {score['true']} counted {score['counted']}"
                  f"  ({time.perf_counter() - started:.0f} s)", flush=True)
    if options.json: options.json.write_text(json.dumps(result, indent=1))
    best = {n: max(p.values(), key=lambda s: s["f1"])["f1"] for n, p in result.items()}
    print("best of all: " + "  ".join(f"{n} {f:.3f}" for n, f in best.items()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
