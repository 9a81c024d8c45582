#!/usr/bin/env python3
# timeout: 1800
"""Resident memory with one 768x576 camera: under 350 MB, and flat over loops of the sample video: MEMORY_LOOPS, 4; in
tools/check all 10."""
import os
from pathlib import Path

import _e2e as e2e

LOOPS, FRAMES = int(os.environ.get("MEMORY_LOOPS", "4")), 795
LIMIT_MB, GROWTH_MB = 350, 8


def resident_mb(process):
    for line in Path(f"/proc/{process.pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1000
    return 0


class Memory(e2e.Case):
    def test_loops_of_the_sample_stay_flat_and_small(self):
        config = self.config(camera="    loop: true")
        process = self.start(e2e.CHAIRSIDE, "run", "--config", config)
        sizes = []
        for loop in range(1, LOOPS + 1):
            self.wait_for(f"loop {loop}", seconds=300, condition=lambda: self.frames_seen(config) >= loop * FRAMES)
            sizes.append(resident_mb(process))
        self.stop(process)
        print("# resident MB after each loop:", " ".join(f"{size:.0f}" for size in sizes))
        self.assertLess(max(sizes), LIMIT_MB)
        self.assertLess(max(sizes[2:]) - sizes[1], GROWTH_MB, sizes)


if __name__ == "__main__":
    e2e.need_video()
    e2e.main()
