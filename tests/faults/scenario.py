"""A small ledger, a copy of it for each fault, and the same requests each
time: evidence with private fields, a batch, an erasure, a list."""

import hashlib
import http.client
import itertools
import os
import pathlib
import shutil
import signal
import subprocess

import checker
from lib import answers, service
from lib.answers import demand

# Of a whole request, a start, a stop: whatever takes longer hangs.
CALL_S = 30
Lost = (OSError, http.client.HTTPException)
REFUSALS = {"sequencer-stopped", "outcome-unknown", "index-behind", "busy"}


def program_pids(running):
    """The program's own, which strace has for its child."""
    proc = pathlib.Path(f"/proc/{running.pid}")
    try:
        if pathlib.Path(os.readlink(proc / "exe")).name != "strace":
            return [running.pid]
        children = proc / "task" / str(running.pid) / "children"
        return [int(pid) for pid in children.read_text().split()]
    except (FileNotFoundError, ProcessLookupError):
        return []  # it has ended, whether or not that is known here yet


class Request:
    def __init__(self, target, body, key, erases=None):
        self.erases = erases  # the index of an entry
        self.target = target
        self.body = body
        self.key = key


class Base:
    """What every copy begins as."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.ledger = service.Ledger(self.folder, "ledger.example.com/faults")
        self.data = self.ledger.data
        settings = self.data / "sealedger.toml"
        text = settings.read_text()
        demand("threads = 96" in text, "no threads in", settings)
        # Fewer threads: fewer to be traced. No gathering: nothing to wait for.
        settings.write_text(text.replace("threads = 96", "threads = 6"))
        self.memory = checker.Memory(self.ledger.verifier)
        self.names = itertools.count()
        with self.ledger.serve() as running:
            self.token = self.ledger.add_party(running, "acme")
            client = running.client(self.token)
            for request in self.requests("base"):
                self.memory.acknowledge(
                    client.post(request.target, request.body, request.key))
            for request in itertools.islice(self.requests("old"), 2):
                self.memory.acknowledge(
                    client.post(request.target, request.body, request.key))
            client.close()
            running.stop()

    def evidence(self, label, **more):
        digest = hashlib.sha256(label.encode()).hexdigest()
        return {"document": {"sha256": digest}, "label": label, **more}

    def requests(self, word):
        """The last erases the private fields of what came before the first."""
        label = f"{word}-{next(self.names)}"
        yield Request("/v1/evidence",
                      self.evidence(label, private={
                          "name": "秘" + hashlib.sha512(
                              label.encode()).hexdigest()}), label)
        yield Request("/v1/evidence/batch", {"items": [
            self.evidence(f"{label}.{i}", private={"name": f"批{label}{i}"})
            for i in range(3)]}, label + "-batch")
        if word != "old" and self.memory.private:
            victim = min(self.memory.private)
            yield Request(f"/v1/entries/{victim}/erasure",
                          {"reason": "person_request"}, label + "-erase",
                          erases=victim)
        yield Request("/v1/evidence", self.evidence(label + "-end"),
                      label + "-end")

    def copy(self, target):
        shutil.copytree(self.data, target, symlinks=True)
        return pathlib.Path(target)


class Trial:
    """One copy of the ledger, one fault or several, and what came of it."""

    def __init__(self, base, folder):
        self.base = base
        self.folder = pathlib.Path(folder)
        self.data = base.copy(self.folder / "data")
        self.memory = base.memory.fork()
        self.unknown = []
        self.findings = checker.Findings()
        self.refused = ""  # what a refusal to open said

    def serve(self, prefix=(), env=None, words=(), wait=False):
        return service.Service(self.data, self.folder / "service", *words,
                               env=env, wait=wait, prefix=prefix)

    def wrong(self, *words):
        self.findings.wrong.append(" ".join(map(str, words)))

    # -- with the fault

    def work(self, prefix=(), env=None, words=(), erase=True):
        """Starts, sends the requests, stops, under a fault that may end it
        anywhere. Nothing may be answered wrongly and nothing may hang."""
        with self.serve(prefix, env, words) as running:
            if not self.started(running):
                return
            client = running.client(self.base.token)
            for request in self.base.requests("trial"):
                if "/erasure" in request.target and not erase:
                    continue
                self.send(client, request)
            self.read(client)
            client.close()
            self.end(running)

    def started(self, running):
        try:
            running.await_listening()
            return True
        except AssertionError as problem:
            if "waited in vain" in str(problem):
                self.wrong("the start hangs:", problem)
            else:
                self.refused = running.said()
            return False

    def send(self, client, request):
        try:
            answer = client.call("POST", request.target, request.body,
                                 request.key, timeout=CALL_S)
        except TimeoutError:
            self.wrong(request.target, "hangs")
            return self.doubt(request)
        except Lost:
            return self.doubt(request)
        if answer.status == 201:
            try:
                self.memory.acknowledge(answers.parse_json(answer.body))
            except AssertionError as problem:
                self.wrong("a wrong answer:", problem)
            return None
        if self.is_erased_already(request, answer):
            return None
        self.doubt(request)
        name = answers.parse_json(answer.body)["type"].rpartition(":")[2]
        # A read that fails is a failure of the service, and stops nothing.
        if answer.status == 500 and name == "internal":
            return None
        if answer.status != 503 or name not in REFUSALS:
            self.wrong(request.target, "answered", answer)
        return None

    def doubt(self, request):
        """Nobody knows what became of it."""
        self.unknown.append(request)
        if request.erases is not None:
            self.memory.uncertain.add(request.erases)

    def is_erased_already(self, request, answer):
        """Rightly so, where an erasure was answered, or may have been entered
        before the fault. Whoever hears it knows: nothing may be left."""
        if answer.status != 409 or b":already-erased" not in answer.body:
            return False
        if request.erases in self.memory.uncertain:
            self.memory.forget(request.erases)
        return request.erases in self.memory.erased

    def read(self, client):
        """Reads go on, whatever was stopped. A fault that hits a read fails
        that one alone."""
        failed = 0
        for index, text in list(self.memory.acknowledged.items())[-4:]:
            for _ in range(2):
                try:
                    answer = client.call("GET", f"/v1/entries/{index}",
                                         timeout=CALL_S)
                except TimeoutError:
                    return self.wrong("a read hangs")
                except Lost:
                    return None
                if answer.status == 200:
                    receipt = answers.parse_json(answer.body)
                    try:
                        self.memory.verifier.receipt(receipt)
                        demand(receipt["entry"] == text, "another entry")
                    except AssertionError as problem:
                        self.wrong("a wrong read:", problem)
                    break
                failed += 1
        if failed > 1:
            self.wrong("reads stopped, too")
        return None

    def end(self, running):
        """SIGTERM ends it, whatever it says of the fault."""
        try:
            for pid in program_pids(running):
                os.kill(pid, signal.SIGTERM)
            running.process.wait(CALL_S)
        except subprocess.TimeoutExpired:
            self.wrong("the end hangs")
            for pid in program_pids(running):
                os.kill(pid, signal.SIGKILL)

    # -- without it

    def recover(self, words=(), thorough=True):
        """Restarts without a fault and looks at all that is left."""
        try:
            with self.serve(words=words, wait=True) as running:
                client = running.client(self.base.ledger.admin)
                found = checker.look(self.memory, client, self.data)
                self.send_again(running)
                if thorough:
                    client.json("/v1/entries?kind=evidence.recorded")
                client.close()
                running.stop()
        except (AssertionError, subprocess.TimeoutExpired, *Lost) as problem:
            found = checker.Findings()
            found.wrong.append(f"after the fault: {problem!r}"[:2000])
        if found.clean() and thorough:
            result = service.run("fsck", "--data", self.data, "--replay")
            if result.returncode != 0:
                found.wrong.append(f"fsck: {result.stdout}{result.stderr}")
        self.findings.lost += found.lost
        self.findings.forks += found.forks
        self.findings.wrong += found.wrong
        return self.findings

    def send_again(self, running):
        """What nobody knows of, with its key: it is entered, once."""
        client = running.client(self.base.token)
        for request in self.unknown:
            answer = client.call("POST", request.target, request.body,
                                 request.key, timeout=CALL_S)
            if self.is_erased_already(request, answer):
                continue
            demand(answer.status == 201, "sent again:", request.target, answer)
            self.memory.acknowledge(answers.parse_json(answer.body))
        self.unknown = []
        client.close()
