"""Makes the input of the Streams run, and holds its output against a plain computation.

usage: judge.py make PACKAGES < apt-cache-dumpavail > FEED      topic TAB time TAB key TAB value
       judge.py count FEED                                      how many records counts and joined must have
       judge.py check FEED COUNTS JOINED                        the records read: key TAB value
"""
import collections
import re
import sys
import time

WINDOW_MS = 5000


def make(limit):
    stanzas = [s for s in sys.stdin.read().split("\n\n") if s.startswith("Package: ")][:limit]
    start = int(time.time() * 1000) - limit * 1000
    for n, stanza in enumerate(stanzas):
        fields = dict(re.findall(r"^([A-Za-z0-9-]+): (.*)$", stanza, re.M))
        name, section, then = fields["Package"], fields.get("Section", "none"), start + n * 700
        words = re.findall(r"[a-z]+", (fields.get("Description", "") + " " + fields.get("Tag", "")).lower())
        if words:
            print("text", then, name, " ".join(words), sep="\t")
        side = "left" if n % 2 else "right"
        print(side, then + (n * 7919) % 3000, section, f"{side}-{n}", sep="\t")


def expected(feed):
    counts, sides = collections.Counter(), {"left": [], "right": []}
    for line in open(feed, encoding="utf-8"):
        topic, then, key, value = line.rstrip("\n").split("\t", 3)
        if topic == "text":
            counts.update(value.split(" "))
        else:
            sides[topic].append((key, int(then), value))
    rights = collections.defaultdict(list)
    for key, then, value in sides["right"]:
        rights[key].append((then, value))
    joined = collections.Counter(
        (key, f"{value}+{other}")
        for key, then, value in sides["left"]
        for there, other in rights[key]
        if abs(then - there) <= WINDOW_MS
    )
    return counts, joined


def check(feed, counts_file, joined_file):
    counts, joined = expected(feed)
    seen = collections.defaultdict(list)
    for line in open(counts_file, encoding="utf-8"):
        word, count = line.rstrip("\n").split("\t")
        seen[word].append(int(count))
    faults = [f"word={w} wanted=1..{n} seen={seen[w][:20]}" for w, n in counts.items() if seen[w] != list(range(1, n + 1))]
    faults += [f"word never written: {w}" for w in seen if w not in counts]
    got = collections.Counter(tuple(line.rstrip("\n").split("\t")) for line in open(joined_file, encoding="utf-8"))
    faults += [f"join lost: {pair}" for pair in joined - got] + [f"join too many: {pair}" for pair in got - joined]
    for fault in faults[:10]:
        print("   ", fault)
    print(f"    words={len(counts)} updates={sum(counts.values())} joined={sum(joined.values())} faults={len(faults)}")
    return 1 if faults else 0


verb = sys.argv[1]
if verb == "make":
    make(int(sys.argv[2]))
elif verb == "count":
    print(*(sum(c.values()) for c in expected(sys.argv[2])))
else:
    sys.exit(check(*sys.argv[2:]))
