#!/usr/bin/env python3
"""Average precision at IoU 0.5 of MOT rows: ap50.py GT.txt ROWS.txt [--frames N]. All-points interpolation."""
import argparse
from collections import defaultdict


def rows(path, keep):
    found = defaultdict(list)
    with open(path, encoding="utf-8") as file:
        for line in file:
            v = [float(x) for x in line.split(",")]
            if keep(v):
                found[int(v[0])].append((v[2], v[3], v[4], v[5], v[6]))
    return found


def iou(a, b):
    w = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0])
    h = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    if w <= 0 or h <= 0:
        return 0.0
    return w * h / (a[2] * a[3] + b[2] * b[3] - w * h)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("truth")
    parser.add_argument("rows")
    parser.add_argument("--frames", type=int, default=0, help="only the first N frames")
    args = parser.parse_args()
    within = lambda v: args.frames == 0 or v[0] <= args.frames
    truth = rows(args.truth, lambda v: v[6] > 0 and within(v))
    found = sorted(((d[4], f, d) for f, ds in rows(args.rows, within).items() for d in ds), key=lambda x: -x[0])
    total = sum(len(t) for t in truth.values())
    used = {f: [False] * len(t) for f, t in truth.items()}
    points, hits = [], 0
    for i, (_, frame, box) in enumerate(found):
        best, at = 0.5, -1
        for j, t in enumerate(truth.get(frame, [])):
            if not used[frame][j] and (overlap := iou(box, t)) >= best:
                best, at = overlap, j
        if at >= 0:
            used[frame][at] = True
            hits += 1
        points.append((hits / total, hits / (i + 1)))
    area, ceiling, last = 0.0, 0.0, points[-1][0] if points else 0.0
    for recall, precision in reversed(points):
        area += (last - recall) * ceiling
        last, ceiling = recall, max(ceiling, precision)
    area += last * ceiling
    print(f"AP50 {area:.4f}  boxes {len(found)}  recall {hits / total:.4f}")


if __name__ == "__main__":
    main()
