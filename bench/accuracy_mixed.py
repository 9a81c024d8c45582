#!/usr/bin/env python3
"""Services of the shared salons with several things wrong at once, drawn by chance: a guard against rules that suit one rate, one kind
of noise or one detector.

usage: accuracy_mixed.py [EVAL_DIR] [--from SEED] [--draws 20] [--runner build/bench/replay_services] [--show 10] [--json FILE]

Each draw picks a frame rate (1.67 to 25 fps) and some of: misses, jitter, second boxes, upper halves, boxes anywhere, empty seats that
look taken, a narrower or wider picture, slower people, a mirrored one, gaps, zones that are drawn a little off, other scores, boxes without
feet, wide boxes; each as strong as chance says. Prints the hardest draws, then mean, worst and how many hours lie below 0.95. About six seconds
a draw and core. Standard library only.
"""
import argparse, collections, gzip, json, os, random, sys, tempfile
from concurrent.futures import ThreadPoolExecutor

from accuracy_services import load_scorer, scenarios, score_of

RATES = {  # name: the runner's options, frames for each recorded one
    "5 fps": ([], 1), "2.5 fps": (["--every", "2"], 1), "1.67 fps": (["--every", "3"], 1),
    "2 fps": (["--upsample", "2", "--every", "5"], 1), "10 fps": (["--upsample", "2"], 2), "25 fps": (["--upsample", "5"], 5),
}


def draw(seed):
    """What is wrong: the rate's name, options of the runner, and changes of the files."""
    rng = random.Random(seed)
    rate = rng.choice(list(RATES))
    options, frames = list(RATES[rate][0]), RATES[rate][1]
    for chance, name, low, high in ((0.5, "miss", 0, 0.2), (0.5, "jitter", 0, 0.05), (0.3, "twice", 0, 0.08),
                                    (0.25, "halves", 0, 0.003 / frames),  # six seconds each: as often per second at any rate
                                    (0.3, "ghosts", 0, 0.1), (0.25, "seems", 0, 0.012), (0.3, "squeeze", 0.75, 1.2),
                                    (0.2, "slow", 0.7, 1)):
        if rng.random() < chance: options += ["--" + name, f"{rng.uniform(low, high):.5f}"]
    if rng.random() < 0.3: options.append("--mirror")
    if rng.random() < 0.2: options += ["--gaps", str(rng.choice([120, 300, 600])), str(rng.choice([5, 10, 15]))]
    files = {}
    if rng.random() < 0.4: files["zones"] = (rng.gauss(0, 8), rng.gauss(0, 8), rng.uniform(0.9, 1.15))  # pixels, pixels, size
    for chance, name, low, high in ((0.3, "scores", 0.5, 1), (0.25, "feet", 0.05, 0.2), (0.25, "wide", 1.05, 1.3)):
        if rng.random() < chance: files[name] = rng.uniform(low, high)
    return rate, options + ["--seed", str(seed)], files


def changed_detections(path, files, out):
    with gzip.open(path, "rt") as rows, open(out, "w") as file:
        for row in rows:
            frame, _, x, y, w, h, score = row.split(",")[:7]
            x, y, w, h, score = float(x), float(y), float(w), float(h), float(score)
            wider = files.get("wide", 1)
            x, w, h = x - w * (wider - 1) / 2, w * wider, h * (1 - files.get("feet", 0))
            score = max(0.05, score * files.get("scores", 1))
            file.write(f"{frame},-1,{x:.2f},{y:.2f},{w:.2f},{h:.2f},{score:.3f}\n")


def changed_scene(path, move, out):
    dx, dy, size = move
    with open(path) as file: scene = json.load(file)
    for zone in scene["zones"]:
        points = zone["polygon"]
        middle = [sum(p[i] for p in points) / len(points) for i in (0, 1)]
        zone["polygon"] = [[min(scene["width"], max(0, middle[0] + (x - middle[0]) * size + dx)),
                            min(scene["height"], max(0, middle[1] + (y - middle[1]) * size + dy))] for x, y in points]
    with open(out, "w") as file: json.dump(scene, file)


def measure(scorer, runner, detections, path, seed):
    _, options, files = draw(seed)
    scene = os.path.join(path, "scene.json")
    with tempfile.TemporaryDirectory() as folder:
        if set(files) - {"zones"}:
            changed_detections(detections, files, os.path.join(folder, "det.txt"))
            detections = os.path.join(folder, "det.txt")
        if "zones" in files:
            changed_scene(scene, files["zones"], os.path.join(folder, "scene.json"))
            scene = os.path.join(folder, "scene.json")
        return score_of(scorer, runner, detections, scene, os.path.join(path, "truth.json"), os.path.join(folder, "events.csv"), options)["f1"]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", nargs="?", default=os.environ.get("CHAIRSIDE_EVAL", ""))
    parser.add_argument("--from", dest="first", type=int, default=0)
    parser.add_argument("--draws", type=int, default=20)
    parser.add_argument("--runner", default="build/bench/replay_services")
    parser.add_argument("--show", type=int, default=10)
    parser.add_argument("--json", default="")
    args = parser.parse_args()
    if not os.path.isdir(args.folder): sys.exit("accuracy_mixed: no evaluation folder; give it or set CHAIRSIDE_EVAL")
    scorer = load_scorer(args.folder)
    scenes = {name: where for name, where in scenarios(args.folder).items() if name != "vtest"}
    jobs = [(seed, name) for seed in range(args.first, args.first + args.draws) for name in scenes]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        got = list(pool.map(lambda job: measure(scorer, args.runner, *scenes[job[1]], job[0]), jobs))
    by_draw = collections.defaultdict(dict)
    for (seed, name), f1 in zip(jobs, got): by_draw[seed][name] = f1
    hardest = sorted(by_draw, key=lambda seed: sum(by_draw[seed].values()))
    for seed in hardest[:args.show]:
        rate, options, files = draw(seed)
        what = " ".join(options) + "".join(f" {name}={value if isinstance(value, tuple) else round(value, 2)}" for name, value in files.items())
        print(f"{seed:5} " + " ".join(f"{name} {f1:.3f}" for name, f1 in by_draw[seed].items()) + f"   {rate} {what}")
    if args.json:
        with open(args.json, "w") as file: json.dump({"mean": sum(got) / len(got), "worst": min(got), "hours": len(got)}, file)
    print(f"{args.draws} draws, {len(got)} hours: mean {sum(got) / len(got):.4f}, worst {min(got):.3f}, "
          f"{sum(f1 < 0.95 for f1 in got)} below 0.95")


if __name__ == "__main__":
    main()
