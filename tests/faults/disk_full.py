"""A file system that is full, and has room again: on a tmpfs of its own."""

import contextlib
import os
import pathlib
import subprocess
import tempfile

from scenario import Trial

ROOM_KIB = [0, 4, 8, 16, 40, 100, 300, 900]


def missing():
    if os.geteuid() != 0:
        return "only root may mount a file system"
    with tempfile.TemporaryDirectory() as place:
        result = subprocess.run(["mount", "-t", "tmpfs", "tmpfs", place],
                                capture_output=True, check=False)
        if result.returncode != 0:
            return "nothing can be mounted here"
        subprocess.run(["umount", place], check=True)
    return None


@contextlib.contextmanager
def small_disk(folder, mebibytes):
    with tempfile.TemporaryDirectory(dir=folder) as place:
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={mebibytes}m",
                        "tmpfs", place], check=True)
        try:
            yield pathlib.Path(place)
        finally:
            subprocess.run(["umount", "-l", place], check=True)


def faults(base, folder, dice, short):
    rooms = ROOM_KIB if not short else dice.sample(ROOM_KIB, 2)
    for room in rooms:
        yield (f"disk full but for {room} KiB, before the start",
               lambda r=room: full(base, folder, r, False))
        yield (f"disk full but for {room} KiB, under load",
               lambda r=room: full(base, folder, r, True))


def full(base, folder, room, serving):
    with small_disk(folder, 16) as place:
        trial = Trial(base, place)
        filler = place / "filler"
        if serving:
            with trial.serve(wait=True) as running:
                fill(place, filler, room)
                client = running.client(base.token)
                for _ in range(6):
                    for request in base.requests("trial"):
                        trial.send(client, request)
                trial.read(client)
                # Room again: still nothing is taken, since what is on the disk
                # is not known.
                filler.unlink()
                for request in base.requests("trial"):
                    trial.send(client, request)
                trial.read(client)
                client.close()
                trial.end(running)
        else:
            fill(place, filler, room)
            trial.work()
            filler.unlink()
        return trial.recover()


def fill(place, filler, room):
    """All but so many KiB; the service writes its log meanwhile."""
    status = os.statvfs(place)
    free = status.f_bavail * status.f_frsize - room * 1024
    with open(filler, "wb", buffering=0) as file:
        with contextlib.suppress(OSError):
            while free > 0:
                free -= file.write(bytes(min(free, 65536)))
