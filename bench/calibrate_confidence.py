#!/usr/bin/env python3
"""Is an event's confidence what it says? A reliability table, and a new fit of the constants in confidence.cpp.

usage: calibrate_confidence.py [--runner build/bench/sim_events] [--train 6] [--test 4] [--eval EVAL_DIR] [--fit]

Runs made-up salons (bench/sim_events), train and test seeds apart. An event is
true if it matches a true service as score_events.py matches (same zone, time IoU >= 0.5, one to one); rejected and
reviewed ones take part like the counted ones. Prints for the confidence as built: bins, Brier score, AUC, expected
calibration error, and F1 of what is counted by threshold. --fit also fits and prints the constants, ready to paste:
logistic regression over the doubts in the events' "evidence", weights not below 0, so that it is monotone.
Standard library only.
"""
import argparse, glob, json, math, os, re, subprocess, tempfile
from concurrent.futures import ThreadPoolExecutor

NAMES = ["split", "start", "end", "length", "attended", "hidden", "edge", "identity", "unseen", "rule"]
FACTS = ("short", "not seated", "part of a longer stay", "never moved")  # rejected whatever the confidence


def iou(a, b):
    inter = min(a["exit_s"], b["exit_s"]) - max(a["enter_s"], b["enter_s"])
    union = max(a["exit_s"], b["exit_s"]) - min(a["enter_s"], b["enter_s"])
    return max(0.0, inter) / union if union > 0 else 0.0


def match(truth, found):
    pairs = sorted(((iou(t, f), i, j) for i, t in enumerate(truth) for j, f in enumerate(found)
                    if t["zone"] == f["zone"]), key=lambda p: -p[0])
    used_t, used_f = {}, {}
    for value, i, j in pairs:
        if value >= 0.5 and i not in used_t and j not in used_f: used_t[i], used_f[j] = j, i
    return used_f


def parse_evidence(text):
    words = text.split()
    values = dict(zip(words[1::2], map(float, words[2::2])))
    return (1.0 if words and words[0] == "area" else 0.0), [values.get(n, 0.0) for n in NAMES]


def rows_of(truth, events):
    """(true?, confidence, verdict, area?, doubts) of each event that is long enough to be one."""
    right = match(truth, events)
    return [(j in right, e["confidence"], e["verdict"]) + parse_evidence(e["evidence"])
            for j, e in enumerate(events) if e["evidence"] and e["rejected"] not in FACTS]


def simulate(runner, jobs):
    def run(job):
        seeds, first = job
        with tempfile.NamedTemporaryFile(suffix=".json") as out:
            subprocess.run([runner, out.name, "--seeds", str(seeds), "--from", str(first)],
                           check=True, stdout=subprocess.DEVNULL)
            return [json.loads(line) for line in open(out.name)]
    with ThreadPoolExecutor(2) as pool:
        return [salon for part in pool.map(run, jobs) for salon in part]


def halves(first, seeds):
    return [(n, at) for n, at in ((seeds - seeds // 2, first), (seeds // 2, first + seeds - seeds // 2)) if n > 0]


def real_scenarios(folder, runner):
    salons = []
    for path in sorted(glob.glob(os.path.join(folder, "salon", "*", ""))):
        with tempfile.NamedTemporaryFile(suffix=".csv") as out:
            subprocess.run([runner, path + "det.txt.gz", path + "scene.json", out.name, "--all"], check=True,
                           stderr=subprocess.DEVNULL)
            events = []
            for line in open(out.name).read().splitlines()[1:]:
                zone, kind, enter, leave, confidence, verdict, _, _, metadata = line.split(",", 8)
                why = re.search(r"rejected=(short|not seated|never moved|unattended|hardly seen|not sure)", metadata)
                found = re.search(r"evidence=((?:area|seat)(?: [a-z]+ [0-9.]+)*)", metadata)
                events.append(dict(zone=zone, type=kind, enter_s=float(enter), exit_s=float(leave), verdict=verdict,
                                   confidence=float(confidence), evidence=found.group(1) if found else "",
                                   rejected=why.group(1) if why else ""))
        salons.append(dict(truth=json.load(open(path + "truth.json")), events=events))
    return salons


def sigmoid(x):
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, x))))


def features(row):
    area, doubts = row[3], row[4]
    return [1 - area, area] + [-d for d in doubts]


def fit(rows, rounds=60, ridge=1.0):
    """Newton's method; weights that would be negative are held at 0."""
    xs, ys = [features(r) for r in rows], [1.0 if r[0] else 0.0 for r in rows]
    n = len(xs[0])
    w, free = [2.0, 2.0] + [0.5] * (n - 2), set(range(n))
    free -= {k for k in range(n) if all(x[k] == 0 for x in xs)}
    for k in range(n):
        if k not in free: w[k] = 0.0
    for _ in range(rounds):
        g = [-(ridge * w[k] if k >= 2 else 0.0) for k in range(n)]
        h = [[(ridge if i == j and i >= 2 else 1e-6 if i == j else 0.0) for j in range(n)] for i in range(n)]
        for x, y in zip(xs, ys):
            p = sigmoid(sum(a * b for a, b in zip(w, x)))
            v = p * (1 - p)
            at = [k for k in free if x[k] != 0]
            for i in at:
                g[i] += (y - p) * x[i]
                for j in at: h[i][j] += v * x[i] * x[j]
        step = solve(h, g, sorted(free))
        w = [a + b for a, b in zip(w, step)]
        for k in range(2, n):
            if w[k] < 0: w[k] = 0.0; free.discard(k)
        if max(map(abs, step)) < 1e-5: break
    return w


def solve(h, g, free):
    a = [[h[i][j] for j in free] + [g[i]] for i in free]
    m = len(free)
    for c in range(m):
        p = max(range(c, m), key=lambda r: abs(a[r][c]))
        a[c], a[p] = a[p], a[c]
        for r in range(m):
            if r != c and a[c][c] != 0:
                f = a[r][c] / a[c][c]
                a[r] = [x - f * y for x, y in zip(a[r], a[c])]
    out = [0.0] * len(g)
    for c, k in enumerate(free): out[k] = a[c][m] / a[c][c] if a[c][c] else 0.0
    return out


def auc(rows):
    right, wrong = [p for y, p in rows if y], [p for y, p in rows if not y]
    if not right or not wrong: return float("nan")
    ranked = sorted(rows, key=lambda r: r[1])
    rank, i = 0.0, 0
    while i < len(ranked):
        j = i
        while j < len(ranked) and ranked[j][1] == ranked[i][1]: j += 1
        rank += sum(1 for y, _ in ranked[i:j] if y) * ((i + j + 1) / 2)
        i = j
    return (rank - len(right) * (len(right) + 1) / 2) / (len(right) * len(wrong))


def reliability(title, rows):
    """rows: (true?, confidence)."""
    edges = [0, .05, .1, .2, .3, .4, .5, .6, .7, .8, .9, .95, 1.0001]
    print(f"\n{title}: {len(rows)} events, {sum(1 for y, _ in rows if not y)} not true")
    print("  given          events    mean given   true")
    ece = 0.0
    for low, high in zip(edges, edges[1:]):
        bin_ = [(y, p) for y, p in rows if low <= p < high]
        if not bin_: continue
        mean, true = sum(p for _, p in bin_) / len(bin_), sum(1 for y, _ in bin_ if y) / len(bin_)
        ece += abs(mean - true) * len(bin_) / len(rows)
        print(f"  {low:.2f} - {min(high, 1):.2f} {len(bin_):9d}      {mean:8.3f}   {true:.3f}")
    brier = sum((p - y) ** 2 for y, p in rows) / len(rows)
    base = sum(1 for y, _ in rows if y) / len(rows)
    print(f"  Brier {brier:.4f} (always {base:.3f}: {base * (1 - base):.4f})   AUC {auc(rows):.3f}   expected calibration error {ece:.4f}")


def thresholds(title, salons, confidence):
    print(f"\n{title}: what is counted, by threshold")
    for limit in (None, .2, .3, .4, .5, .6, .7, .8):
        truths = counted = matched = 0
        for s in salons:
            chosen = [e for e in s["events"] if (e["verdict"] == "counted" if limit is None else confidence(e) >= limit)]
            truths += len(s["truth"]); counted += len(chosen); matched += len(match(s["truth"], chosen))
        name = "as built" if limit is None else f"from {limit:.1f}"
        print(f"  {name:9} F1 {2 * matched / max(1, truths + counted):.4f}  precision {matched / max(1, counted):.4f}"
              f"  recall {matched / max(1, truths):.4f}  counted {counted} for {truths}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--runner", default="build/bench/sim_events")
    parser.add_argument("--replay", default="build/bench/replay_services")
    parser.add_argument("--train", type=int, default=6)
    parser.add_argument("--test", type=int, default=4)
    parser.add_argument("--eval", default="")
    parser.add_argument("--fit", action="store_true")
    args = parser.parse_args()
    test = simulate(args.runner, halves(1001, args.test))
    groups = {"test seeds": test}
    if args.eval: groups["shared scenarios"] = real_scenarios(args.eval, args.replay)
    for name, salons in groups.items():
        rows = [r for s in salons for r in rows_of(s["truth"], s["events"])]
        reliability(f"as built, {name}", [(r[0], r[1]) for r in rows])
        thresholds(f"as built, {name}", salons, lambda e: e["confidence"])
    if not args.fit: return
    train = [r for s in simulate(args.runner, halves(1, args.train)) for r in rows_of(s["truth"], s["events"])]
    w = fit(train)
    def given(row): return min(.995, max(.005, sigmoid(sum(a * b for a, b in zip(w, features(row))))))
    reliability("fitted, train seeds", [(r[0], given(r)) for r in train])
    for name, salons in groups.items():
        rows = [r for s in salons for r in rows_of(s["truth"], s["events"])]
        reliability(f"fitted, {name}", [(r[0], given(r)) for r in rows])
        def of_event(e): return given((0, 0, 0) + parse_evidence(e["evidence"])) if e["evidence"] else 0.0
        thresholds(f"fitted, {name}", salons, of_event)
    print("\nfor src/events/confidence.cpp (" + ", ".join(["seat", "area"] + NAMES) + "):")
    print("constexpr Weights kWeights{" + ", ".join(f"{v:.2f}" for v in w) + "};")


if __name__ == "__main__":
    main()
