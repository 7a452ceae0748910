"""Compares the copies of stopped nodes byte for byte, batch by batch.

A copy may begin later than another (retention, a disk that was replaced) and roll its segments elsewhere; where two
copies have a batch, it is the same bytes, and neither has a gap or an end of its own. Compacted topics are cleaned by
each node for itself: there a batch that both have as it was written must be the same.
"""
import glob
import os
import re
import struct
import sys

HEADER = struct.Struct(">qi")


def batches(folder):
    """Base offset to bytes of each batch of a partition, in the order of the files."""
    found = {}
    for path in sorted(glob.glob(os.path.join(folder, "*.log"))):
        data, at = open(path, "rb").read(), 0
        while at + HEADER.size <= len(data):
            base, length = HEADER.unpack_from(data, at)
            end = at + HEADER.size + length
            if length <= 0 or end > len(data):
                found[("torn", path)] = at
                break
            found[base] = data[at:end]
            at = end
    return found


def is_cleaned(partition):
    return partition.startswith(("__consumer_offsets-", "__share_group_state-", "__transaction_state-"))


def differences(folders):
    """What is not the same, a line each; folders: node to data directory."""
    found = []
    names = {os.path.basename(path) for folder in folders.values() for path in glob.glob(f"{folder}/*-[0-9]*")}
    partitions = {name for name in names if re.fullmatch(r".+-[0-9]+", name)}  # not what is about to be deleted
    for partition in sorted(partitions - {"__cluster_metadata-0"}):
        copies = {n: batches(f"{folder}/{partition}") for n, folder in folders.items() if os.path.isdir(f"{folder}/{partition}")}
        found += compare(partition, copies)
    return found


def compare(partition, copies):
    for node, copy in copies.items():
        for key in [key for key in copy if isinstance(key, tuple)]:
            yield f"{partition} node {node}: torn {key[1]} at {copy.pop(key)}"
    first = max((min(copy) for copy in copies.values() if copy), default=0)
    offsets = {node: {base for base in copy if base >= first} for node, copy in copies.items()}
    every = set().union(*offsets.values()) if offsets else set()
    for base in sorted(every):
        having = {node: copies[node][base] for node in copies if base in offsets[node]}
        if len(having) < len(copies) and not is_cleaned(partition):
            yield f"{partition} offset {base}: only on nodes {sorted(having)} of {sorted(copies)}"
            return
        if len(set(having.values())) > 1 and not is_cleaned(partition):
            yield f"{partition} offset {base}: other bytes on nodes {sorted(having)}"
            return


if __name__ == "__main__":
    lines = differences(dict(enumerate(sys.argv[1:], 1)))
    print("\n".join(lines) or "all copies are the same")
    sys.exit(1 if lines else 0)
