"""A power cut: the program is killed under load, and of its files everything
that was never synced is taken away: cut off, or zeroed in pages; names and
renames of which the folder was not synced are undone.

What was synced is read from strace's log of the very run: of each file, how
many bytes stood in it when the last sync that succeeded began; of each name,
whether its folder was synced after it came."""

import itertools
import os
import pathlib
import re
import shutil
import tempfile
import threading
import time

from lib import service
from scenario import Lost, Request, Trial, program_pids

PAGE = 4096
CALLS = "openat,write,pwrite64,fdatasync,fsync,rename,unlink,ftruncate,mkdir"
BEGUN = re.compile(r"(\d+) +(\w+)\((.*?)(?: <unfinished \.\.\.>|\) += (-?\d+).*)$")
RESUMED = re.compile(r"(\d+) +<\.\.\. (\w+) resumed>.*\) += (-?\d+)")
SECTOR = 512
VARIANTS = ["all of it gone", "pages zeroed", "sectors zeroed",
            "cut in the middle", "names gone, too"]


class Disk:
    """What is on the disk for certain, after each line of the log."""

    def __init__(self, data):
        self.data = str(data)
        self.length = {}  # of files that this run has begun
        self.synced = {}  # bytes from the beginning
        self.new = {}  # name: what stood there before, of unsynced names
        self.removed = set()  # names whose removal is not synced
        self.slots = {}  # of files written in place: unsynced (offset, size)
        for path in pathlib.Path(data).rglob("*"):
            if path.is_file():
                size = path.stat().st_size
                self.length[str(path)] = self.synced[str(path)] = size

    def read(self, log):
        pending = {}
        for line in log.splitlines():
            match = RESUMED.match(line)
            if match:
                call = pending.pop(match.group(1), None)
                if call:
                    self.ended(*call, int(match.group(3)))
                continue
            match = BEGUN.match(line)
            if not match:
                continue
            call = self.begun(match.group(2), match.group(3))
            if match.group(4) is None:
                pending[match.group(1)] = call
            else:
                self.ended(*call, int(match.group(4)))
        # Killed inside: a write may have come as far as it wanted.
        for call in pending.values():
            if call[0] in ("write", "pwrite64"):
                parts = call[2].split(",")
                size = int(parts[-1 if call[0] == "write" else -2])
                self.ended(*call, size)

    def begun(self, name, words):
        """What a sync covers is what stood there when it began."""
        before = None
        if name in ("fdatasync", "fsync"):
            path = re.search("<(.*)>", words).group(1)
            before = (self.length.get(path), dict(self.new),
                      set(self.removed), list(self.slots.get(path, [])))
        return name, before, words

    def ended(self, name, before, words, result):
        if result < 0:
            return
        if name in ("rename", "unlink", "mkdir"):
            paths = re.findall('"(.*?)"', words)
        else:
            paths = re.findall("<(.*?)>", words)[-1:]
            if name == "openat":
                paths = re.findall('"(.*?)"', words)
        if not paths or not paths[0].startswith(self.data):
            return
        getattr(self, name)(paths, before, words, result)

    def openat(self, paths, _, words, __):
        path = paths[0]
        if "O_CREAT" in words and path not in self.length:
            self.new[path] = None
        if "O_TRUNC" in words or path not in self.length:
            if "O_DIRECTORY" in words or "O_CREAT" not in words:
                return
            self.length[path] = self.synced[path] = 0

    def write(self, paths, _, __, result):
        if paths[0] in self.length:
            self.length[paths[0]] += result

    def pwrite64(self, paths, _, words, result):
        offset = int(words.rsplit(",", 1)[1])
        path = paths[0]
        self.slots.setdefault(path, []).append((offset, result))
        self.length[path] = max(self.length.get(path, 0), offset + result)

    def fdatasync(self, paths, before, _, __):
        path = paths[0]
        length, new, removed, slots = before
        if path in self.length and length is not None:
            self.synced[path] = length
            self.slots[path] = [s for s in self.slots.get(path, [])
                                if s not in slots]
            return
        for name in new:
            if os.path.dirname(name) == path:
                self.new.pop(name, None)
        self.removed -= {n for n in removed if os.path.dirname(n) == path}

    fsync = fdatasync

    def rename(self, paths, _, __, ___):
        source, target = paths
        self.length[target] = self.length.pop(source, 0)
        self.synced[target] = self.synced.pop(source, 0)
        self.new.pop(source, None)
        self.new[target] = source

    def unlink(self, paths, _, __, ___):
        self.length.pop(paths[0], None)
        self.new.pop(paths[0], None)
        self.removed.add(paths[0])

    def ftruncate(self, paths, _, words, __):
        self.length[paths[0]] = int(words.rsplit(",", 1)[1])

    def mkdir(self, *_):
        pass

    def lose(self, before, variant, dice):
        """Takes from the folder what was not synced. `before`: a copy of the
        folder from before the run."""
        lost = 0
        names_too = variant == "names gone, too"
        for path in sorted(self.length):
            if not os.path.exists(path):
                continue
            size, synced = os.path.getsize(path), self.synced.get(path, 0)
            if path in self.new and names_too and dice.random() < 0.7:
                old = os.path.join(before, os.path.relpath(path, self.data))
                os.unlink(path)
                if self.new[path] is not None and os.path.exists(old):
                    shutil.copy2(old, path)
                lost += 1
                continue
            for offset, length in self.slots.get(path, []):
                if dice.random() < 0.5:
                    zero(path, offset, min(offset + length, size))
                    lost += 1
            if path.endswith("guard") or size <= synced:
                continue
            lost += 1
            if variant == "pages zeroed":
                for page in range(synced - synced % PAGE, size, PAGE):
                    if dice.random() < 0.5:
                        zero(path, max(page, synced), min(page + PAGE, size))
            elif variant == "sectors zeroed":
                for begin in range(synced - synced % SECTOR, size, SECTOR):
                    if dice.random() < 0.5:
                        zero(path, max(begin, synced),
                             min(begin + SECTOR, size))
            elif variant == "cut in the middle":
                os.truncate(path, dice.randint(synced, size))
            else:
                os.truncate(path, synced)
        if names_too:
            for path in self.removed:
                old = os.path.join(before, os.path.relpath(path, self.data))
                if os.path.exists(old) and not os.path.exists(path):
                    shutil.copy2(old, path)
                    lost += 1
        return lost


def zero(path, begin, end):
    with open(path, "r+b") as file:
        file.seek(begin)
        file.write(bytes(max(0, end - begin)))


def missing():
    return None if shutil.which("strace") else "there is no strace"


def faults(base, folder, dice, short):
    for cut in range(5 if short else 60):
        variants = VARIANTS[cut % 5:cut % 5 + 1] if short else VARIANTS
        run = Cut(base, folder, dice, len(variants))
        for variant in variants:
            yield (f"power cut {cut}, {variant}",
                   lambda r=run, v=variant: r.without(v))


class Cut:
    """One run under load, killed; and copies of what it left."""

    def __init__(self, base, folder, dice, variants):
        self.base = base
        self.dice = dice
        self.parent = folder
        self.place = self.folder = None
        self.trial = None
        self.left = variants
        self.lock = threading.Lock()  # one variant after the other

    def run(self):
        self.place = tempfile.TemporaryDirectory(dir=self.parent)
        self.folder = pathlib.Path(self.place.name)
        trial = Trial(self.base, self.folder)
        shutil.copytree(trial.data, self.folder / "before")
        log = self.folder / "strace"
        disk = Disk(trial.data)
        # Most often just before a sync: that is when most is unsynced.
        inject = [] if self.dice.random() < 0.3 else [
            "-e", f"inject=fdatasync:signal=SIGKILL:when="
                  f"{self.dice.randint(6, 24)}"]
        with trial.serve(["strace", "-f", "-y", "-qq", "-s", "0", "-o",
                          str(log), "-e", "trace=" + CALLS,
                          *inject]) as running:
            # The cut may come while it opens.
            opened = trial.started(running)
            stop = threading.Event()
            deadline = time.monotonic() + (
                10 if inject else self.dice.uniform(0.02, 0.6))
            threads = [
                threading.Thread(target=self.load,
                                 args=(trial, running, stop, erase))
                for erase in (True, False, False) if opened]
            for thread in threads:
                thread.start()
            service.until(lambda: running.process.poll() is not None
                          or time.monotonic() > deadline, 60, "the cut")
            for pid in program_pids(running):
                os.kill(pid, 9)  # strace ends with it, its log whole
            stop.set()
            for thread in threads:
                thread.join()
            running.process.wait(service.STOP_S)
        disk.read(log.read_text(errors="replace"))
        shutil.copytree(trial.data, self.folder / "after")
        return trial, disk

    def load(self, trial, running, stop, erase):
        client = running.client(self.base.token)
        try:
            while not stop.is_set():
                for request in itertools.chain(
                        self.base.requests("cut"), self.large()):
                    if request.erases is None or erase:
                        trial.send(client, request)
                    if stop.is_set():
                        break
        except (AssertionError, *Lost) as problem:
            trial.wrong("under load:", problem)

    def large(self):
        """A batch whose records take many pages."""
        label = f"large-{next(self.base.names)}"
        yield Request("/v1/evidence/batch", {"items": [
            self.base.evidence(f"{label}.{i}", private={"name": "多" * 200})
            for i in range(24)]}, label)

    def without(self, variant):
        with self.lock:
            try:
                return self.lose(variant)
            finally:
                self.left -= 1
                if self.left == 0:
                    self.place.cleanup()

    def lose(self, variant):
        if self.trial is None:
            self.trial = self.run()
        trial, disk = self.trial
        shutil.rmtree(trial.data)
        shutil.copytree(self.folder / "after", trial.data)
        disk.lose(str(self.folder / "before"), variant, self.dice)
        one = Trial.__new__(Trial)
        one.__dict__.update(trial.__dict__)
        one.memory = trial.memory.fork()
        one.unknown = list(trial.unknown)
        one.findings = type(trial.findings)()
        one.findings.wrong += trial.findings.wrong
        return one.recover()
