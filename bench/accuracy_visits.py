#!/usr/bin/env python3
"""How well the services of one client are linked to one visit.

usage: accuracy_visits.py [EVAL_DIR] [--sim SEEDS] [--runner build/bench/replay_services] [--simulator build/bench/sim_events]

EVAL_DIR (or the variable CHAIRSIDE_EVAL) holds salon/*/ with the client of each true service; --sim adds made-up
salons of that many seeds. Counted services are matched to true ones as score_events.py matches. Over all pairs of matched
services: precision (of the pairs in one visit, those of one client) and recall (of the pairs of one client, those in one
visit); the error of the number of people (visits against clients of all true services); haircuts that were wrongly
taken for a part of another. Standard library only.
"""
import argparse, csv, glob, json, os, subprocess, sys, tempfile
from itertools import combinations

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from calibrate_confidence import match


def measure(truth, events):
    """Pairs right, pairs said, pairs true, people counted, people true, services linked as parts."""
    counted = [e for e in events if e["verdict"] == "counted"]
    right = match(truth, counted)
    found = [(e["visit"], truth[right[j]]["person"]) for j, e in enumerate(counted) if j in right]
    pairs = list(combinations(found, 2))
    said = sum(a[0] == b[0] for a, b in pairs)
    true = sum(a[1] == b[1] for a, b in pairs)
    both = sum(a[0] == b[0] and a[1] == b[1] for a, b in pairs)
    people = len({e["visit"] for e in counted})
    return both, said, true, people, len({t["person"] for t in truth}), sum(e["part_of"] != "" for e in counted)


def show(name, m):
    both, said, true, people, clients, parts = m
    print(f"{name:14} precision {both / said if said else 1:.3f}  recall {both / true if true else 1:.3f}"
          f"  pairs {both}/{said} said, {true} true   people {people} for {clients} ({100 * (people - clients) / max(1, clients):+.1f} %)"
          f"   parts {parts}")


def from_csv(path):
    with open(path, newline="") as f:
        return [dict(zone=r["zone"], type=r["type"], enter_s=float(r["enter_s"]), exit_s=float(r["exit_s"]),
                     verdict=r["verdict"], visit=r["visit"], part_of=r["part_of"]) for r in csv.DictReader(f)]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", nargs="?", default=os.environ.get("CHAIRSIDE_EVAL", ""))
    parser.add_argument("--sim", type=int, default=0)
    parser.add_argument("--runner", default="build/bench/replay_services")
    parser.add_argument("--simulator", default="build/bench/sim_events")
    args = parser.parse_args()
    for path in sorted(glob.glob(os.path.join(args.folder, "salon", "*", ""))) if args.folder else []:
        with tempfile.NamedTemporaryFile(suffix=".csv") as out:
            subprocess.run([args.runner, path + "det.txt.gz", path + "scene.json", out.name], check=True,
                           stderr=subprocess.DEVNULL)
            show(os.path.basename(path[:-1]), measure(json.load(open(path + "truth.json")), from_csv(out.name)))
    if args.sim <= 0: return
    sums = {}
    with tempfile.NamedTemporaryFile(suffix=".json") as out:
        subprocess.run([args.simulator, out.name, "--seeds", str(args.sim)], check=True, stdout=subprocess.DEVNULL)
        for line in open(out.name):
            salon = json.loads(line)
            m = measure(salon["truth"], salon["events"])
            for key in (salon["salon"], "all made up"):
                sums[key] = tuple(a + b for a, b in zip(sums.get(key, (0,) * 6), m))
    for name, m in sums.items():
        if name != "all made up": show(name, m)
    show("all made up", sums["all made up"])


if __name__ == "__main__":
    main()
