"""Three nodes as three machines: a network namespace, a small disk and a process each, and the wires between them."""
import json
import os
import signal
import subprocess
import threading
import time

NODES = (1, 2, 3)
DISK_MIB = 400
JOURNAL_BYTES = 8 << 20
SETTINGS = {
    "process.roles": "broker,controller",
    "auto.create.topics.enable": "false",
    "default.replication.factor": 3,
    "min.insync.replicas": 2,
    "offsets.topic.replication.factor": 3,
    "offsets.topic.num.partitions": 12,
    "transaction.state.log.replication.factor": 3,
    "transaction.state.log.num.partitions": 12,
    "share.coordinator.state.topic.replication.factor": 3,
    "share.coordinator.state.topic.num.partitions": 12,
    "group.initial.rebalance.delay.ms": 0,
    "group.consumer.session.timeout.ms": 6000,
    "group.consumer.min.session.timeout.ms": 6000,
    "group.consumer.heartbeat.interval.ms": 1000,
    "group.consumer.min.heartbeat.interval.ms": 1000,
    "group.share.session.timeout.ms": 6000,
    "group.share.min.session.timeout.ms": 6000,
    "group.share.heartbeat.interval.ms": 1000,
    "group.share.min.heartbeat.interval.ms": 1000,
    "group.share.record.lock.duration.ms": 15000,
    "log.segment.bytes": 2 << 20,
    "millrace.journal.bytes": JOURNAL_BYTES,
    "metadata.log.max.record.bytes.between.snapshots": 16 << 10,
}


def run(*command):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"nemesis: {' '.join(map(str, command))}: {done.stderr.strip()}")
    return done.stdout


def favour(pid):
    """On a machine that does other work too: a session of its own, which FAVOUR (such as -10) lets go first."""
    if os.environ.get("FAVOUR") and os.path.exists(f"/proc/{pid}/autogroup"):
        with open(f"/proc/{pid}/autogroup", "w") as file:
            file.write(os.environ["FAVOUR"])


class Wires:
    """A bridge in the namespace that we are in, and a namespace a node behind it; clients are on the bridge."""

    def __init__(self, tag):
        self.tag, self.bridge, self.net = tag, f"nm{tag}br", f"10.77.{tag}"
        run("ip", "link", "add", self.bridge, "type", "bridge")
        run("ip", "address", "add", f"{self.net}.254/24", "dev", self.bridge)
        run("ip", "link", "set", self.bridge, "up")
        for node in NODES:
            name = self.space(node)
            run("ip", "netns", "add", name)
            run("ip", "link", "add", f"nm{tag}n{node}", "type", "veth", "peer", "name", "e0", "netns", name)
            run("ip", "link", "set", f"nm{tag}n{node}", "master", self.bridge, "up")
            run("ip", "-n", name, "address", "add", f"{self.ip(node)}/24", "dev", "e0")
            run("ip", "-n", name, "link", "set", "e0", "up")
            run("ip", "-n", name, "link", "set", "lo", "up")

    def space(self, node):
        return f"nm{self.tag}n{node}"

    def ip(self, node):
        return f"{self.net}.{node}"

    def inside(self, node, *command):
        return ["nsenter", f"--net=/run/netns/{self.space(node)}", *command]

    def rule(self, node, *words):
        run(*self.inside(node, "iptables", "-w", *words))

    def drop(self, receiver, sender):
        """What sender says does not arrive at receiver; the other way is open."""
        self.rule(receiver, "-A", "INPUT", "-s", self.ip(sender), "-j", "DROP")

    def deafen(self, node):
        """Nothing arrives at the node, of nodes and of clients; what it says arrives."""
        self.rule(node, "-A", "INPUT", "!", "-i", "lo", "-j", "DROP")

    def unplug(self, node):
        run("ip", "link", "set", f"nm{self.tag}n{node}", "nomaster")

    def lose(self, node, share, sender=None):
        """A share of what arrives at the node, from all or from one other node, is lost."""
        source = ["-s", self.ip(sender)] if sender else []
        self.rule(node, "-A", "INPUT", "!", "-i", "lo", *source, "-m", "statistic", "--mode", "random", "--probability", str(share), "-j", "DROP")

    def reset(self, node, share):
        """A share of the packets to the node is answered with the end of their connection."""
        self.rule(node, "-A", "INPUT", "!", "-i", "lo", "-p", "tcp", "-m", "statistic", "--mode", "random", "--probability", str(share), "-j", "REJECT", "--reject-with", "tcp-reset")

    def slow(self, node, rate):
        """What the node sends waits in a queue of that rate (netem, if the kernel has it, would be rounder)."""
        run(*self.inside(node, "tc", "qdisc", "add", "dev", "e0", "root", "tbf", "rate", rate, "burst", "8k", "latency", "300ms"))

    def mend(self):
        for node in NODES:
            self.rule(node, "-F", "INPUT")
            run("ip", "link", "set", f"nm{self.tag}n{node}", "master", self.bridge)
            subprocess.run(self.inside(node, "tc", "qdisc", "del", "dev", "e0", "root"), capture_output=True)

    def remove(self):
        for node in NODES:
            subprocess.run(["ip", "netns", "del", self.space(node)], capture_output=True)
        subprocess.run(["ip", "link", "del", self.bridge], capture_output=True)


class Disk:
    """A file system of its own in a file."""

    def __init__(self, image, folder):
        self.image, self.folder = image, folder
        os.makedirs(folder)
        self.make()

    def make(self):
        with open(self.image, "wb") as file:
            file.truncate(DISK_MIB << 20)
        run("mkfs.ext4", "-q", "-m", "0", "-E", "lazy_itable_init=1", self.image)
        run("mount", "-o", "loop", self.image, self.folder)

    def fill(self):
        """Until nothing more fits."""
        for name, size in (("ballast", 1 << 20), ("crumbs", 4096)):
            with open(os.path.join(self.folder, name), "wb", buffering=0) as file:
                try:
                    while file.write(b"\0" * size):
                        pass
                except OSError:
                    pass

    def empty(self):
        for name in ("ballast", "crumbs"):
            if os.path.exists(os.path.join(self.folder, name)):
                os.remove(os.path.join(self.folder, name))

    def freeze(self, seconds):
        """Whatever writes waits; a file system that stays frozen could never be unmounted."""
        run("fsfreeze", "--freeze", self.folder)
        try:
            time.sleep(seconds)
        finally:
            run("fsfreeze", "--unfreeze", self.folder)

    def replace(self):
        self.remove()
        self.make()

    def remove(self):
        subprocess.run(["umount", "-l", self.folder], capture_output=True)
        if os.path.exists(self.image):
            os.remove(self.image)


class Node:
    def __init__(self, number, world):
        self.number, self.world = number, world
        self.disk = Disk(f"{world.work}/disk{number}.img", f"{world.work}/disk{number}")
        self.data = f"{self.disk.folder}/data"
        self.process, self.clock = None, None
        self.out, self.err = f"{world.work}/out{number}", f"{world.work}/err{number}"

    def command(self):
        w = self.world
        voters = ",".join(f"{n}@{w.wires.ip(n)}:9093" for n in NODES)
        ip = w.wires.ip(self.number)
        settings = dict(SETTINGS)
        settings["node.id"] = self.number
        settings["controller.quorum.voters"] = voters
        settings["listeners"] = f"PLAINTEXT://{ip}:9092,CONTROLLER://{ip}:9093"
        words = [w.program, "server", "--data", self.data, "--http", "127.0.0.1:0"]
        for name, value in settings.items():
            words += ["--set", f"{name}={value}"]
        return w.wires.inside(self.number, *words)

    def start(self):
        environment = dict(os.environ, MILLRACE_BUILD="never", MILLRACE_OPTS="-Xmx256m " + os.environ.get("MILLRACE_OPTS", ""))
        if self.clock:
            environment.update(self.clock)
        with open(self.out, "wb") as out, open(self.err, "ab") as err:
            self.process = subprocess.Popen(self.command(), stdout=out, stderr=err, env=environment, start_new_session=True)
        favour(self.process.pid)

    def is_ready(self):
        return any(line.startswith("ready ") for line in open(self.out, encoding="utf-8", errors="replace"))

    def is_alive(self):
        return self.process is not None and self.process.poll() is None

    def await_ready(self, seconds=180):
        """Whether it serves within the time; not when it ended."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.is_ready():
                return True
            if not self.is_alive():
                return False
            time.sleep(0.05)
        return False

    def send(self, number):
        if self.is_alive():
            self.process.send_signal(number)

    def kill(self):
        self.send(signal.SIGKILL)
        self.process.wait()

    def terminate(self, seconds=40):
        """Whether it ended in order."""
        self.send(signal.SIGTERM)
        try:
            return self.process.wait(seconds) == 0
        except subprocess.TimeoutExpired:
            subprocess.run(["jstack", str(self.process.pid)], stdout=open(f"{self.world.work}/hang{self.number}", "w"), stderr=subprocess.DEVNULL)
            self.kill()
            return False

    def last_words(self):
        lines = open(self.err, encoding="utf-8", errors="replace").read().splitlines()
        return lines[-1] if lines else ""


class Steward:
    """The operator's client, a process that is asked by lines; started again when it does not answer."""

    def __init__(self, world):
        self.world, self.process, self.lock = world, None, threading.Lock()

    def ask(self, *words):
        with self.lock:
            for _ in range(2):
                if self.process is None or self.process.poll() is not None:
                    self.process = self.world.java("64m", [], "Steward", self.world.bootstrap, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
                try:
                    self.process.stdin.write((" ".join(map(str, words)) + "\n").encode())
                    self.process.stdin.flush()
                    return json.loads(self.process.stdout.readline())
                except (BrokenPipeError, ValueError):
                    self.process.kill()
        return {"error": "no steward"}

    def surely(self, *words, seconds=30):
        """Asks until it is answered."""
        end = time.monotonic() + seconds
        while True:
            answer = self.ask(*words)
            if not isinstance(answer, dict) or "error" not in answer:
                return answer
            if time.monotonic() > end:
                raise SystemExit(f"nemesis: {' '.join(map(str, words))}: {answer['error']}")
            time.sleep(0.2)


class World:
    def __init__(self, work, program, java_home, classes, tag):
        self.work, self.program, self.java_home, self.classes = work, program, java_home, classes
        self.history = f"{work}/history"
        os.makedirs(self.history)
        self.children = []
        self.wires = Wires(tag)
        self.nodes = {number: Node(number, self) for number in NODES}
        self.bootstrap = ",".join(f"{self.wires.ip(n)}:9092" for n in NODES)
        self.steward = Steward(self)

    def java(self, memory, options, main, *arguments, **streams):
        words = [f"{self.java_home}/bin/java", f"-Xmx{memory}", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", *options, "-cp", self.classes, main, *arguments]
        with open(f"{self.work}/{main}.err", "ab") as err:
            child = subprocess.Popen(words, stderr=err, start_new_session=True, **streams)
        favour(child.pid)
        self.children.append(child)
        return child

    def start(self):
        for node in self.nodes.values():
            node.start()
        for node in self.nodes.values():
            if not node.await_ready():
                raise SystemExit(f"nemesis: node {node.number} does not start: {node.last_words()}")

    def not_whole(self, layout):
        return [name for name, (leader, replicas, isr) in layout.items() if leader < 0 or sorted(replicas) != sorted(isr)]

    def await_whole(self, seconds=60):
        """Seconds until every partition has a leader and all copies in sync, and what is missing when that does not come."""
        begin = time.monotonic()
        missing = ["?"]
        while time.monotonic() - begin < seconds:
            layout = self.steward.ask("layout")
            missing = [layout["error"]] if "error" in layout else self.not_whole(layout)
            if layout and not missing:
                return time.monotonic() - begin, []
            time.sleep(0.1)
        return seconds, missing

    def close(self):
        for node in self.nodes.values():
            if node.is_alive():
                node.process.kill()
                node.process.wait()
        for child in self.children:
            if child.poll() is None:
                child.kill()
                child.wait()
        for node in self.nodes.values():
            node.disk.remove()
        self.wires.remove()
