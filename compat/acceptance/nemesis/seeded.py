"""Harm that no system could make good, done to all copies at once: the judge must see it, or it is blind.

Each harm is done to the files of stopped nodes, whose history held until then. The nodes start, everything is read once
more, and the kind of fault that was put there must be among those that are found.
"""
import glob
import os
import shutil
import struct
import subprocess
import sys

import replicas

HERE = os.path.dirname(os.path.abspath(__file__))
PARTITION = "log-0"


def last_batch(path):
    """Where the last batch of a segment begins, and its bytes."""
    data, at, last = open(path, "rb").read(), 0, 0
    while at + 12 <= len(data):
        last, at = at, at + 12 + struct.unpack_from(">i", data, at + 8)[0]
    return last, data[last:]


def last_segment(node):
    return [path for path in sorted(glob.glob(f"{node.data}/{PARTITION}/*.log")) if os.path.getsize(path) > 0][-1]


def forget_tail(node):
    """What else knows of the tail: a node that misses records which were on disk does not serve them."""
    for pattern in (f"{PARTITION}/*.snapshot", f"{PARTITION}/*.index", f"{PARTITION}/*.timeindex", f"{PARTITION}/millrace-*", "*-checkpoint", "millrace-flush-journal", ".kafka_cleanshutdown"):
        for path in glob.glob(f"{node.data}/{pattern}"):
            os.remove(path)
    os.truncate(f"{node.data}/millrace-durable-offsets", 0)  # a directory without it is not ours


def cut(node):
    path = last_segment(node)
    os.truncate(path, last_batch(path)[0])
    forget_tail(node)


def double(node):
    path = last_segment(node)
    _, batch = last_batch(path)
    base, = struct.unpack_from(">q", batch, 0)
    delta, = struct.unpack_from(">i", batch, 23)
    with open(path, "ab") as file:  # the base offset is not under the checksum
        file.write(struct.pack(">q", base + delta + 1) + batch[8:])
    forget_tail(node)


HARMS = {"lost": cut, "twice": double}


def found(w, clients, kind):
    """Whether the judge finds the harm, after the nodes have started with it."""
    for node in w.nodes.values():
        HARMS[kind](node)
    w.start()
    w.await_whole()
    before, w.history = w.history, f"{w.work}/history-{kind}"
    shutil.copytree(before, w.history, ignore=shutil.ignore_patterns("final-*", "kcat-reader*"))
    try:
        clients.read_all()
        told = subprocess.run([sys.executable, os.path.join(HERE, "..", "history", "check.py"), w.history], capture_output=True, text=True)
        for node in w.nodes.values():
            node.terminate()
        return any(line.strip().startswith(f"{kind}:") for line in told.stdout.splitlines())
    finally:
        w.history = before


def found_in_one_copy(w):
    """Whether the comparison of copies finds a byte that one of them has otherwise."""
    path = last_segment(w.nodes[2])
    with open(path, "r+b") as file:
        file.seek(os.path.getsize(path) - 3)
        byte = file.read(1)
        file.seek(-1, os.SEEK_CUR)
        file.write(bytes([byte[0] ^ 1]))
    return any(line.startswith(PARTITION) for line in replicas.differences({n: node.data for n, node in w.nodes.items()}))
