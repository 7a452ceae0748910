"""A campaign of faults against three nodes under load. See nemesis.sh for how it is called."""
import argparse
import collections
import os
import random
import signal
import subprocess
import sys
import time

import faults
import load
import pauses
import replicas
import seeded
import world

HERE = os.path.dirname(os.path.abspath(__file__))


class Campaign:
    def __init__(self, w, clients, rng):
        self.w, self.clients, self.rng = w, clients, rng
        self.begin, self.failed, self.rows = time.time(), 0, []
        self.notes = load.Notes(f"{w.history}/nemesis.history")
        w.recreated = lambda topic: self.notes.add(op="recreated", topic=topic)

    def report(self, what, good, more=""):
        self.failed += not good
        print(f"{'ok     ' if good else 'FAILED '} {what} {more}", flush=True)

    def fault(self, name):
        """Whether the campaign can go on."""
        begin, trouble = time.time(), ""
        try:
            detail = faults.FAULTS[name](self.w, self.rng)
        except faults.Broken as fault:
            detail, trouble = "", str(fault)
        seconds, missing = (0, []) if trouble else self.w.await_whole()
        if missing:
            trouble = f"not whole after {seconds:.0f} s: {missing[:4]}"
        gone = [n for n, node in self.w.nodes.items() if not node.is_alive()]
        if gone and not trouble:
            trouble = f"ended by themselves: nodes {gone}"
        end = time.time() + 2
        self.rows.append((name, begin, end, seconds))
        self.notes.add(op="fault", name=name, begin=int(begin * 1000), end=int(end * 1000))
        print(f"        {begin - self.begin:4.0f} s  {name}: {detail or trouble}; whole after {seconds:.1f} s", flush=True)
        if trouble:
            self.report(f"{name}: the cluster is whole again", False, trouble)
        return not trouble

    def run(self, names, minutes):
        """Each of the names once; with minutes again and again, but none a second time before each had its turn."""
        end = time.time() + minutes * 60
        deck = []
        while not self.rows or time.time() < end:
            deck = deck or self.rng.sample(names, len(names))
            while deck:
                if minutes and self.rows and time.time() >= end:
                    return
                if not self.fault(deck.pop()):
                    return
                time.sleep(2)

    def judge(self, arguments):
        self.report("every client comes to an end after the last fault", self.clients.stop())
        self.report("everything can be read in the end", self.clients.read_all())
        check = [sys.executable, os.path.join(HERE, "..", "history", "check.py")]
        self.report("the history holds", subprocess.run([*check, self.w.history]).returncode == 0)
        stopped = [n for n, node in self.w.nodes.items() if node.is_alive() and not node.terminate()]
        self.report("every node stops in order", not stopped, stopped or "")
        differences = replicas.differences({n: node.data for n, node in self.w.nodes.items()})
        self.report("all copies are the same", not differences, differences[:3] or "")
        if arguments.plant:
            self.report("the judge finds each fault that is put into the history", subprocess.run([*check, "--plant", "all", self.w.history]).returncode == 0)
            self.report("a byte that one copy has otherwise is found", seeded.found_in_one_copy(self.w))
            for kind in seeded.HARMS:
                self.report(f"harm done to all copies is found: {kind}", seeded.found(self.w, self.clients, kind))
        pauses.table(self.w.history, self.rows)
        counts = collections.Counter(name for name, *_ in self.rows)
        print("        how often: " + "  ".join(f"{name} {count}" for name, count in counts.most_common()))
        left = [name for name in faults.FAULTS if name not in counts]
        print("        not at all: " + (" ".join(left) or "none"))
        whole = sorted(seconds for *_, seconds in self.rows)
        print(f"        whole again, s: median {whole[len(whole) // 2]:.1f}, slowest {whole[-1]:.1f}" if whole else "        no fault")


def main():
    parser = argparse.ArgumentParser(prog="nemesis", description="faults against three nodes under load")
    parser.add_argument("faults", nargs="*", metavar="FAULT", help=f"of {' '.join(faults.FAULTS)}; all of them without one")
    parser.add_argument("--minutes", type=float, default=0, help="faults for so long, each once before one comes again; without it each once")
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 30))
    parser.add_argument("--load", default=",".join((*load.JAVA, "kcat")), help="which clients work, of %(default)s")
    parser.add_argument("--plant", action="store_true", help="faults are put into the history and into the files afterwards, which must be found")
    parser.add_argument("--tag", type=int, default=os.getpid() % 250, help="of the network 10.77.TAG.0/24")
    arguments = parser.parse_args()
    names = arguments.faults or list(faults.FAULTS)
    for name in names:
        if name not in faults.FAULTS:
            parser.error(f"no fault '{name}', there are: {' '.join(faults.FAULTS)}")
    work, program, java_home, classes = (os.environ[name] for name in ("WORK", "MILLRACE", "JAVA_HOME", "CLASSES"))
    print(f"seed: {arguments.seed}, faults: {' '.join(names)}, in {work}", flush=True)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that nodes, networks and disks are cleared away
    w = world.World(work, program, java_home, classes, arguments.tag)
    try:
        w.start()
        clients = load.Load(w, arguments.load.split(","))
        clients.create_topics()
        clients.start()
        clients.await_work()
        campaign = Campaign(w, clients, random.Random(arguments.seed))
        print(f"        ready, whole after {w.await_whole()[0]:.1f} s", flush=True)
        campaign.run(names, arguments.minutes)
        campaign.judge(arguments)
        print(f"nemesis: {campaign.failed} failed")
        return 1 if campaign.failed else 0
    finally:
        if os.environ.get("KEEP"):
            for node in w.nodes.values():
                subprocess.run(["cp", "-r", node.disk.folder, f"{work}/kept{node.number}"], stderr=subprocess.DEVNULL)
        w.close()


if __name__ == "__main__":
    sys.exit(main())
