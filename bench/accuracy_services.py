#!/usr/bin/env python3
"""How well services are counted: ours beside the best peer's and the study's figures.

usage: accuracy_services.py [EVAL_DIR] [--runner build/bench/replay_services] [--quick] [--keep DIR] [--json FILE]

EVAL_DIR (or the variable CHAIRSIDE_EVAL) holds score_events.py, salon/*/ and vtest/ as its README says.
Runs each scenario as it is and perturbed; prints a table. --quick: unperturbed only. Standard library only.
"""
import argparse, glob, importlib.util, json, os, subprocess, sys, tempfile
from concurrent.futures import ThreadPoolExecutor

PERTURBED = {  # name: (runner's options, the study's mean / worst)
    "2.5 fps": (["--every", "2"], ".979 / .968"),
    "1.67 fps": (["--every", "3"], ""),
    "2 fps": (["--upsample", "2", "--every", "5"], ".985 / .968"),
    "25 fps": (["--upsample", "5"], ""),
    "10 % more misses": (["--miss", "0.1"], ".962 / .923"),
    "10 % more misses b": (["--miss", "0.1", "--seed", "2"], ""),
    "20 % more misses": (["--miss", "0.2", "--seed", "3"], ""),
    "10 s gap each 5 min": (["--gaps", "300", "10"], ".996 / .985"),
    "mirrored": (["--mirror"], ".996 / .985"),
    "x 1.5": (["--scale", "1.5"], ".996 / .985"),
    "3 % jitter": (["--jitter", "0.03"], ".993 / .985"),
    "still frames left out": (["--gate"], ""),
    "order shuffled": (["--shuffle"], ""),
    "5 % of boxes twice": (["--twice", "0.05"], ""),
    "15 % of boxes twice": (["--twice", "0.15"], ""),
    "upper halves, too": (["--halves", "0.004"], ""),
    "a box anywhere in 10 %": (["--ghosts", "0.1"], ""),
    "empty seats, 1 %": (["--seems", "0.01"], ""),
    "empty seats, 3 %": (["--seems", "0.03"], ""),
    "x 0.7 in width": (["--squeeze", "0.7"], ""),
    "left eighth cut off": (["--cut-left", "0.125"], ""),
    "0.6 times as fast": (["--slow", "0.6"], ""),
}
PEERS = {"calm-1": 0.48, "busy-1": 0.40, "occluded-1": 0.41, "staffy-1": 0.55, "vtest": 0.69}
STUDY = {"calm-1": 1.0, "busy-1": 1.0, "occluded-1": 1.0, "staffy-1": 0.985, "vtest": 0.85}


def load_scorer(folder):
    spec = importlib.util.spec_from_file_location("score_events", os.path.join(folder, "score_events.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def scenarios(folder):
    out = {}
    for path in sorted(glob.glob(os.path.join(folder, "salon", "*", ""))):
        out[os.path.basename(os.path.dirname(path))] = (os.path.join(path, "det.txt.gz"), path)
    detections = os.environ.get("CHAIRSIDE_VTEST_DET", "")
    stand_in = os.path.join(folder, "mot", "PETS09-S2L1", "det.txt")  # the same frames, another detector
    vtest = os.path.join(folder, "vtest", "")
    if os.path.isdir(vtest):
        if os.path.exists(detections): out["vtest"] = (detections, vtest)
        elif os.path.exists(stand_in): out["vtest"] = (stand_in, vtest)
    return out


def score_of(scorer, runner, detections, scene, truth, csv, options):
    """What the runner counts, into csv, scored against truth: files all of them."""
    subprocess.run([runner, detections, scene, csv, *options], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    with open(truth) as file: return scorer.score(json.load(file), scorer.load_events(csv))


def measure(scorer, runner, job, folder):
    name, detections, path, options, tag = job
    csv = os.path.join(folder, f"{name}_{tag}.csv".replace(" ", "_").replace("%", "pc"))
    return score_of(scorer, runner, detections, os.path.join(path, "scene.json"), os.path.join(path, "truth.json"), csv, options)


def show(rows, scenes, results):
    salon = [s for s in scenes if s != "vtest"]
    print(f"{'':22}" + "".join(f"{s:>12}" for s in scenes) + "   salon mean / worst   study")
    for tag, (_, study) in rows.items():
        got = {s: results[s, tag]["f1"] for s in scenes if (s, tag) in results}
        mean = sum(got[s] for s in salon) / len(salon)
        cells = "".join(f"{got[s]:12.3f}" if s in got else f"{'':>12}" for s in scenes)
        print(f"{tag:22}{cells}   {mean:.3f} / {min(got[s] for s in salon):.3f}        {study}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", nargs="?", default=os.environ.get("CHAIRSIDE_EVAL", ""))
    parser.add_argument("--runner", default="build/bench/replay_services")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--keep", default="")
    parser.add_argument("--json", default="")
    parser.add_argument("--set", action="append", default=[], help="NAME=VALUE of the engine, for ablations")
    args = parser.parse_args()
    if not os.path.isdir(args.folder): sys.exit("accuracy_services: no evaluation folder; give it or set CHAIRSIDE_EVAL")
    scorer, scenes = load_scorer(args.folder), scenarios(args.folder)
    rows = {"as it is": ([], ".996 / .985")} | ({} if args.quick else PERTURBED)
    extra = [word for value in args.set for word in ("--set", value)]
    jobs = [(s, d, p, options + extra, tag) for tag, (options, _) in rows.items() for s, (d, p) in scenes.items()]
    with tempfile.TemporaryDirectory() as temporary, ThreadPoolExecutor(2) as pool:
        folder = args.keep or temporary
        os.makedirs(folder, exist_ok=True)
        done = list(pool.map(lambda job: measure(scorer, args.runner, job, folder), jobs))
    results = {(job[0], job[4]): score for job, score in zip(jobs, done)}
    if args.json:
        with open(args.json, "w") as file: json.dump({tag: {s: results[s, tag] for s in scenes} for tag in rows}, file)
    show(rows, list(scenes), results)
    print(f"{'best peer':22}" + "".join(f"{PEERS.get(s, 0):12.2f}" for s in scenes))
    print(f"{'study':22}" + "".join(f"{STUDY.get(s, 0):12.3f}" for s in scenes))
    print("\ncounts true/counted, dwell error median and p95, s")
    for s in scenes:
        r = results[s, "as it is"]
        counts = "  ".join(f"{k} {t}/{c}" for k, (t, c) in r["counts"].items())
        print(f"  {s:12} {counts}   {r['dwell_err_s']['median']} {r['dwell_err_s']['p95']}")
    truth = [r for (s, tag), r in results.items() if s != "vtest" and tag == "as it is"]
    for kind in ("CHAIR", "WASH", "WAIT"):
        print(f"  all {kind}: true {sum(r['counts'].get(kind, [0, 0])[0] for r in truth)}"
              f" counted {sum(r['counts'].get(kind, [0, 0])[1] for r in truth)}")


if __name__ == "__main__":
    main()
