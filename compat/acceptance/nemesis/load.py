"""What clients of other makes do to the cluster meanwhile, and what they write down."""
import glob
import json
import os
import subprocess
import threading
import time

TOPICS = {"log": 3, "out": 3, "bank": 4, "spread": 3, "kcat": 3, "brief": 2}
JAVA = ("write", "spread", "brief", "transform", "bank", "read", "classic", "consumer", "share")
PARTITIONS = f"-Dpartitions={TOPICS['log']}"
MEANWHILE = [PARTITIONS, "-Dmore=spread,kcat"]
AT_THE_END = [PARTITIONS, "-Dmore=spread,kcat,brief"]


class Notes:
    def __init__(self, path):
        self.file = open(path, "a", encoding="utf-8")

    def add(self, **event):
        self.file.write(json.dumps({"at": int(time.time() * 1000), **event}) + "\n")
        self.file.flush()


class Load:
    def __init__(self, world, workloads):
        self.world, self.workloads = world, workloads
        self.clients, self.kcat = None, None
        self.over = threading.Event()

    def create_topics(self):
        for name, partitions in TOPICS.items():
            self.world.steward.surely("create", name, partitions, 3)

    def start(self):
        java = [name for name in self.workloads if name != "kcat"]
        if java:
            self.clients = self.world.java("512m", MEANWHILE, "Workload", ",".join(java), self.world.bootstrap, self.world.history)
        if "kcat" in self.workloads:
            self.kcat = threading.Thread(target=self.librdkafka, daemon=True)
            self.kcat.start()

    def await_work(self, seconds=60):
        """Waits until writers write and readers read."""
        end = time.monotonic() + seconds
        wanted = [f"{self.world.history}/{name}-*.history" for name in ("write", "read", "transform", "consumer") if name in self.workloads]
        while time.monotonic() < end and not all(any(os.path.getsize(path) > 20_000 for path in glob.glob(one)) for one in wanted):
            time.sleep(0.2)

    def librdkafka(self):
        """Batches of 50 values by kcat, one process a batch: it ends with 0 when all of them are acknowledged."""
        notes = Notes(f"{self.world.history}/kcat.history")
        batch = 0
        while not self.over.is_set():
            values = [f"kcat-{batch}.p-{n}" for n in range(50)]
            for value in values:
                notes.add(op="send", topic="kcat", partition=None, value=value)
            words = ["kcat", "-P", "-b", self.world.bootstrap, "-t", "kcat", "-X", "enable.idempotence=true", "-X", "acks=all", "-X", "message.timeout.ms=90000", "-X", "topic.metadata.refresh.interval.ms=2000"]
            done = subprocess.run(words, input="\n".join(values) + "\n", capture_output=True, text=True)
            good = done.returncode == 0 and "Delivery failed" not in done.stderr
            for value in values:
                if good:
                    notes.add(op="sent", topic="kcat", partition=None, offset=None, value=value)
                else:
                    notes.add(op="failed", value=value, error=done.stderr.strip()[-100:])
            batch += 1
            self.over.wait(0.5)

    def stop(self, seconds=150):
        """Whether every client came to an end by itself."""
        open(f"{self.world.history}/stop", "w").close()
        self.over.set()
        try:
            code = self.clients.wait(seconds) if self.clients else 0
        except subprocess.TimeoutExpired:
            code = -1
        if self.kcat:
            self.kcat.join(seconds)
        return code == 0 and not (self.kcat and self.kcat.is_alive())

    def read_all(self):
        """Whether all of it can be read once more, by Apache's client and by librdkafka."""
        final = self.world.java("512m", AT_THE_END, "Workload", "final", self.world.bootstrap, self.world.history)
        try:
            if final.wait(150):
                return False
        except subprocess.TimeoutExpired:
            return False
        if "kcat" not in self.workloads:
            return True
        words = ["kcat", "-C", "-b", self.world.bootstrap, "-t", "kcat", "-o", "beginning", "-e", "-q", "-f", "%t %p %o %s\n"]
        done = subprocess.run(words, capture_output=True, text=True, timeout=120)
        rows = [line.split(" ", 3) for line in done.stdout.splitlines()]
        notes = Notes(f"{self.world.history}/kcat-reader.history")
        notes.add(op="poll", reader="kcat", records=[[t, int(p), int(o), v] for t, p, o, v in rows])
        return done.returncode == 0
