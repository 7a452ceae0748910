"""Holds what was read against what was written.

usage: check.py WRITTEN READ   WRITTEN: key TAB sequence|text, in order of writing. READ: partition TAB offset TAB key TAB sequence|text, in
the order in which each partition was read. Same records, none lost, none twice, a key in one partition, the order of each key as written.
"""
import sys

written = {}
for line in open(sys.argv[1], encoding="utf-8", newline="\n"):
    key, value = line.rstrip("\n").split("\t", 1)
    written[(key, value)] = False
offsets, partition_of, last, faults = {}, {}, {}, []
count = 0
for line in open(sys.argv[2], encoding="utf-8", newline="\n"):
    partition, offset, key, value = line.rstrip("\n").split("\t", 3)
    count += 1
    sequence = int(value.split("|", 1)[0])
    if (key, value) not in written:
        faults.append(f"not written: partition={partition} offset={offset} key={key}")
    elif written[(key, value)]:
        faults.append(f"read twice: partition={partition} offset={offset} key={key} sequence={sequence}")
    written[(key, value)] = True
    if partition_of.setdefault(key, partition) != partition:
        faults.append(f"key in two partitions: key={key}")
    if last.get(key, -1) >= sequence:
        faults.append(f"order of key broken: key={key} sequence={sequence} after={last[key]}")
    last[key] = sequence
    if offsets.get(partition, -1) >= int(offset):
        faults.append(f"offset goes back: partition={partition} offset={offset}")
    offsets[partition] = int(offset)
lost = [pair[0] for pair, seen in written.items() if not seen]
faults += [f"lost: key={key}" for key in lost]
for fault in faults[:10]:
    print("   ", fault)
print(f"    written={len(written)} read={count} partitions={len(offsets)} faults={len(faults)}")
sys.exit(1 if faults else 0)
