"""The judge of histories: what clients wrote down of their calls, held against what a Kafka log promises.

usage: check.py FOLDER                  checks FOLDER/*.history; prints what is wrong; 1 when something is
       check.py --plant FAULT FOLDER    the same with a fault put into the history, which it must find: 0 when it does
       check.py --plant all FOLDER      each kind of fault in turn

A file is what one life of one client saw, a line of JSON an event; Workload.java, GroupReaders.java and ShareReaders.java say which. Kinds of faults:
  lost       an acknowledged write, or a record of a committed transaction, is not in the final read
  moved      an acknowledged write lies elsewhere than it was said to
  changed    one offset, two values
  twice      one value, two offsets
  order      values of one producer are not in the order in which they were sent
  corrupt    a value that nobody wrote
  aborted    a committed reader sees a record of an aborted transaction
  torn       a part of a transaction is there, a part is not
  function   out is not log, copied: each value once, in its order
  backwards  polls under assign: an offset comes again, or a smaller one
  skipped    polls under assign: a record between two that were seen is not seen
  vanished   polls under assign: a record was seen that the final read does not have
  chain      an account's change begins from another balance than the one before it ended with
  money      the total of the accounts is not what it was, after a transaction or in the end
  hanging    a transaction is open though every producer has ended
  forgotten  a member of a group goes on before an offset that was committed before it asked
  unread     a group, which worked off all of log, was never given a record of it
  retaken    a share group's record was accepted twice
  ungiven    a share group, which worked off all of log, was never given a record of it
"""
import collections
import glob
import json
import os
import sys

ACCOUNTS, START = 4, 100


class History:
    def __init__(self, folder):
        self.sent, self.acknowledged, self.failed, self.ends = {}, {}, {}, []
        self.sent_at, self.recreated = {}, collections.Counter()
        self.transactions, self.polls = {}, collections.defaultdict(list)
        self.groups, self.shares, self.given, self.accepted = collections.defaultdict(list), False, [], []
        for path in sorted(glob.glob(os.path.join(folder, "*.history"))):
            lines = open(path, encoding="utf-8").read().split("\n")
            for line in lines[:-1]:  # what a killed client left behind the last end of line is torn
                self.take(json.loads(line))

    def take(self, event):
        op = event["op"]
        if op == "send":
            self.sent[event["value"]], self.sent_at[event["value"]] = event["topic"], event["at"]
        elif op == "sent":
            place = event["offset"]  # -1: it is there, nobody remembers where (DUPLICATE_SEQUENCE_NUMBER)
            self.acknowledged[event["value"]] = (event["partition"], None if place == -1 else place)
        elif op == "failed":
            self.failed[event["value"]] = event["error"]
        elif op == "begin":
            self.transactions[event["id"]] = {"values": event["values"], "result": "unknown"}
        elif op == "end":
            self.transactions[event["id"]]["result"] = event["result"]
        elif op == "poll":
            self.polls[event["reader"]] += [list(row) for row in event["records"]]
        elif op == "ends":
            self.ends.append(event)
        elif op in ("group", "assigned", "worked", "kept"):
            self.groups[event["group"]].append(event)
        elif op == "recreated":
            self.recreated[event["topic"]] = event["at"]
        elif op == "shares":
            self.shares = True
        elif op == "given":
            self.given += event["records"]
        elif op == "accepted":
            self.accepted += map(tuple, event["records"])

    def final(self):
        """What the last reader saw, of everything."""
        for reader, rows in self.polls.items():
            if reader.startswith("final-"):
                return rows
        raise SystemExit("check.py: no final read in the history: run Workload final")

    def kept(self):
        """Value to place of the acknowledged writes that must be there: those of a topic that was deleted need not."""
        return {v: place for v, place in self.acknowledged.items() if self.sent_at[v] > self.recreated[self.sent[v]]}

    def last(self, topic):
        """Partition to rows of the final read, a row [topic, partition, offset, value]."""
        parts = collections.defaultdict(list)
        for row in self.final():
            if row[0] == topic:
                parts[row[1]].append(row)
        return parts


def original(value):
    return value.split("|", 1)[0]


def written(h):
    """The topics whose values are numbered by their writers."""
    return {"log", *h.sent.values()}


def writes(h):
    topics = written(h)
    places = {row[3]: (row[1], row[2]) for row in h.final() if row[0] in topics}
    for value, (partition, offset) in h.kept().items():
        if value not in places:
            yield "lost", f"{h.sent[value]} value={value} place={partition, offset}"
        elif offset is not None and places[value] != (partition, offset):
            yield "moved", f"{h.sent[value]} value={value} said={partition, offset} found={places[value]}"
    for row in h.final():
        if row[0] in topics and h.sent.get(row[3]) != row[0]:
            yield "corrupt", f"{row[0]} value={row[3]}"
    for topic in sorted(topics):
        yield from orders(topic, h.last(topic))


def orders(topic, parts):
    for partition, rows in parts.items():
        latest = {}
        for row in rows:
            producer, number = row[3].rsplit("-", 1)
            if number.isdigit() and int(number) <= latest.get(producer, -1):
                yield "order", f"{topic}-{partition} offset={row[2]} value={row[3]} after={latest[producer]}"
            latest[producer] = int(number) if number.isdigit() else -1


def offsets(h):
    values = {(h.sent[value],) + place: value for value, place in h.kept().items() if place[1] is not None}
    for reader, rows in h.polls.items():
        for topic, partition, offset, value in rows:
            if values.setdefault((topic, partition, offset), value) != value:
                yield "changed", f"{topic}-{partition} offset={offset} {values[(topic, partition, offset)]} and {value} by {reader}"
    seen = {}
    for topic, partition, offset, value in h.final():
        if seen.setdefault((topic, value), (partition, offset)) != (partition, offset):
            yield "twice", f"{topic} value={value} at {seen[(topic, value)]} and {(partition, offset)}"


def polls(h):
    there = collections.defaultdict(set)
    for topic, partition, offset, _ in h.final():
        there[(topic, partition)].add(offset)
    for reader, rows in h.polls.items():
        seen = collections.defaultdict(list)
        for topic, partition, offset, _ in rows:
            if seen[(topic, partition)] and offset <= seen[(topic, partition)][-1]:
                yield "backwards", f"{reader} {topic}-{partition} offset={offset} after={seen[(topic, partition)][-1]}"
            seen[(topic, partition)].append(offset)
        for part, mine in seen.items():
            end = max(mine)
            for offset in sorted(o for o in there[part] - set(mine) if o < end)[:3]:
                yield "skipped", f"{reader} {part} offset={offset}"
            for offset in sorted(set(mine) - there[part])[:3]:
                yield "vanished", f"{reader} {part} offset={offset}"


def transactions(h):
    fate = {value: t["result"] for t in h.transactions.values() for value in t["values"]}
    topics = written(h)
    for reader, rows in h.polls.items():
        for topic, partition, offset, value in rows:
            if topic not in topics and fate.get(value) == "aborted":
                yield "aborted", f"{reader} {topic}-{partition} offset={offset} value={value}"
            if topic not in topics and value not in fate:
                yield "corrupt", f"{reader} {topic}-{partition} offset={offset} value={value}"
    there = {row[3] for row in h.final() if row[0] not in topics}
    for name, t in h.transactions.items():
        count = sum(value in there for value in t["values"])
        if 0 < count < len(t["values"]):
            yield "torn", f"transaction={name} result={t['result']} seen={count} of={len(t['values'])}"
        if t["result"] == "committed" and count < len(t["values"]):
            yield "lost", f"transaction={name} seen={count} of={len(t['values'])}"


def function(h):
    log, out = h.last("log"), h.last("out")
    if not h.transactions or not any("|" in v for t in h.transactions.values() for v in t["values"]):
        return  # nobody copied
    for partition in sorted(set(log) | set(out)):
        wanted, got = [row[3] for row in log[partition]], [original(row[3]) for row in out[partition]]
        if wanted != got:
            place = next((n for n, (a, b) in enumerate(zip(wanted, got)) if a != b), min(len(wanted), len(got)))
            yield "function", f"partition={partition} values={len(wanted)} copies={len(got)} differ at {place}: {wanted[place:place + 1]} {got[place:place + 1]}"


def bank(h):
    balances, moved = dict.fromkeys(range(ACCOUNTS), START), collections.Counter()
    for account, rows in h.last("bank").items():
        for row in rows:
            name, _, before, after = row[3].split(":")
            if int(before) != balances[account]:
                yield "chain", f"account={account} offset={row[2]} before={before} balance={balances[account]}"
            balances[account] = int(after)
            moved[name] += int(after) - int(before)
    for name, total in moved.items():
        if total:
            yield "money", f"transaction={name} sum={total}"
    if sum(balances.values()) != ACCOUNTS * START:
        yield "money", f"balances={balances}"


def ends(h):
    for e in h.ends:
        if e["end"] != e["stable"]:
            yield "hanging", f"{e['topic']}-{e['partition']} end={e['end']} stable={e['stable']}"


def groups(h):
    for group, events in h.groups.items():
        kept = collections.defaultdict(list)
        for e in events:
            if e["op"] == "kept":
                kept[e["partition"]].append((e["at"], e["offset"], e["member"]))
        for e in events:
            if e["op"] != "assigned":
                continue
            before = max((k[1:] for k in kept[e["partition"]] if k[0] < e["asked"]), default=(0, ""))
            if e["position"] < before[0]:
                yield "forgotten", f"{group} {e['member']} partition={e['partition']} position={e['position']} committed={before}"
        worked = collections.defaultdict(set)
        for e in events:
            if e["op"] == "worked":
                worked[e["partition"]].update(range(e["from"], e["to"] + 1))
        for partition, rows in h.last("log").items():
            for offset in [row[2] for row in rows if row[2] not in worked[partition]][:3]:
                yield "unread", f"{group} partition={partition} offset={offset}"


def shares(h):
    if not h.shares:
        return
    for place, count in collections.Counter(h.accepted).items():
        if count > 1:
            yield "retaken", f"place={place} accepted={count}"
    given = {(row[0], row[1]) for row in h.given}
    for partition, rows in h.last("log").items():
        for offset in [row[2] for row in rows if (partition, row[2]) not in given][:3]:
            yield "ungiven", f"partition={partition} offset={offset}"


CHECKS = [writes, offsets, polls, transactions, function, bank, ends, groups, shares]


def faults(h):
    return [fault for check in CHECKS for fault in check(h)]


# Faults to plant: each changes a history so that the check of its name must speak.


def middle(rows):
    return rows[len(rows) // 2]


def everywhere(h, value, change):
    """Changes or drops (None) the record of this value in what every reader saw."""
    for reader, rows in h.polls.items():
        h.polls[reader] = [r for row in rows if (r := change(row) if row[3] == value else row)]


def live(h):
    """What a reader that is not the final one saw, as long as any."""
    return max((rows for reader, rows in h.polls.items() if not reader.startswith("final-")), key=len)


def of_final(h, topic):
    return middle([row for row in h.final() if row[0] == topic])


def plant_lost(h):
    everywhere(h, middle(list(h.acknowledged)), lambda row: None)


def plant_moved(h):
    value = middle(list(h.acknowledged))
    h.acknowledged[value] = (h.acknowledged[value][0], h.acknowledged[value][1] + 1_000_000)


def plant_changed(h):
    middle(live(h))[3] += "x"


def plant_twice(h):
    topic, partition, _, value = of_final(h, "log")
    h.final().append([topic, partition, 1_000_000_000, value])


def plant_order(h):
    row = of_final(h, "log")
    producer = row[3].rsplit("-", 1)[0] + "-"
    other = next(r for r in h.final() if r[:2] == row[:2] and r[2] != row[2] and r[3].startswith(producer))
    row[3], other[3] = other[3], row[3]


def plant_corrupt(h):
    of_final(h, "log")[3] = "nobody.0-1"


def of_result(h, result):
    return middle([t for t in h.transactions.values() if t["result"] == result])


def plant_aborted(h):
    live(h).append(["out", 0, 1_000_000_000, of_result(h, "aborted")["values"][0]])


def plant_torn(h):
    value = middle([t for t in h.transactions.values() if t["result"] == "committed" and len(t["values"]) > 1])["values"][0]
    everywhere(h, value, lambda row: None)


def plant_function(h):
    topic, partition, _, value = of_final(h, "out")
    h.final().append([topic, partition, 1_000_000_000, value + "/again"])


def plant_backwards(h):
    rows = live(h)
    rows.append(list(rows[0]))


def plant_skipped(h):
    rows = live(h)
    rows.remove(middle(rows))


def plant_vanished(h):
    gone = middle(live(h))
    h.final().remove(next(row for row in h.final() if row[:3] == gone[:3]))


def plant_chain(h):
    name, account, before, after = of_final(h, "bank")[3].split(":")
    everywhere(h, f"{name}:{account}:{before}:{after}", lambda row: row[:3] + [f"{name}:{account}:{int(before) + 1}:{int(after) + 1}"])


def plant_money(h):
    row = [row for row in h.final() if row[0] == "bank"][-1]
    name, account, before, after = row[3].split(":")
    row[3] = f"{name}:{account}:{before}:{int(after) + 1}"


def plant_hanging(h):
    h.ends[0]["stable"] -= 1


def plant_forgotten(h):
    group, events = next(iter(h.groups.items()))
    kept = middle([e for e in events if e["op"] == "kept"])
    h.groups[group].append(dict(kept, op="assigned", position=kept["offset"] - 1, asked=kept["at"] + 1))


def plant_unread(h):
    group, events = next(iter(h.groups.items()))
    gone = middle([e for e in events if e["op"] == "worked"])
    h.groups[group] = [e for e in events if e["op"] != "worked" or e["partition"] != gone["partition"] or e["to"] < gone["from"] or e["from"] > gone["to"]]


def plant_retaken(h):
    h.accepted.append(middle(h.accepted))


def plant_ungiven(h):
    gone = middle(h.given)
    h.given = [row for row in h.given if row[:2] != gone[:2]]


PLANTS = {name[6:]: plant for name, plant in list(globals().items()) if name.startswith("plant_")}


APPLIES = {
    **dict.fromkeys(("chain", "money"), lambda h: h.last("bank")),
    "function": lambda h: h.last("out"),
    **dict.fromkeys(("aborted", "torn"), lambda h: h.transactions),
    **dict.fromkeys(("forgotten", "unread"), lambda h: h.groups),
    **dict.fromkeys(("retaken", "ungiven"), lambda h: h.shares),
}


def planted(folder, names):
    missed = 0
    for name in names:
        h = History(folder)
        if not APPLIES.get(name, lambda h: True)(h):
            continue  # no such clients in this history
        PLANTS[name](h)
        found = [text for kind, text in faults(h) if kind == name]
        missed += not found
        print(f"    planted {name}: " + (f"found, {found[0][:110]}" if found else "NOT FOUND"))
    return 1 if missed else 0


def main(arguments):
    if arguments[0] == "--plant":
        return planted(arguments[2], PLANTS if arguments[1] == "all" else [arguments[1]])
    h = History(arguments[0])
    found = faults(h)
    for kind, text in found[:20]:
        print(f"    {kind}: {text}")
    kinds = collections.Counter(kind for kind, _ in found)
    results = collections.Counter(t["result"] for t in h.transactions.values())
    print(f"    sent={len(h.sent)} acknowledged={len(h.acknowledged)} failed={len(h.failed)} transactions={dict(results)}")
    if h.groups or h.shares:
        commits = {group: sum(e["op"] == "kept" for e in events) for group, events in h.groups.items()}
        print(f"    commits of groups={commits} given by shares={len(h.given)} accepted={len(h.accepted)}")
    print(f"    readers={len(h.polls)} records polled={sum(map(len, h.polls.values()))} faults={dict(kinds)}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
