#!/usr/bin/python3
# run-serial
"""Two requests at once that cannot both be right: of the same statutory-name
seal, physical code, application, seal code, exactly one succeeds, each time;
likewise of the same ordinal, file, predecessor. The same request twice is one
seal.

    SEALEDGER_FULL=1   1,000 tries of each, instead of 40; a quarter of that
                       of what is named last
"""

import base64
import collections
import concurrent.futures
import os
import sys
import threading
import unittest

sys.dont_write_bytecode = True

from lib import answers, register, seals  # noqa: E402
from lib.answers import demand  # noqa: E402
from lib.register import DAY_MS, Case, design, now_ms  # noqa: E402

TRIES = 1000 if os.environ.get("SEALEDGER_FULL") else 40
FEW = TRIES // 4
PAIRS = 3  # under way at once
ROUTE = "public_security"


class Pair:
    """Two connections that send at the same moment. One thread's own."""

    def __init__(self, running, tokens):
        self.clients = [running.client(tokens.of[who])
                        for who in ("office", "bureau")]
        self.pool = concurrent.futures.ThreadPoolExecutor(2)
        self.barrier = threading.Barrier(2)

    def send(self, orders, key=None, targets=("/v1/seals",) * 2):
        if key is not None:  # a key belongs to a party
            self.clients[1].token = self.clients[0].token

        def one(place):
            client = self.clients[place]
            client.get("/healthz")  # connected, and nothing else to do
            self.barrier.wait(60)
            return client.call("POST", targets[place], orders[place], key)

        return list(self.pool.map(one, range(2)))

    def close(self):
        self.pool.shutdown()
        for client in self.clients:
            client.close()


class Races(Case):
    SETTINGS = ((f"routes.{ROUTE}", 'mode = "approval"', 'mode = "filing"'),)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.winners = {}  # code: seseal
        cls.adopted = set()  # codes of those without a key here

    @classmethod
    def tearDownClass(cls):
        listed = cls.register.pages("/v1/seals")
        codes = sorted(item["code"] for item in listed)
        demand(codes == sorted(cls.winners), "listed:", codes)
        for code, seseal in cls.winners.items():
            demand(cls.register.file(code, "admin") == seseal, "file", code)
        # A key for each seal, and none of those that were refused.
        keys = sorted(key.partition("-")[0]
                      for key in register.key_files(cls.ledger.data))
        due = sorted(set(codes) - cls.adopted)
        demand(keys == due, "keys:", keys, "seals:", due)
        super().tearDownClass()

    def race(self, orders_of, refusal, tries=TRIES):
        """Tries, each of two orders that orders_of(register) made ready."""
        won = collections.Counter()
        lock = threading.Lock()

        def some(first):
            desk = register.Register(self.tokens, self.running,
                                     verified=False)
            pair = Pair(self.running, self.tokens)
            try:
                for number in range(first, tries, PAIRS):
                    orders = orders_of(desk, number)
                    both = pair.send(orders)
                    good = [answer.status == 201 for answer in both]
                    demand(sum(good) == 1, "of two", good, both)
                    place = good.index(True)
                    lost = answers.parse_json(both[1 - place].body)
                    demand((both[1 - place].status, lost["type"])
                           == (409, "urn:sealedger:problem:" + refusal),
                           "the other:", both[1 - place])
                    made = desk.read(both[place])
                    with lock:
                        won[place] += 1
                        self.winners[orders[place]["code"]] = made.seseal
            finally:
                pair.close()
                desk.close()

        with concurrent.futures.ThreadPoolExecutor(PAIRS) as pool:
            list(pool.map(some, range(PAIRS)))
        self.assertEqual(sum(won.values()), tries)
        print(f"{refusal}: {tries} tries, the first won {won[0]}")

    def test_one_statutory_name_seal(self):
        def orders(desk, _):
            of = desk.organization()
            return [design(desk.approved(of, ROUTE, filing=True,
                                         seal_type="01"), desk.new_code())
                    for _ in range(2)]

        self.race(orders, "second-statutory-name-seal")

    def test_one_seal_of_an_ordinal(self):
        def orders(desk, number):
            of = desk.organization()
            return [design(desk.approved(of, ROUTE, filing=True,
                                         ordinal=number + 1), desk.new_code())
                    for _ in range(2)]

        self.race(orders, "seal-ordinal-taken", FEW)

    def test_one_seal_of_a_physical_one(self):
        def orders(desk, number):
            return [design(desk.approved(route=ROUTE, filing=True),
                           desk.new_code(), physical_code=f"P-{number}")
                    for _ in range(2)]

        self.race(orders, "physical-seal-bound")

    def test_one_seal_of_an_application(self):
        def orders(desk, _):
            id_ = desk.approved(route=ROUTE, filing=True)
            return [design(id_, desk.new_code()) for _ in range(2)]

        self.race(orders, "application-used")

    def test_one_seal_of_a_code(self):
        def orders(desk, _):
            code = desk.new_code()
            return [design(desk.approved(route=ROUTE, filing=True), code)
                    for _ in range(2)]

        self.race(orders, "seal-code-used")

    @unittest.skipIf(seals.missing(), seals.missing())
    def test_one_seal_of_a_file_that_was_made_elsewhere(self):
        authority = seals.Authority.of_service(self.ledger.data,
                                               self.folder / "elsewhere")
        maker, signer = authority.certify("maker"), authority.certify("signer")

        def orders(desk, number):
            """Under one code, or where the file has none of ours, two."""
            now = now_ms() // 1000
            codes = [desk.new_code()] * 2
            es_id = codes[0]
            if number % 2:
                codes[1], es_id = desk.new_code(), f"M-{number}"
            seseal = base64.b64encode(seals.make(maker, seals.Design(
                es_id, "外来印章", [signer.der], now, now - 1,
                now + DAY_MS // 1000, register.png()))).decode()
            with lock:
                self.adopted.update(codes)
            return [{"application": desk.approved(route=ROUTE, filing=True),
                     "code": code, "seseal": seseal} for code in codes]

        lock = threading.Lock()
        self.race(orders, "seal-code-used", FEW)

    def test_one_successor(self):
        def orders(desk, number):
            old = desk.seal(filing=True, route=ROUTE,
                            physical_code=f"R-{number}")
            with lock:
                self.winners[old.code] = old.made.seseal
            return [design(desk.approved(old.uscc, ROUTE, filing=True,
                                         ordinal=place + 2), desk.new_code(),
                           replaces=old.code) for place in range(2)]

        lock = threading.Lock()
        self.race(orders, "seal-not-live", FEW)

    def test_a_certificate_bears_the_name_that_the_entry_stands_on(self):
        """Or nothing is issued: the organisation is renamed meanwhile."""
        desk = register.Register(self.tokens, self.running, verified=False)
        pair = Pair(self.running, self.tokens)
        outcomes = collections.Counter()
        for _ in range(FEW):
            of = desk.organization(name="甲公司")
            code = desk.new_code()
            made, renamed = pair.send(
                [design(desk.approved(of, ROUTE, filing=True), code),
                 {"event": "altered", "name": "乙公司"}],
                targets=("/v1/seals", f"/v1/organizations/{of}/events"))
            demand(renamed.status == 201, renamed)
            if made.status == 409:
                problem = answers.parse_json(made.body)
                demand(problem["type"].endswith(":organization-changed"),
                       problem)
                outcomes["refused"] += 1
                continue
            seal = desk.read(made)
            self.winners[code] = seal.seseal
            name = desk.entry(
                seal.entry["organization"])["organization"]["name"]
            certificate = seals.Read(seal.seseal).certificates[0]
            self.assertIn((of + name).encode(), certificate)
            outcomes[name] += 1
        pair.close()
        desk.close()
        print(f"renamed meanwhile: {dict(outcomes)}")

    def test_the_same_request_twice_is_one_seal(self):
        desk = register.Register(self.tokens, self.running, verified=False)
        pair = Pair(self.running, self.tokens)
        for number in range(FEW):
            order = design(desk.approved(route=ROUTE, filing=True),
                           desk.new_code())
            before = desk.get("/v1/status")["size"]
            made = [desk.read(answer)
                    for answer in pair.send([order] * 2, f"twice-{number}")]
            self.assertEqual(sorted(one.replayed for one in made),
                             [False, True])
            self.assertEqual(made[0].index, made[1].index)
            self.assertEqual(made[0].disclosures, made[1].disclosures)
            self.assertEqual(made[0].seseal, made[1].seseal)
            self.assertEqual(desk.get("/v1/status")["size"], before + 1)
            self.winners[order["code"]] = made[0].seseal
        pair.close()
        desk.close()


if __name__ == "__main__":
    unittest.main(verbosity=2)
