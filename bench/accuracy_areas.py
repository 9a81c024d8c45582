#!/usr/bin/env python3
"""How well the stays of walking people are counted, on recordings with annotated identities.

usage: accuracy_areas.py [EVAL_DIR] [--runner build/bench/replay_services] [--sets 8] [--each] [--set NAME=VALUE]

EVAL_DIR (or the variable CHAIRSIDE_EVAL) holds score_events.py and mot/*/ with det.txt, gt.txt and seqinfo.ini as its
README says. Over each sequence several sets of zones are laid, drawn by chance where people walk; a stay is true if an annotated
person's foot was in the polygon for as long as the threshold. Beside ours: the same tracks counted as other
systems do, a dwell per track id. Standard library only; no zone is drawn by hand, so nothing can be tuned to one.
"""
import argparse, configparser, glob, importlib.util, json, math, os, random, subprocess, sys, tempfile
from collections import defaultdict

DWELL_S = 3.0
BRIDGE_S = 1.0  # out of the zone or of the annotation for less than this: still the same stay


def load_scorer(folder):
    spec = importlib.util.spec_from_file_location("score_events", os.path.join(folder, "score_events.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def read_sequence(folder):
    info = configparser.ConfigParser()
    info.read(os.path.join(folder, "seqinfo.ini"))
    info = info["Sequence"]
    feet = defaultdict(list)  # person -> [(frame, x, y, height)]
    with open(os.path.join(folder, "gt.txt"), encoding="utf-8") as file:
        for line in file:
            v = line.split(",")
            frame, person, flag = int(v[0]), int(v[1]), float(v[6])
            kind = int(float(v[7])) if folder.rstrip("/").split("/")[-1].startswith("MOT17") else 1
            if flag <= 0 or kind != 1: continue
            x, y, w, h = (float(s) for s in v[2:6])
            feet[person].append((frame, x + w / 2, y + h, h))
    return dict(fps=float(info["frameRate"]), frames=int(info["seqLength"]), width=int(info["imWidth"]),
                height=int(info["imHeight"]), feet=feet)


def inside(polygon, x, y):
    found, j = False, len(polygon) - 1
    for i, (ax, ay) in enumerate(polygon):
        bx, by = polygon[j]
        if (ay > y) != (by > y) and x < (bx - ax) * (y - ay) / (by - ay) + ax: found = not found
        j = i
    return found


def stays_of(person, polygon, fps):
    """[(enter, exit)] of one person, seconds."""
    spans = []
    for frame, x, y, _ in sorted(person):
        t = (frame - 1) / fps
        if not inside(polygon, x, y): continue
        if spans and t - spans[-1][1] <= BRIDGE_S: spans[-1][1] = t
        else: spans.append([t, t])
    return [(a, b) for a, b in spans if b - a >= DWELL_S]


def random_zone(sequence, chance):
    """A four-cornered zone around a place where somebody walked, a few people wide."""
    points = [p for person in sequence["feet"].values() for p in person]
    _, x, y, h = chance.choice(points)
    rx, ry = chance.uniform(0.8, 2.5) * h, chance.uniform(0.4, 1.2) * h
    turn = chance.uniform(0, math.pi / 2)
    corners = []
    for i in range(4):
        angle = turn + math.pi / 2 * i + chance.uniform(-0.3, 0.3)
        corners.append([round(min(max(x + rx * math.cos(angle), 0), sequence["width"]), 1),
                        round(min(max(y + ry * math.sin(angle), 0), sequence["height"]), 1)])
    return corners


def apart(a, b):
    """By their bounding boxes: a place belongs to one zone only, so overlapping ones would ask for something else."""
    return any(max(p[i] for p in one) < min(p[i] for p in other) for i in (0, 1) for one, other in ((a, b), (b, a)))


def make_scene(sequence, name, number):
    """Two zones, one of a kind, and the stays in them."""
    chance = random.Random(f"{name} {number}")
    zones, truth = [], []
    for kind in ("CHAIR", "WASH"):
        for _ in range(50):
            polygon = random_zone(sequence, chance)
            if any(not apart(polygon, z["polygon"]) for z in zones): continue
            stays = [s for person in sequence["feet"].values() for s in stays_of(person, polygon, sequence["fps"])]
            if not stays: continue
            zones.append(dict(name=kind.lower(), type=kind, polygon=polygon, capacity=12))
            truth += [dict(zone=kind.lower(), type=kind, enter_s=a, exit_s=b, dwell_s=b - a) for a, b in stays]
            break
    scene = dict(fps=sequence["fps"], width=sequence["width"], height=sequence["height"], frames=sequence["frames"],
                 zones=zones, dwell_s=dict(chair=DWELL_S, wash=DWELL_S, wait=DWELL_S))
    return scene, truth


def per_track(tracks, scene):
    """Dwell per track id, as the recipes of other systems count."""
    feet = defaultdict(list)
    with open(tracks, encoding="utf-8") as file:
        for line in file:
            t, person, x, y, w, h, _ = (float(v) for v in line.split(","))
            feet[person].append((1 + round(t * scene["fps"]), x + w / 2, y + h, h))
    return [dict(zone=z["name"], type=z["type"], enter_s=a, exit_s=b) for z in scene["zones"] for person in feet.values()
            for a, b in stays_of(person, z["polygon"], scene["fps"])]


def add(total, score):
    for key in ("true", "counted", "matched"): total[key] += score[key]


def f1(total):
    both = total["true"] + total["counted"]
    return 2 * total["matched"] / both if both else 1.0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", default=os.environ.get("CHAIRSIDE_EVAL", ""))
    parser.add_argument("--runner", default="build/bench/replay_services")
    parser.add_argument("--sets", type=int, default=8, help="of two zones each, per sequence")
    parser.add_argument("--each", action="store_true", help="list what was missed and what was false")
    parser.add_argument("--set", action="append", default=[], help="NAME=VALUE of the engine, for ablations")
    args = parser.parse_args()
    if not os.path.isdir(os.path.join(args.folder, "mot")):
        print("accuracy_areas: no evaluation folder; give it or set CHAIRSIDE_EVAL", file=sys.stderr)
        return 77
    scorer = load_scorer(args.folder)
    extra = [word for value in args.set for word in ("--set", value)]
    print(f"{'':16}{'stays':>7}{'ours: counted':>15}{'right':>7}{'F1':>8}    {'per track id: F1':>16}")
    means = []
    with tempfile.TemporaryDirectory() as work:
        for path in sorted(glob.glob(os.path.join(args.folder, "mot", "*", ""))):
            name, sequence = os.path.basename(path.rstrip("/")), read_sequence(path)
            ours, plain = defaultdict(int), defaultdict(int)
            for number in range(args.sets):
                scene, truth = make_scene(sequence, name, number)
                scene_file, csv, tracks = (os.path.join(work, f) for f in ("scene.json", "events.csv", "tracks.csv"))
                with open(scene_file, "w", encoding="utf-8") as file: json.dump(scene, file)
                subprocess.run([args.runner, os.path.join(path, "det.txt"), scene_file, csv, "--tracks", tracks, *extra],
                               check=True, stderr=subprocess.DEVNULL)
                found = scorer.load_events(csv)
                add(ours, scorer.score(truth, found))
                add(plain, scorer.score(truth, per_track(tracks, scene)))
                if args.each:
                    pairs = scorer.match(truth, found)
                    for i, t in enumerate(truth):
                        if i not in {p[0] for p in pairs}: print(f"  {name} {number} missed {t['zone']:6}{t['enter_s']:7.1f} {t['exit_s']:7.1f}")
                    for j, f in enumerate(found):
                        if j not in {p[1] for p in pairs}: print(f"  {name} {number} false  {f['zone']:6}{f['enter_s']:7.1f} {f['exit_s']:7.1f}")
            means.append((f1(ours), f1(plain)))
            print(f"{name:16}{ours['true']:7}{ours['counted']:15}{ours['matched']:7}{f1(ours):8.3f}    {f1(plain):16.3f}")
    print(f"{'mean':16}{'':29}{sum(m[0] for m in means) / len(means):8.3f}    {sum(m[1] for m in means) / len(means):16.3f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
