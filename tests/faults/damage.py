"""A folder that was copied in part, in part from an older copy, or in which
bits have flipped: opening or fsck finds it and names it, or nothing is amiss."""

import pathlib
import shutil
import tempfile

import checker
from lib import answers, service
from scenario import Lost, Trial

# Files that say nothing: LevelDB's own log of what it did, and its lock.
# trust.toml and the token's file are read by nobody while it serves.
INERT = {"LOG", "LOG.old", "LOCK", "admin.token"}
# What a view is rebuilt from stands in the ledger.
REBUILT = "views"


def missing():
    return None


def files_of(data):
    return sorted(str(path.relative_to(data)) for path in data.rglob("*")
                  if path.is_file() and path.name not in INERT)


def faults(base, folder, dice, short):
    older = pathlib.Path(folder) / "older"
    if not older.exists():
        base.copy(older)
    names = files_of(base.data)
    every = []
    for name in [*names, "ledger", "private", "views", "keys"]:
        every.append((f"missing: {name}",
                      lambda n=name: damaged(base, folder, remove, n)))
        every.append((f"older: {name}", lambda n=name: damaged(
            base, folder, lambda d, m: put_older(older, d, m), n)))
    for name in names:
        size = (base.data / name).stat().st_size
        if size:
            for at in sorted(dice.sample(range(size), min(size, 12))):
                every.append((f"bit flipped: {name} at byte {at}",
                              lambda n=name, a=at, b=dice.randrange(8):
                              damaged(base, folder,
                                      lambda d, m: flip(d, m, a, b), n)))
    for at in range(4 if short else 20):
        every.append((f"bits flipped in views while it serves, {at}",
                      lambda: while_serving(base, folder, dice)))
    if short:
        dice.shuffle(every)
        every = every[:short]
    yield from every


def remove(data, name):
    path = data / name
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()


def put_older(older, data, name):
    remove_if_there(data / name)
    source = older / name
    if source.is_dir():
        shutil.copytree(source, data / name)
    elif source.exists():
        shutil.copy2(source, data / name)


def remove_if_there(path):
    if path.is_dir():
        shutil.rmtree(path)
    elif path.exists():
        path.unlink()


def flip(data, name, at, bit):
    path = data / name
    octets = bytearray(path.read_bytes())
    octets[at % len(octets)] ^= 1 << bit
    path.write_bytes(octets)


def damaged(base, folder, damage, name):
    with tempfile.TemporaryDirectory(dir=folder) as place:
        trial = Trial(base, place)
        # The present goes beyond the older copy.
        with trial.serve(wait=True) as running:
            client = running.client(base.token)
            for request in base.requests("trial"):
                trial.send(client, request)
            client.close()
            running.stop()
        path = trial.data / name
        if not path.exists() or path.is_file() and not path.stat().st_size:
            # LevelDB has another file there by now.
            name = newest_like(trial.data, name)
        damage(trial.data, name)
        return judge(trial, name)


def newest_like(data, name):
    path = pathlib.Path(name)
    there = sorted(p for p in (data / path.parent).iterdir()
                   if p.is_file() and p.name not in INERT
                   and p.stat().st_size > 0)
    kin = [p for p in there if p.suffix == path.suffix
           and p.name[:1] == path.name[:1]]
    return str((kin or there)[-1].relative_to(data))


def judge(trial, name):
    """Refused with a name for it, or found by fsck, or nothing is amiss."""
    checked = service.run("fsck", "--data", trial.data, "--replay")
    said = checked.stdout + checked.stderr
    found = checked.returncode != 0
    with trial.serve() as running:
        if not trial.started(running):
            if not trial.findings.clean():
                return trial.findings
            if not trial.refused.startswith("sealedger: "):
                trial.wrong(name, "ended it:", trial.refused)
            # It says which file or folder, or what of it.
            part = name.split("/")[0].split(".")[0]
            if part not in trial.refused:
                trial.wrong(name, "is not named:", trial.refused)
            return trial.findings
        client = running.client(trial.base.ledger.admin)
        try:
            left = checker.look(trial.memory, client, trial.data)
            if not name.startswith(REBUILT):
                client.json("/v1/entries?kind=evidence.recorded")
        except (AssertionError, *Lost) as problem:
            left = checker.Findings()
            left.wrong.append(repr(problem)[:500])
        client.close()
        trial.end(running)
    if not left.clean() and not found:
        trial.wrong(name, "is amiss and nothing says so:", left.sentences()[:3],
                    "fsck:", said)
    if found and name.startswith(REBUILT):
        trial.recover()
    return trial.findings


def while_serving(base, folder, dice):
    """Views that turn out to be damaged are built anew by a restart."""
    with tempfile.TemporaryDirectory(dir=folder) as place:
        trial = Trial(base, place)
        # Two starts move what was logged into tables.
        for _ in range(2):
            with trial.serve(wait=True) as running:
                running.stop()
        with trial.serve(wait=True) as running:
            for path in (trial.data / "views").glob("*.ldb"):
                name = str(path.relative_to(trial.data))
                for _ in range(20):
                    flip(trial.data, name, dice.randrange(1 << 20),
                         dice.randrange(8))
            read_lists(trial, running)
        # What was in memory then is read from the files now.
        with trial.serve(wait=True) as running:
            read_lists(trial, running)
        return trial.recover()


def read_lists(trial, running):
    """A list is right or refused."""
    client = running.client(trial.base.ledger.admin)
    for target in ("/v1/entries?kind=evidence.recorded",
                   "/v1/entries?by=acme"):
        answer = client.call("GET", target)
        if answer.status == 200:
            trial.memory.verifier.list(answers.parse_json(answer.body))
    client.close()
    trial.end(running)
