"""How long a partition was not written to, for each fault: the longest time between two acknowledged sends to it."""
import collections
import glob
import json
import os


def acknowledgements(folder):
    """Topic-partition to the times in ms at which sends to it were acknowledged."""
    times = collections.defaultdict(list)
    for path in glob.glob(os.path.join(folder, "write-*.history")):
        for line in open(path, encoding="utf-8").read().split("\n")[:-1]:
            event = json.loads(line)
            if event["op"] == "sent":
                times[f"{event['topic']}-{event['partition']}"].append(event["at"])
    return {part: sorted(at) for part, at in times.items()}


def longest(times, begin, end):
    """The longest gap that has a part between begin and end."""
    gaps = [b - a for a, b in zip(times, times[1:]) if b > begin and a < end]
    return max(gaps, default=0)


def table(folder, rows):
    times = acknowledgements(folder)
    print(f"        {'fault':22} {'longest pause of a partition, s':34} whole again after, s")
    for name, begin, end, seconds in rows:
        gaps = {part: longest(at, begin * 1000, end * 1000) / 1000 for part, at in sorted(times.items())}
        words = "  ".join(f"{part} {gap:.2f}" for part, gap in gaps.items())
        print(f"        {name:22} {words:34} {seconds:.1f}")
