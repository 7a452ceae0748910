#!/usr/bin/env python3
"""Clients that hold a node's HTTP address up: usage slow-clients.py URL CONNECTIONS. Prints a line for each kind; ends with 1 when the node did not serve
others meanwhile, or kept who sends a byte a second for longer than half a minute."""
import json, resource, socket, sys, threading, time, urllib.parse, urllib.request

url, wanted = sys.argv[1], int(sys.argv[2])
at = urllib.parse.urlsplit(url)
resource.setrlimit(resource.RLIMIT_NOFILE, (min(65536, resource.getrlimit(resource.RLIMIT_NOFILE)[1]),) * 2)
failed = []


def served(limit=5.0):
    """Seconds until a new client has its answer."""
    begin = time.time()
    try:
        with urllib.request.urlopen(url + "/subjects", timeout=limit) as answer:
            answer.read()
        return time.time() - begin
    except OSError as e:
        return str(e)


def report(name, good, text):
    print(f"schema-input: clients: {name:<37} {'ok' if good else 'FAILED'} {text}")
    if not good:
        failed.append(name)


def connect():
    return socket.create_connection((at.hostname, at.port), timeout=5)


def slow(head, name):
    begin = time.time()
    clients = [connect() for _ in range(50)]
    for one in clients:
        one.sendall(head)
    ended, worst = 0, 0.0
    while time.time() - begin < 40 and ended < len(clients):
        for one in clients:
            try:
                one.sendall(b"x")
            except OSError:
                pass
        time.sleep(1)
        seen = served()
        worst = max(worst, seen if isinstance(seen, float) else 99)
        ended = 0
        for one in clients:
            one.setblocking(False)
            try:
                ended += one.recv(4096) == b"" or 1
            except BlockingIOError:
                pass
            except OSError:
                ended += 1
            finally:
                one.setblocking(True)
    report(name, ended >= len(clients) and worst < 5, f"{ended} of 50 were cut off after {time.time() - begin:.0f} s, others were served in {worst:.3f} s at most")
    for one in clients:
        one.close()


slow(b"GET /subjects HTTP/1.1\r\nX-A: ", "a byte of a header a second")
slow(b"POST /subjects/input-a/versions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000000\r\n\r\n", "a byte of a body a second")

idle, refused = [], 0
for _ in range(wanted):
    try:
        idle.append(connect())
    except OSError:
        refused += 1
seen = served(25)
report(f"{wanted} connections that say nothing", isinstance(seen, float), f"{refused} refused, another was served in {seen if isinstance(seen, str) else round(seen, 3)} s")
for one in idle:
    one.close()

more, cut = [], 0
for _ in range(wanted + 1000):
    try:
        more.append(connect())
    except OSError:
        cut += 1
begin = time.time()
seen = served(30)
while not isinstance(seen, float) and time.time() - begin < 40:
    time.sleep(0.5)
    seen = served(5)
report(f"{wanted + 1000} connections, more than are taken", isinstance(seen, float), f"another was served after {time.time() - begin:.1f} s")
for one in more:
    one.close()

body = json.dumps({"schema": "[" + "\"int\"," * 1_100_000 + "\"int\"]"}).encode()
codes = {}


def large():
    try:
        request = urllib.request.Request(url + "/subjects/input-large/versions", body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=60) as answer:
            code = answer.status
    except urllib.error.HTTPError as e:
        code = e.code
    except OSError as e:
        code = type(e).__name__
    codes[code] = codes.get(code, 0) + 1


threads = [threading.Thread(target=large) for _ in range(60)]
for one in threads:
    one.start()
worst = 0.0
while any(one.is_alive() for one in threads):
    seen = served(10)
    worst = max(worst, seen if isinstance(seen, float) else 99)
    time.sleep(0.2)
report("60 bodies of 9 MB at once", worst < 10 and set(codes) <= {422, 503, 413}, f"answers {codes}, others were served in {worst:.2f} s at most")
for i in range(30):
    schema = json.dumps({"type": "record", "name": f"L{i}", "doc": "x" * 400_000, "fields": []})
    request = urllib.request.Request(url + f"/subjects/input-list-{i}/versions", json.dumps({"schema": schema}).encode(), {"Content-Type": "application/json"})
    urllib.request.urlopen(request, timeout=30).read()
codes.clear()


def listed():
    try:
        with urllib.request.urlopen(url + "/schemas", timeout=60) as answer:
            answer.read()
            code = answer.status
    except urllib.error.HTTPError as e:
        code = e.code
    except OSError as e:
        code = type(e).__name__
    codes[code] = codes.get(code, 0) + 1


threads = [threading.Thread(target=listed) for _ in range(60)]
for one in threads:
    one.start()
worst = 0.0
while any(one.is_alive() for one in threads):
    seen = served(10)
    worst = max(worst, seen if isinstance(seen, float) else 99)
    time.sleep(0.2)
report("60 lists of all schemas at once", worst < 10 and set(codes) <= {200, 503}, f"answers {codes}, others were served in {worst:.2f} s at most")
sys.exit(1 if failed else 0)
