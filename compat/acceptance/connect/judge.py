"""Lines for the Connect run, and what a sink without transactions of its own may do with them.

usage: judge.py make PACKAGES < apt-cache-dumpavail > LINES      in ASCII: the file source counts characters and skips bytes
       judge.py sink LINES OUTPUT     the sink repeats what it wrote after its last commit when it is killed: each run of
                                      OUTPUT continues or goes back, never skips; without repetitions it is LINES
"""
import re
import sys


def make(limit):
    stanzas = [s for s in sys.stdin.read().split("\n\n") if s.startswith("Package: ")][:limit]
    for n, stanza in enumerate(stanzas):
        name = stanza.split("\n", 1)[0][9:]
        description = re.search(r"^Description: (.*)$", stanza, re.M)
        line = f"{n}\t{name}\t{description[1] if description else ''}"
        print(line.encode("ascii", "replace").decode())


def again(lines, place, line):
    """The place of a line that was written before; the killed worker may have left a piece of the next one in front of it."""
    for cut in range(len(line)):
        number = line[cut:].split("\t", 1)[0]
        if number.isdigit() and int(number) <= place and line[cut:] == lines[int(number)]:
            return int(number)
        if not lines[place].startswith(line[: cut + 1]):
            return None
    return None


def sink(lines_file, output_file):
    lines = open(lines_file, encoding="utf-8").read().split("\n")
    place, repeated, rewinds, broken = 0, 0, 0, False
    for line in open(output_file, encoding="utf-8").read().split("\n"):
        if place < len(lines) and line == lines[place]:
            place += 1
            continue
        earlier = again(lines, min(place, len(lines) - 1), line)
        if earlier is None:
            print(f"    out of order: place={place} line={line[:80]!r}")
            broken = True
            break
        rewinds, repeated, place = rewinds + 1, repeated + place - earlier, earlier + 1
    print(f"    lines={len(lines) - 1} reached={place - 1} rewinds={rewinds} repeated={repeated}")
    return 1 if broken or place != len(lines) else 0


sys.exit(make(int(sys.argv[2])) if sys.argv[1] == "make" else sink(*sys.argv[2:]))
