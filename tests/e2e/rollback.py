#!/usr/bin/python3
"""What the service refuses to open: a ledger that was rolled back or is not
the one its guard saw, a clock that is not believed, a ledger that another
process serves, keys that others may read. Each refusal has its name, and
changes nothing; the right files open afterwards."""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True

from lib import raw_bytes, register, service  # noqa: E402

SLOT = 4096


def fake_time():
    """What `faketime` puts into the environment; None without it."""
    program = shutil.which("faketime")
    if program is None:
        return None
    printed = subprocess.run(
        [program, "-f", "+0", "env"], stdout=subprocess.PIPE, text=True,
        check=True).stdout
    for line in printed.splitlines():
        if line.startswith("LD_PRELOAD="):
            return line.partition("=")[2]
    return None


class TestCase(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="sealedger-rollback-")
        self.addCleanup(folder.cleanup)
        self.dir = pathlib.Path(folder.name)
        self.ledger = service.Ledger(self.dir, "ledger.example.com/rollback")
        self.data = self.ledger.data
        self.count = 0

    def record(self, running, count=1):
        client = running.client(self.ledger.admin)
        for _ in range(count):
            self.count += 1
            receipt = client.post("/v1/evidence", {
                "document": {"sha256": f"{self.count:064x}"},
                "label": f"{running.pid}-{self.count}"})
            entry, _ = self.ledger.verifier.receipt(receipt)
        client.close()
        return entry

    def grow(self, count=3, data=None, *words, env=None):
        """Serves, records, stops; the last entry."""
        with self.ledger.serve(*words, data=data, env=env) as running:
            entry = self.record(running, count)
            running.stop()
        return entry

    def copy(self, name):
        return pathlib.Path(shutil.copytree(self.data, self.dir / name))

    def put_ledger(self, source, target):
        """source's ledger/ in the place of target's."""
        shutil.rmtree(target / "ledger")
        shutil.copytree(source / "ledger", target / "ledger")

    def refused(self, name, data=None, *words, env=None):
        """`serve` ends with a failure of that name, and leaves the guard as it
        was."""
        data = data or self.data
        guard = self.guard_bytes(data)
        with self.ledger.serve(*words, data=data, env=env,
                               wait=False) as refusing:
            code, said = refusing.refusal()
        self.assertNotEqual(code, 0)
        # A service that goes on beside it may still be logging a request.
        self.assertRegex(said, r"\A(?:\{[^\n]*\n)*sealedger: [^\n]+ \(" + name +
                         r"\)\n\Z")
        self.assertEqual(self.guard_bytes(data), guard)
        print(f"{self.id()}: refused: {said.strip()}")

    @staticmethod
    def guard_bytes(data):
        return raw_bytes.read(pathlib.Path(data) / "guard")


class Guard(TestCase):
    def test_an_older_copy_under_the_present_guard_is_rolled_back(self):
        self.grow()
        old = self.copy("old")
        self.grow()
        present = self.copy("present")
        self.put_ledger(old, self.data)
        self.refused("rolled-back")
        # Nothing is adopted over a guard that is there.
        self.refused("rolled-back", self.data, "--adopt-guard")
        self.assertNotEqual(
            service.run("fsck", "--data", self.data).returncode, 0)
        self.put_ledger(present, self.data)
        self.grow(1)
        service.fsck(self.data)

    def test_a_copy_that_is_older_by_one_entry_is_rolled_back(self):
        self.grow()
        old = self.copy("old")
        self.grow(1)
        self.put_ledger(old, self.data)
        self.refused("rolled-back")

    def test_a_longer_copy_that_went_another_way_contradicts(self):
        self.grow()
        other = self.copy("other")
        self.grow(3)
        self.grow(9, other)
        self.assertEqual(
            service.run("fsck", "--data", other).returncode, 0)
        own = self.copy("own")
        self.put_ledger(other, self.data)
        self.refused("guard-contradicts")
        self.refused("guard-contradicts", self.data, "--adopt-guard")
        self.assertNotEqual(
            service.run("fsck", "--data", self.data).returncode, 0)
        self.put_ledger(own, self.data)
        self.grow(1)

    def test_a_copy_of_equal_length_that_went_another_way_contradicts(self):
        self.grow()
        other = self.copy("other")
        self.grow(2)
        self.grow(2, other)
        self.put_ledger(other, self.data)
        self.refused("guard-contradicts")

    def test_a_longer_copy_that_went_the_same_way_opens(self):
        """What a guard with an interval sees after a crash."""
        self.grow()
        guard = self.guard_bytes(self.data)
        self.grow()
        (self.data / "guard").write_bytes(guard)
        self.grow(1)
        service.fsck(self.data)

    def test_a_guard_of_another_ledger_contradicts(self):
        second = self.dir / "second"
        second.mkdir()
        stranger = service.Ledger(second, "ledger.example.com/rollback")
        shutil.copy(stranger.data / "guard", self.data / "guard")
        self.refused("guard-contradicts")

    def test_a_missing_guard_is_adopted_when_it_is_said(self):
        self.grow()
        (self.data / "guard").unlink()
        self.refused("guard-missing")
        self.assertFalse((self.data / "guard").exists())
        self.grow(1, None, "--adopt-guard")
        self.grow(1)
        # What was adopted guards.
        old = self.copy("old")
        self.grow(1)
        self.put_ledger(old, self.data)
        self.refused("rolled-back")

    def test_a_guard_with_one_slot_that_is_whole_opens(self):
        self.grow()
        for slot in (0, 1):
            for garbage in (b"\xa5" * SLOT, bytes(SLOT)):
                with open(self.data / "guard", "r+b") as guard:
                    guard.seek(slot * SLOT)
                    guard.write(garbage)
                self.grow(2)
        service.fsck(self.data)

    def test_a_guard_with_no_slot_that_is_whole_is_refused(self):
        self.grow()
        whole = self.guard_bytes(self.data)
        for garbage in (b"\xa5" * 2 * SLOT, bytes(2 * SLOT), b"", whole[:30]):
            (self.data / "guard").write_bytes(garbage)
            self.refused("guard-corrupt")
        # A bit in each slot's note.
        flipped = bytearray(whole)
        for slot in (0, 1):
            flipped[slot * SLOT + 60] ^= 1
        (self.data / "guard").write_bytes(flipped)
        self.refused("guard-corrupt")
        (self.data / "guard").write_bytes(whole)
        self.grow(1)


class Holder(TestCase):
    def test_a_second_service_is_refused_and_the_first_goes_on(self):
        with self.ledger.serve() as first:
            self.record(first)
            self.refused("locked")
            self.record(first)
            first.kill()
            self.record_after_kill()

    def record_after_kill(self):
        """A killed process holds nothing."""
        self.grow(1)

    def test_keys_that_others_may_read_are_refused(self):
        for name in ("log.pem", "idempotency.key"):
            key = self.data / "keys" / name
            for mode in (0o640, 0o604, 0o620):
                key.chmod(mode)
                self.refused("key-mode")
            key.chmod(0o600)
        self.grow(1)


@unittest.skipIf(shutil.which("strace") is None, "the machine has no strace")
class Disk(TestCase):
    """A disk that gives no answer is not one that has nothing."""

    def failing(self, path, call, when, expected):
        """Opening while one call on that file fails."""
        prefix = ["strace", "-f", "-qq", "-o", "/dev/null", "-P",
                  str(self.data / path), "-e", "trace=" + call, "-e",
                  f"inject={call}:error=EIO:when={when}"]
        with self.ledger.serve(wait=False, prefix=prefix) as refusing:
            code, said = refusing.refusal()
        self.assertNotEqual(code, 0)
        self.assertRegex(said, rf"{path}.*\({expected}\)\n\Z")

    def test_a_slot_of_the_guard_that_cannot_be_read_is_not_an_empty_one(self):
        self.grow()
        for when in (1, 2):
            self.failing("guard", "pread64", when, "guard-io")
        self.grow(1)

    def test_no_store_is_made_over_one_that_cannot_be_seen(self):
        self.grow()
        with self.ledger.serve() as running:
            client = running.client(self.ledger.admin)
            receipt = client.post("/v1/evidence", {
                "document": {"sha256": "b" * 64}, "private": {"name": "张三"}})
            client.close()
            running.stop()
        self.failing("private/CURRENT", "access", 1, "store-io")
        with self.ledger.serve() as running:
            client = running.client(self.ledger.admin)
            again = client.json(f"/v1/entries/{receipt['index']}")
            client.close()
            running.stop()
        self.assertEqual(again["disclosures"], receipt["disclosures"])


PRELOAD = fake_time()


@unittest.skipIf(PRELOAD is None, "the machine has no faketime")
class Clock(TestCase):
    def at(self, offset):
        """The environment in which the wall clock is off by so much, and the
        time since boot is as it is."""
        return {"LD_PRELOAD": PRELOAD, "FAKETIME": offset,
                "FAKETIME_DONT_FAKE_MONOTONIC": "1"}

    def test_a_clock_that_was_set_back_is_not_believed(self):
        last = self.grow()
        self.refused("clock-unsure", env=self.at("-10d"))
        self.refused("clock-unsure", env=self.at("-30"))
        # Who accepts it gets entries whose time does not decrease.
        entry = self.grow(2, None, "--accept-clock", env=self.at("-10d"))
        self.assertEqual(entry["time"], last["time"])
        self.grow(1)
        service.fsck(self.data)

    def test_a_clock_that_is_far_ahead_is_not_believed(self):
        last = self.grow()
        self.refused("clock-unsure", env=self.at("+8d"))
        entry = self.grow(1, env=self.at("+6d"))
        self.assertGreater(entry["time"], last["time"])
        # Now the right clock is before the last entry.
        self.refused("clock-unsure")
        far = self.grow(1, None, "--accept-clock", env=self.at("+60d"))
        self.assertGreater(far["time"], entry["time"])
        service.fsck(self.data)

    def test_what_ended_under_a_fast_clock_has_ended(self):
        """The register goes by the ledger's time where the clock is behind."""
        with self.ledger.serve(env=self.at("+1d")) as running:
            desk = register.Register(register.Tokens(self.ledger, running),
                                     running)
            seal = desk.seal(valid_from=register.spell(
                register.now_ms() - register.DAY_MS))
            desk.event(seal.code, "cancelled", reason="ordered")
            desk.close()
            running.stop()
        with self.ledger.serve("--accept-clock") as running:
            client = running.client(self.ledger.admin)
            answer = client.json(f"/v1/seals/{seal.code}/status")
            self.assertEqual(answer["status"], "cancelled")
            self.assertEqual(client.json(f"/v1/seals/{seal.code}")["status"],
                             "cancelled")
            client.close()
            running.stop()

    def test_a_clock_that_is_set_while_serving_stops_the_writes(self):
        clock = self.dir / "clock"

        def set_clock(offset):
            new = self.dir / "clock.new"
            new.write_text(offset + "\n")
            os.replace(new, clock)

        for step in ("-1h", "+1h"):
            set_clock("+0")
            env = {"LD_PRELOAD": PRELOAD, "FAKETIME_NO_CACHE": "1",
                   "FAKETIME_TIMESTAMP_FILE": str(clock),
                   "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
            with self.ledger.serve(env=env) as running:
                self.record(running)
                client = running.client(self.ledger.admin)
                size = client.json("/v1/status")["size"]
                set_clock(step)
                problem = client.refused(503, "clock-unsure", "POST",
                                         "/v1/evidence",
                                         {"document": {"sha256": "a" * 64}})
                print(f"{self.id()}: {step}: {problem['detail']}")
                ready = client.call("GET", "/readyz?verbose")
                self.assertEqual(ready.status, 503, ready)
                self.assertIn(b"clock failed: clock-unsure", ready.body)
                # Reads go on.
                self.ledger.verifier.receipt(client.json("/v1/entries/1"))
                self.assertEqual(client.json("/v1/status")["size"], size)
                set_clock("+0")
                self.record(running)
                client.get("/readyz")
                client.close()
                running.stop()


if __name__ == "__main__":
    print(f"faketime: {PRELOAD}")
    outcome = unittest.main(verbosity=2, exit=False).result
    sys.exit(1 if not outcome.wasSuccessful()
             else 77 if outcome.skipped else 0)
