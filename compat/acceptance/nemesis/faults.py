"""What happens to the cluster. A fault does its harm, ends it, and returns a word about what it hit."""
import glob
import os
import shutil
import signal
import time

NODES = (1, 2, 3)
LONGER_THAN_SESSIONS = 12


def leader(w, part="log-0"):
    return w.steward.surely("layout")[part][0]


def controller(w):
    return w.steward.surely("controller")


def down(w, *numbers, seconds=4):
    """kill -9 of nodes, and their return."""
    for number in numbers:
        w.nodes[number].kill()
    time.sleep(seconds)
    up(w, *numbers)


def up(w, *numbers):
    for number in numbers:
        w.nodes[number].start()
    for number in numbers:
        if not w.nodes[number].await_ready():
            raise Broken(f"node {number} does not start: {w.nodes[number].last_words()}")


class Broken(Exception):
    """The cluster is not what it should be."""


def kill_leader(w, rng):
    number = leader(w, f"log-{rng.randrange(3)}")
    down(w, number)
    return f"node {number}"


def kill_controller(w, rng):
    number = controller(w)
    down(w, number)
    return f"node {number}"


def kill_coordinator(w, rng):
    number = w.steward.surely("coordinator", rng.choice(("transform", "readers-classic", "readers-consumer")))
    down(w, number)
    return f"node {number}"


def kill_two(w, rng):
    two = rng.sample(NODES, 2)
    down(w, *two, seconds=5)
    return f"nodes {two}"


def kill_all(w, rng):
    down(w, *NODES, seconds=1)
    return ""


def freeze(w, number, seconds=LONGER_THAN_SESSIONS):
    w.nodes[number].send(signal.SIGSTOP)
    time.sleep(seconds)
    w.nodes[number].send(signal.SIGCONT)
    return f"node {number}, {seconds} s"


def stop_leader(w, rng):
    return freeze(w, leader(w))


def stop_controller(w, rng):
    return freeze(w, controller(w))


def stop_shortly(w, rng):
    for _ in range(4):
        freeze(w, rng.choice(NODES), 1.2)
        time.sleep(0.5)
    return "four times 1.2 s, any node"


def wires(harm, seconds):
    """A fault of the network: harm, a while, all wires whole again."""

    def fault(w, rng):
        detail = harm(w, rng)
        time.sleep(seconds)
        w.wires.mend()
        return detail

    return fault


def cut_one(w, rng):
    number = rng.choice((leader(w), controller(w)))
    w.wires.unplug(number)
    return f"node {number} from all"


def cut_pair(w, rng):
    a = leader(w)
    b = rng.choice([n for n in NODES if n != a])
    w.wires.drop(a, b)
    w.wires.drop(b, a)
    return f"{a} and {b}, both see the third"


def cut_controller_pair(w, rng):
    a = controller(w)
    b = rng.choice([n for n in NODES if n != a])
    w.wires.drop(a, b)
    w.wires.drop(b, a)
    return f"controller {a} and {b}, both see the third"


def one_way(w, rng):
    a, b = rng.sample(NODES, 2)
    w.wires.drop(a, b)
    return f"{a} does not hear {b}"


def deaf(w, rng):
    number = rng.choice((leader(w), controller(w)))
    w.wires.deafen(number)
    return f"node {number} hears nobody"


def lossy(w, rng):
    for number in NODES:
        w.wires.lose(number, 0.03)
    return "3 % of all packets"


def slow(w, rng):
    number = leader(w)
    w.wires.slow(number, "2mbit")
    return f"node {number} behind 2 Mbit/s"


def island(w, rng):
    """A leader that clients reach and other nodes do not."""
    number = leader(w)
    for other in NODES:
        if other != number:
            w.wires.drop(number, other)
            w.wires.drop(other, number)
    return f"node {number} from the others, not from clients"


def lossy_way(w, rng):
    a, b = rng.sample(NODES, 2)
    w.wires.lose(a, 0.3, b)
    return f"30 % of what {b} says does not arrive at {a}"


def resets(w, rng):
    number = rng.choice((leader(w), controller(w)))
    w.wires.reset(number, 0.01)
    return f"1 % of the packets to node {number} break their connection"


def slow_disk(w, rng):
    """Writes and syncs of one node take up to two seconds each; reads of what is in memory go on."""
    number = leader(w)
    for _ in range(6):
        w.nodes[number].disk.freeze(2)
        time.sleep(0.3)
    return f"node {number}, six times 2 s"


def hung_disk(w, rng):
    number = leader(w)
    w.nodes[number].disk.freeze(LONGER_THAN_SESSIONS)
    return f"node {number}, {LONGER_THAN_SESSIONS} s"


def crash_loop(w, rng):
    """A node dies again and again, as soon as it serves and some time before and after that."""
    number = rng.choice(NODES)
    ready = 0
    for _ in range(6):
        w.nodes[number].kill()
        w.nodes[number].start()
        if rng.random() < 0.7:
            ready += w.nodes[number].await_ready()
        time.sleep(rng.random() * 2)
    if not w.nodes[number].await_ready():
        raise Broken(f"node {number} does not start: {w.nodes[number].last_words()}")
    return f"node {number} six times, {ready} times when it served"


def full_disk(w, rng):
    number = leader(w)
    node = w.nodes[number]
    node.disk.fill()
    time.sleep(6)
    alive = node.is_alive()
    node.disk.empty()
    if alive:
        time.sleep(1)
        alive = node.is_alive()
    if not alive:
        up(w, number)
    elif missing_after(w, 15):  # what went offline comes back with the next start
        alive = "went offline, started again"
        node.terminate()
        up(w, number)
    return f"node {number}, " + {True: "which went on", False: "which ended"}.get(alive, alive)


def missing_after(w, seconds):
    return w.await_whole(seconds)[1]


def damage(pattern, place, heal=None):
    """Bytes of a file are overwritten while a node is down; place is from 0 (begin) to 1 (end).

    heal: a folder that the operator empties when the node says in one line that it cannot start, naming that folder.
    """

    def fault(w, rng):
        number = rng.choice(NODES) if heal or place > 0.9 or not pattern.endswith(".log") else brittle(w, rng)
        node = w.nodes[number]
        node.kill()
        files = [path for path in sorted(glob.glob(f"{node.data}/{pattern}")) if os.path.getsize(path) > 0 and "-delete/" not in path]
        if not files:
            up(w, number)
            return f"node {number} has no {pattern}"
        path = files[-1] if place > 0.5 else files[0]
        at, size = overwrite(path, place, rng)
        time.sleep(2)
        detail = f"node {number}, {path[len(node.data) + 1:]} at {at} of {size}"
        node.start()
        if node.await_ready():
            return detail
        if heal is None or heal not in node.last_words():
            raise Broken(f"{detail}: node does not start: {node.last_words()}")
        shutil.rmtree(f"{node.data}/{heal}")
        up(w, number)
        return f"{detail}; it said so, {heal} was emptied"

    return fault


def brittle(w, rng):
    """Old records that nobody reads stay damaged: always on the same node, or the copies are harmed one after the other."""
    if not hasattr(w, "brittle"):
        w.brittle = rng.choice(NODES)
    return w.brittle


def overwrite(path, place, rng):
    size = os.path.getsize(path)
    at = min(int(size * place), max(0, size - 40))
    with open(path, "r+b") as file:
        file.seek(at)
        file.write(rng.randbytes(min(32, size)))
    return at, size


def lose_file(pattern):
    """Files are gone while a node is down."""

    def fault(w, rng):
        number = rng.choice(NODES)
        node = w.nodes[number]
        node.kill()
        files = glob.glob(f"{node.data}/{pattern}")
        for path in files:
            os.remove(path)
        up(w, number)
        return f"node {number}, {len(files)} files"

    return fault


def lose_metadata(w, rng):
    """A node comes back without its metadata; it gets it from the others, and keeps its partitions."""
    number = rng.choice(NODES)
    node = w.nodes[number]
    node.kill()
    shutil.rmtree(f"{node.data}/__cluster_metadata-0")
    time.sleep(2)
    up(w, number)
    return f"node {number}"


def replace(w, rng):
    number = rng.choice(NODES)
    node = w.nodes[number]
    node.kill()
    node.disk.replace()
    time.sleep(3)
    up(w, number)
    return f"node {number} with an empty disk"


def clock(seconds):
    """A node whose clock is off from its start on, and jumps back after a while."""

    def fault(w, rng):
        library = next(iter(glob.glob("/usr/lib/*/faketime/libfaketime.so.1")), None)
        if library is None:
            return "left out: install faketime"
        number = leader(w)
        node = w.nodes[number]
        file = f"{w.work}/clock{number}"
        write(file, "+0")
        node.clock = {"LD_PRELOAD": library, "FAKETIME_TIMESTAMP_FILE": file, "FAKETIME_DONT_FAKE_MONOTONIC": "1", "FAKETIME_CACHE_DURATION": "1"}
        node.terminate()
        up(w, number)
        w.await_whole(30)
        w.steward.ask("elect")
        write(file, f"{seconds:+d}")
        time.sleep(6)
        write(file, "+0")
        time.sleep(3)
        node.clock = None
        node.terminate()
        up(w, number)
        return f"node {number}, {seconds:+d} s and back"

    return fault


def write(path, text):
    with open(path + ".new", "w") as file:
        file.write(text)
    os.replace(path + ".new", path)


def rolling(w, rng):
    unclean = []
    for number in NODES:
        if not w.nodes[number].terminate():
            unclean.append(number)
        up(w, number)
        missing = missing_after(w, 60)
        if missing:
            raise Broken(f"not whole after node {number} came back: {missing[:3]}")
    if unclean:
        raise Broken(f"did not stop in order: nodes {unclean}")
    return "one after the other"


def reassign(w, rng):
    """Partitions are moved to and fro, and a node is killed in the middle of it."""
    for part in range(3):
        w.steward.surely("reassign", "log", part, ",".join(map(str, rng.sample(NODES, 2))))
    await_moves(w)
    for part in range(3):
        w.steward.surely("reassign", "log", part, ",".join(map(str, rng.sample(NODES, 3))))
    number = rng.choice((leader(w), controller(w)))
    down(w, number)
    await_moves(w)
    w.steward.surely("elect")
    return f"of log, node {number} killed"


def drain(w, rng):
    """A node is to give up everything, dies in the middle of that, and so does the controller; then it gets its share again."""
    number, killed = rng.sample(NODES, 2)
    for part in range(3):
        w.steward.surely("reassign", "log", part, ",".join(str(n) for n in NODES if n != number))
    time.sleep(rng.random())
    down(w, number, seconds=1)
    down(w, controller(w), seconds=1)
    await_moves(w)
    for part in range(3):
        w.steward.surely("reassign", "log", part, ",".join(map(str, rng.sample(NODES, 3))))
    time.sleep(rng.random())
    down(w, killed, seconds=1)
    await_moves(w)
    w.steward.surely("elect")
    return f"node {number} gave up log and was killed, then the controller, then node {killed}"


def kill_controller_twice(w, rng):
    """The one that leads after a controller's death dies, too, as soon as the first is back."""
    first = controller(w)
    down(w, first, seconds=0.5)
    second = controller(w)
    down(w, second, seconds=0.5)
    return f"node {first}, then node {second}"


def slow_all(w, rng):
    for number in NODES:
        w.wires.slow(number, "8mbit")
    return "every node behind 8 Mbit/s"


def kill_cut(w, rng):
    """A node dies while another one is cut off from the third: no majority hears each other until the wires are whole."""
    a, b, c = rng.sample(NODES, 3)
    w.wires.drop(b, c)
    w.wires.drop(c, b)
    down(w, a, seconds=6)
    w.wires.mend()
    return f"node {a} killed while {b} and {c} do not hear each other"


def await_moves(w):
    end = time.monotonic() + 60
    while w.steward.ask("moves") != 0:
        if time.monotonic() > end:
            raise Broken("the reassignment does not end")
        time.sleep(0.2)


def recreate(w, rng):
    for _ in range(3):
        w.steward.surely("delete", "brief")
        time.sleep(rng.random())
        w.steward.surely("create", "brief", 2, 3)
        w.recreated("brief")
        time.sleep(2)
    return "three times"


def grow(w, rng):
    layout = w.steward.surely("layout")
    count = sum(name.startswith("spread-") for name in layout)
    w.steward.surely("partitions", "spread", count + 3)
    time.sleep(4)
    return f"spread has {count + 3} partitions"


def none(w, rng):
    time.sleep(5)
    return ""


FAULTS = {
    "none": none,
    "kill-leader": kill_leader,
    "kill-controller": kill_controller,
    "kill-coordinator": kill_coordinator,
    "kill-controllers": kill_controller_twice,
    "kill-cut": kill_cut,
    "kill-two": kill_two,
    "kill-all": kill_all,
    "stop-leader": stop_leader,
    "stop-controller": stop_controller,
    "stop-shortly": stop_shortly,
    "cut-one": wires(cut_one, 10),
    "cut-pair": wires(cut_pair, 12),
    "cut-controller-pair": wires(cut_controller_pair, 12),
    "one-way": wires(one_way, 12),
    "deaf": wires(deaf, 10),
    "island": wires(island, 10),
    "lossy": wires(lossy, 10),
    "lossy-way": wires(lossy_way, 10),
    "resets": wires(resets, 8),
    "slow": wires(slow, 10),
    "slow-all": wires(slow_all, 10),
    "slow-disk": slow_disk,
    "hung-disk": hung_disk,
    "full-disk": full_disk,
    "segment": damage("log-*/*.log", 0.98),
    "old-segment": damage("log-*/*.log", 0.3),
    "index": damage("log-*/*.index", 0.5),
    "time-index": damage("log-*/*.timeindex", 0.5),
    "checkpoint": damage("*-checkpoint", 0.3),
    "epochs": damage("log-*/leader-epoch-checkpoint", 0.3),
    "snapshot": damage("log-*/*.snapshot", 0.6),
    "journal": damage("millrace-flush-journal", 0.3),
    "metadata-segment": damage("__cluster_metadata-0/*.log", 0.7, "__cluster_metadata-0"),
    "metadata-snapshot": damage("__cluster_metadata-0/*.checkpoint", 0.5, "__cluster_metadata-0"),
    "voter-snapshot": damage("__cluster_metadata-0/raft/*/sm/*.snapshot", 0.5, "__cluster_metadata-0"),
    "voter-log": damage("__cluster_metadata-0/raft/*/current/log_*", 0.5, "__cluster_metadata-0"),
    "voter-vote": damage("__cluster_metadata-0/raft/*/current/raft-meta", 0.3, "__cluster_metadata-0"),
    "lost-checkpoints": lose_file("*-checkpoint"),
    "lost-metadata": lose_metadata,
    "lost-indexes": lose_file("log-*/*.index"),
    "clock-forward": clock(3600),
    "clock-back": clock(-3600),
    "replace": replace,
    "crash-loop": crash_loop,
    "rolling": rolling,
    "reassign": reassign,
    "drain": drain,
    "recreate": recreate,
    "grow": grow,
}
