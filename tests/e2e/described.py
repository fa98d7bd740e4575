#!/usr/bin/python3
"""The OpenAPI text that the service gives out, held against what it answers:
every operation is called, its answer must be of a status, a content type and a
schema that the text names, with no member that it does not, and what the text
says is refused is refused. The examples in the text must be of their schemas,
and requests made of them succeed."""

import base64
import copy
import csv
import datetime
import io
import json
import re
import sys
import tempfile
import unittest

import jsonschema
import yaml

sys.dont_write_bytecode = True

from lib import answers, service, signed  # noqa: E402

SHA256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
SM3 = "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
# Headers that an answer need not have.
OPTIONAL_HEADERS = ("Idempotency-Replayed", "Location", "Sealedger-Next-Cursor",
                    "Sealedger-Checkpoint")


UNKNOWN_USCC = "115300000151003540"
UNKNOWN_SEAL = "99999900000001"
LONG_AGO = "2020-01-01T00:00:00.000Z"


def from_now(days):
    at = (datetime.datetime.now(datetime.timezone.utc)
          + datetime.timedelta(days=days))
    return at.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


class Description:
    def __init__(self, text):
        self.document = yaml.safe_load(text)
        self.called = set()
        self.patterns = []
        for path, item in self.document["paths"].items():
            # The path of a tile holds slashes.
            pattern = re.sub(r"\\{path\\}", ".+", re.escape(path))
            pattern = re.sub(r"\\{[a-z]+\\}", "[^/]+", pattern)
            for method, operation in item.items():
                self.patterns.append((method.upper(), re.compile(pattern),
                                      operation))

    def resolve(self, node):
        while "$ref" in node:
            at = self.document
            for step in node["$ref"].removeprefix("#/").split("/"):
                at = at[step]
            node = at
        return node

    def operation(self, method, target):
        path = target.partition("?")[0]
        found = [operation for known, pattern, operation in self.patterns
                 if known == method and pattern.fullmatch(path)]
        answers.demand(found, "not described:", method, target)
        return found[0]

    def errors(self, schema, value):
        """What the schema says, with the schemas that it names."""
        whole = {**schema, "components": self.document["components"]}
        return [error.message for error in
                jsonschema.Draft202012Validator(whole).iter_errors(value)]

    def properties(self, schema):
        """Of the schema and all that it is made of; None where it has none."""
        found = dict(schema.get("properties", {}))
        for part in schema.get("allOf", []):
            found.update(self.properties(self.resolve(part)) or {})
        return found or None

    def unnamed(self, schema, value, at=""):
        """Members that no schema names, as JSON pointers. An object without
        `properties` may have any."""
        schema = self.resolve(schema)
        if isinstance(value, list) and "items" in schema:
            return [name for i, item in enumerate(value) for name in
                    self.unnamed(schema["items"], item, f"{at}/{i}")]
        properties = self.properties(schema)
        if not isinstance(value, dict) or properties is None:
            return []
        found = [f"{at}/{name}" for name in value if name not in properties]
        for name, inner in properties.items():
            if name in value:
                found += self.unnamed(inner, value[name], f"{at}/{name}")
        return found

    def judge(self, method, target, answer):
        operation = self.operation(method, target)
        self.called.add((operation["operationId"], answer.status))
        status = str(answer.status)
        answers.demand(status in operation["responses"], method, target,
                       "answered", answer)
        response = self.resolve(operation["responses"][status])
        for header in response.get("headers", {}):
            required = header not in OPTIONAL_HEADERS
            answers.demand(not required or header in answer.headers, method,
                           target, "lacks the header", header)
        if answer.status == 204:
            answers.demand(not answer.body, "204 with a body")
            return None
        kind = answer.headers["Content-Type"]
        answers.demand(kind in response["content"], method, target,
                       "answered with", kind)
        schema = response["content"][kind].get("schema")
        if "json" not in kind:
            return answer.body
        value = answers.parse_json(answer.body)
        answers.demand(not self.errors(schema, value), method, target,
                       self.errors(schema, value), value)
        answers.demand(not self.unnamed(schema, value), method, target,
                       "has unnamed members:", self.unnamed(schema, value))
        return value

    def request_body(self, operation):
        return operation["requestBody"]["content"]["application/json"]

    def example(self, operation_id, name):
        """A copy of the named example of a request."""
        for _, _, operation in self.patterns:
            if operation["operationId"] == operation_id:
                return copy.deepcopy(
                    self.request_body(operation)["examples"][name]["value"])
        raise AssertionError(f"no operation {operation_id}")

    def words(self, name):
        """The enumeration of a schema."""
        return self.document["components"]["schemas"][name]["enum"]

    def examples(self):
        """(schema, value) of every example."""
        for _, _, operation in self.patterns:
            if "requestBody" not in operation:
                continue
            body = self.request_body(operation)
            if "example" in body:
                yield body["schema"], body["example"]
            for example in body.get("examples", {}).values():
                yield body["schema"], example["value"]
        for response in self.document["components"]["responses"].values():
            for body in response["content"].values():
                if "example" in body:
                    yield body["schema"], body["example"]


class Described(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.ledger = service.Ledger(cls.folder.name, "ledger.example.com/openapi")
        cls.service = cls.ledger.serve()
        cls.tokens = {"": None, "operator": cls.ledger.admin}
        for party, role in (("acme", "platform"), ("bravo", "platform"),
                            ("court", "regulator"), ("clerk", "issuer"),
                            ("person", "applicant")):
            cls.tokens[party] = cls.ledger.add_party(cls.service, party, role)
        client = cls.service.client()
        cls.description = Description(client.get("/openapi.yaml"))
        client.close()

    @classmethod
    def tearDownClass(cls):
        cls.service.stop()
        cls.folder.cleanup()

    def ask(self, status, method, target, body=None, party="", key=None,
            headers=None):
        client = self.service.client(self.tokens[party])
        answer = client.call(method, target, body, key, headers)
        client.close()
        value = self.description.judge(method, target, answer)
        self.assertEqual(answer.status, status, (method, target, answer))
        return value

    def test_examples_are_of_their_schemas(self):
        examples = list(self.description.examples())
        self.assertGreater(len(examples), 5)
        for schema, value in examples:
            self.assertEqual(self.description.errors(schema, value), [])
            self.assertEqual(self.description.unnamed(schema, value), [])

    def test_a_planted_answer_is_refused(self):
        client = self.service.client()
        answer = client.call("GET", "/v1/status")
        client.close()
        status = answers.parse_json(answer.body)
        for change in ({"size": "7"}, {"more": 1}, {"time": "today"}):
            planted = answer._replace(
                body=json.dumps({**status, **change}).encode())
            with self.assertRaises(AssertionError):
                self.description.judge("GET", "/v1/status", planted)
        short = copy.copy(status)
        del short["vkey"]
        for planted in (answer._replace(body=json.dumps(short).encode()),
                        answer._replace(status=418)):
            with self.assertRaises(AssertionError):
                self.description.judge("GET", "/v1/status", planted)

    def test_a_member_is_named_by_any_part_of_a_schema(self):
        schema = {"$ref": "#/components/schemas/Seal"}
        value = {"code": "1", "checkpoint": "", "more": 1}
        self.assertEqual(self.description.unnamed(schema, value), ["/more"])
        self.assertTrue(self.description.errors(schema, value))

    def test_every_operation(self):
        self.ask_for_evidence()
        self.ask_for_parties()
        self.ask_for_organizations()
        self.ask_for_applications()
        self.ask_for_seals()
        self.ask_about_seals()
        self.ask_for_authorizations()
        self.ask_for_signatures()
        self.ask_with_signatures()
        self.end_seals()
        self.ask_for_the_rest()
        succeeded = {operation for operation, status in self.description.called
                     if status < 300}
        described = {operation["operationId"]
                     for _, _, operation in self.description.patterns}
        self.assertEqual(described - succeeded, set())

    def ask_for_evidence(self):
        ask = self.ask
        evidence = {"document": {"sha256": SHA256, "sm3": SM3, "size": 4,
                                 "media_type": "text/plain"},
                    "label": "contract-1", "private": {"signatory": "someone"}}
        receipt = ask(201, "POST", "/v1/evidence", evidence, "acme", key="k1")
        index = receipt["index"]
        self.assertEqual(
            ask(201, "POST", "/v1/evidence", evidence, "acme", key="k1"),
            receipt)
        ask(409, "POST", "/v1/evidence", {"document": {"sha256": SHA256}},
            "acme", key="k1")
        link = ask(201, "POST", "/v1/evidence",
                   {"document": {"sha256": SHA256}, "chain": index}, "acme")
        ask(201, "POST", "/v1/evidence/batch",
            {"items": [{"document": {"sha256": SHA256}},
                       {"document": {"sha256": SM3}, "private": {"a": "b"}}]},
            "acme")
        for target in ("/v1/evidence", "/v1/evidence/batch"):
            ask(400, "POST", target, {"nothing": 1}, "acme")
            ask(401, "POST", target, {})
            ask(403, "POST", target, evidence, "court")
        ask(413, "POST", "/v1/evidence", b" " * (1 << 20) + b"  ", "acme")

        ask(200, "GET", "/v1/entries")
        ask(200, "GET", "/v1/entries?kind=evidence.recorded&by=acme",
            party="acme")
        ask(400, "GET", "/v1/entries?limit=1")
        ask(200, "GET", f"/v1/entries/{index}", party="acme")
        ask(200, "GET", f"/v1/entries/{index}")
        ask(404, "GET", "/v1/entries/1000000")
        ask(401, "GET", "/v1/entries/0", headers={"Authorization": "Bearer x"})
        ask(200, "GET", f"/v1/documents/{SHA256}")
        ask(200, "GET", f"/v1/documents/sm3:{SM3}", party="acme")
        ask(400, "GET", "/v1/documents/x")
        bundle = ask(200, "GET", f"/v1/entries/{link['index']}/bundle?chain=full",
                     party="acme")
        ask(404, "GET", "/v1/entries/1000000/bundle")
        verdict = ask(200, "POST", "/v1/verify",
                      {"bundle": bundle, "document": {"sha256": SHA256}})
        self.assertEqual(verdict["overall"], "passed", verdict)
        verdict = ask(200, "POST", "/v1/verify",
                      {"bundle": bundle, "document": {"sha256": SM3}})
        self.assertEqual(verdict["overall"], "failed", verdict)
        ask(400, "POST", "/v1/verify", [])
        erasure = f"/v1/entries/{index}/erasure"
        ask(403, "POST", erasure, {"reason": "mistake"}, "court")
        ask(201, "POST", erasure, {"reason": "person_request"}, "acme")
        ask(409, "POST", erasure, {"reason": "person_request"}, "acme")
        ask(404, "POST", "/v1/entries/1000000/erasure", {"reason": "mistake"},
            "acme")

    def ask_for_parties(self):
        ask = self.ask
        ask(201, "POST", "/v1/parties",
            {"id": "beta", "role": "applicant", "name": "Beta Ltd",
             "private": {"contact": "someone"}}, "operator")
        ask(409, "POST", "/v1/parties", {"id": "beta", "role": "applicant"},
            "operator")
        ask(403, "POST", "/v1/parties", {"id": "c", "role": "issuer"}, "acme")
        ask(201, "POST", "/v1/parties/beta/events",
            {"event": "changed", "name": "Beta Evidence Ltd"}, "operator")
        ask(404, "POST", "/v1/parties/none/events",
            {"event": "changed", "name": "x"}, "operator")
        ask(200, "GET", "/v1/parties/beta", party="court")
        ask(403, "GET", "/v1/parties/beta", party="acme")
        ask(404, "GET", "/v1/parties/none", party="operator")

        token = ask(201, "POST", "/v1/tokens",
                    {"party": "acme", "role": "platform", "label": "gate",
                     "expires": "2999-01-01T00:00:00.000Z"}, "operator")
        ask(400, "POST", "/v1/tokens", {"party": "acme"}, "operator")
        ask(200, "GET", "/v1/tokens", party="operator")
        ask(403, "GET", "/v1/tokens", party="acme")
        ask(204, "DELETE", f"/v1/tokens/{token['id']}", party="operator")
        ask(404, "DELETE", f"/v1/tokens/{token['id']}", party="operator")
        ask(200, "GET", "/v1/me", party="acme")
        ask(401, "GET", "/v1/me")

    def ask_for_organizations(self):
        ask = self.ask
        organization = self.description.example("registerOrganization", "firm")
        ask(201, "POST", "/v1/organizations", organization, "clerk")
        person = ask(201, "POST", "/v1/organizations", self.description.example(
            "registerOrganization", "individual_business"), "operator")
        self.assertEqual(len(person["disclosures"]), 1)
        ask(400, "POST", "/v1/organizations", {**organization, "uscc": "x"},
            "clerk")
        ask(401, "POST", "/v1/organizations", organization)
        ask(403, "POST", "/v1/organizations", organization, "acme")
        ask(409, "POST", "/v1/organizations", organization, "clerk")
        ask(422, "POST", "/v1/organizations",
            {**organization, "uscc": UNKNOWN_USCC, "effective_at": from_now(1)},
            "clerk")

        of_firm = f"/v1/organizations/{organization['uscc']}"
        of_person = "/v1/organizations/92350100MA0000001L"
        events = of_firm + "/events"
        renamed = self.description.example("recordOrganizationEvent", "renamed")
        # Before the registration.
        ask(409, "POST", events, {**renamed, "effective_at": LONG_AGO}, "clerk")
        ask(201, "POST", events, {**renamed, "effective_at": from_now(0)},
            "clerk")
        ask(400, "POST", events, {"event": "established"}, "clerk")
        ask(403, "POST", events, renamed, "person")
        ask(404, "POST", f"/v1/organizations/{UNKNOWN_USCC}/events",
            {"event": "terminated"}, "clerk")
        state = ask(200, "GET", of_firm)
        self.assertEqual(state["organization"]["name"], renamed["name"])
        self.assertEqual(len(state["entries"]), 2)
        self.assertNotIn("name", ask(200, "GET", of_person)["organization"])
        ask(404, "GET", f"/v1/organizations/{UNKNOWN_USCC}")
        ask(400, "GET", of_firm + "?x=1")

    def lead(self, application, *events):
        for event in events:
            body = {"event": event}
            if event == "fee_due":
                body = self.description.example("recordApplicationEvent", "fee")
            self.ask(201, "POST", f"/v1/applications/{application}/events",
                     body, "clerk")

    def ask_for_applications(self):
        ask = self.ask
        by_person = self.description.example("submitApplication",
                                             "public_security")
        by_acme = self.description.example("submitApplication", "platform")
        ask(201, "POST", "/v1/applications", by_person, "person")
        ask(201, "POST", "/v1/applications", by_acme, "acme")
        ask(401, "POST", "/v1/applications", by_acme)
        ask(403, "POST", "/v1/applications", by_acme, "court")
        ask(409, "POST", "/v1/applications", by_acme, "acme")
        ask(422, "POST", "/v1/applications",
            {**by_acme, "id": "a-1", "materials": []}, "acme")
        ask(400, "POST", "/v1/applications", {**by_acme, "route": "x"}, "acme")

        events = f"/v1/applications/{by_person['id']}/events"
        ask(201, "POST", events, self.description.example(
            "recordApplicationEvent", "returned"), "clerk")
        ask(403, "POST", events, {"event": "submitted"}, "clerk")
        ask(201, "POST", events, {"event": "submitted"}, "person")
        ask(403, "POST", events, {"event": "approved"}, "person")
        ask(409, "POST", events, {"event": "approved"}, "clerk")
        self.lead(by_person["id"], "materials_accepted", "originals_checked",
                  "approved")
        ask(400, "POST", events, {"event": "fee_due"}, "clerk")
        ask(404, "POST", "/v1/applications/none/events",
            {"event": "approved"}, "clerk")
        self.lead(by_acme["id"], "materials_accepted", "identity_verified",
                  "authorized", "approved")

        target = f"/v1/applications/{by_person['id']}"
        for party in ("person", "clerk", "court"):
            self.assertEqual(ask(200, "GET", target, party=party)["state"],
                             "approved")
        ask(404, "GET", target, party="acme")
        ask(401, "GET", target)
        everyone = ask(200, "GET", "/v1/applications", party="court")["items"]
        self.assertEqual(len(everyone), 2)
        own = ask(200, "GET", "/v1/applications", party="acme")["items"]
        self.assertEqual([item["id"] for item in own], [by_acme["id"]])
        ask(401, "GET", "/v1/applications")
        ask(400, "GET", "/v1/applications?state=x", party="court")

    def seal_of(self, name):
        """An example of a seal, valid today."""
        seal = self.description.example("issueSeal", name)
        if "seseal" in seal:
            return seal
        return {**seal, "valid_from": from_now(0), "valid_to": from_now(365)}

    def ask_for_seals(self):
        ask = self.ask
        seal = self.seal_of("made_here")
        issued = ask(201, "POST", "/v1/seals", seal, "clerk", key="seal")
        again = ask(201, "POST", "/v1/seals", seal, "clerk", key="seal")
        self.assertEqual(again["seseal"], issued["seseal"])
        ask(409, "POST", "/v1/seals", seal, "clerk")
        ask(400, "POST", "/v1/seals", {**seal, "code": "1"}, "clerk")
        ask(401, "POST", "/v1/seals", seal)
        ask(403, "POST", "/v1/seals", seal, "acme")
        # No seal at all, and one that is another's.
        for seseal, name in ((None, "format"), (issued["seseal"], "")):
            elsewhere = self.seal_of("made_elsewhere")
            elsewhere["seseal"] = seseal or elsewhere["seseal"]
            problem = ask(422, "POST", "/v1/seals", elsewhere, "clerk")
            self.assertEqual([check["id"] for check in problem["checks"]
                              if check["result"] == "fail"],
                             [name] if name else [])

        events = f"/v1/seals/{seal['code']}/events"
        filed = self.description.example("recordSealEvent", "filed")
        ask(201, "POST", events, filed, "clerk")
        ask(201, "POST", events, {"event": "activated"}, "clerk")
        ask(201, "POST", events, {"event": "suspended", "reason": "review"},
            "acme")
        ask(201, "POST", events, {"event": "resumed"}, "operator")
        lost = self.description.example("recordSealEvent", "lost")
        ask(409, "POST", events, {**lost, "effective_at": LONG_AGO}, "acme")
        ask(422, "POST", events, {**lost, "effective_at": from_now(1)}, "acme")
        ask(201, "POST", events, {**lost, "effective_at": from_now(0)}, "acme")
        ask(403, "POST", events, {"event": "found"}, "acme")
        ask(201, "POST", events, {"event": "found"}, "clerk")
        ask(409, "POST", events, filed, "clerk")
        ask(400, "POST", events, {"event": "cancelled"}, "clerk")
        ask(401, "POST", events, filed)
        ask(404, "POST", f"/v1/seals/{UNKNOWN_SEAL}/events", filed, "clerk")

    def ask_about_seals(self):
        ask = self.ask
        target = f"/v1/seals/{self.seal_of('made_here')['code']}"
        for party in ("clerk", "court", "acme"):
            seal = ask(200, "GET", target, party=party)
            self.assertEqual(seal["status"], "active")
        ask(403, "GET", target, party="person")
        ask(401, "GET", target)
        ask(404, "GET", f"/v1/seals/{UNKNOWN_SEAL}", party="clerk")
        file = ask(200, "GET", target + "/file", party="acme")
        self.assertEqual(file[0], 0x30)
        ask(401, "GET", target + "/file")
        ask(403, "GET", target + "/file", party="person")
        ask(404, "GET", f"/v1/seals/{UNKNOWN_SEAL}/file", party="clerk")
        history = ask(200, "GET", target + "/history")
        self.assertEqual([item["index"] for item in history["items"]],
                         seal["entries"])
        ask(404, "GET", f"/v1/seals/{UNKNOWN_SEAL}/history")

        status = ask(200, "GET", target + "/status")
        self.assertEqual(status["entries"], seal["entries"])
        early = ask(200, "GET", f"{target}/status?at={from_now(0)}"
                                f"&size={seal['index'] + 1}")
        self.assertEqual(early["status"], "issued")
        ask(404, "GET", f"{target}/status?at={LONG_AGO}")
        ask(404, "GET", target + "/status?size=1")
        ask(400, "GET", target + "/status?size=1000000")

        listed = ask(200, "GET", "/v1/seals?division=350100&type=01"
                                 f"&status=active&uscc={seal['uscc']}"
                                 f"&issued_from={LONG_AGO}",
                     party="court")
        self.assertEqual({**listed["items"][0], "entries": seal["entries"],
                          "checkpoint": seal["checkpoint"]}, seal)
        ask(401, "GET", "/v1/seals")
        ask(403, "GET", "/v1/seals", party="person")
        ask(400, "GET", "/v1/seals?division=35", party="court")
        self.ask_for_csv(listed)

    def ask_for_authorizations(self):
        ask = self.ask
        seal = f"/v1/seals/{self.seal_of('made_here')['code']}"
        grants, grant = seal + "/authorizations", seal + "/authorizations/bravo"
        opened = self.description.example("authorizeSeal", "open")
        until = self.description.example("authorizeSeal", "until")
        ask(201, "POST", grants, opened, "acme")
        ask(400, "POST", grants, opened, "acme")
        ask(201, "POST", grants, {**until, "until": from_now(1)}, "acme")
        ask(401, "POST", grants, opened)
        ask(403, "POST", grants, opened, "bravo")
        ask(404, "POST", f"/v1/seals/{UNKNOWN_SEAL}/authorizations", opened,
            "acme")
        for body in ({"party": "nobody"}, {"party": "person"},
                     {"party": "bravo", "until": LONG_AGO}):
            ask(422, "POST", grants, body, "acme")
        ask(400, "DELETE", grant, {}, "acme")
        ask(401, "DELETE", grant)
        ask(403, "DELETE", grant, party="bravo")
        ask(201, "DELETE", grant, party="acme", key="back")
        ask(404, "DELETE", grant, party="acme")

    def ask_for_signatures(self):
        ask = self.ask
        target = f"/v1/seals/{self.seal_of('made_here')['code']}/signatures"
        plain = self.description.example("signWithSeal", "plain")
        order = self.description.example("signWithSeal", "ofd")
        made = ask(201, "POST", target, order, "acme", key="sign")
        again = ask(201, "POST", target, order, "acme", key="sign")
        self.assertEqual(again["signature"], made["signature"])
        ask(409, "POST", target, plain, "acme", key="sign")
        ask(400, "POST", target, {**plain, "property_info": "章"}, "acme")
        ask(401, "POST", target, plain)
        ask(403, "POST", target, plain, "bravo")
        ask(404, "POST", f"/v1/seals/{UNKNOWN_SEAL}/signatures", plain, "acme")
        ask(503, "POST", target, {**plain, "time_stamp": True}, "acme")

        given = {"signature": made["signature"], "protected": order["protected"]}
        entered = ask(201, "POST", "/v1/seal-signatures", given, "clerk")
        self.assertEqual({check["result"] for check in entered["checks"]},
                         {"pass"})
        operation = self.description.operation("POST", "/v1/seal-signatures")
        no_signature = self.description.request_body(operation)["example"]
        for body, name in ((no_signature, "format"),
                           ({**given, "protected": {"sm3": SHA256}},
                            "data_hash")):
            problem = ask(422, "POST", "/v1/seal-signatures", body, "clerk")
            self.assertEqual([check["id"] for check in problem["checks"]
                              if check["result"] == "fail"], [name])
        ask(400, "POST", "/v1/seal-signatures", {**given, "signature": "x"},
            "clerk")
        ask(401, "POST", "/v1/seal-signatures", given)
        ask(403, "POST", "/v1/seal-signatures", given, "court")

        entry = f"/v1/entries/{made['index']}"
        for party in ("acme", "court", "operator"):
            self.assertEqual(ask(200, "GET", entry + "/signature", party=party),
                             base64.b64decode(made["signature"]))
        ask(400, "GET", entry + "/signature?x=1", party="court")
        ask(401, "GET", entry + "/signature")
        ask(403, "GET", entry + "/signature", party="bravo")
        ask(404, "GET", "/v1/entries/0/signature", party="court")
        bundle = ask(200, "GET", entry + "/bundle", party="acme")
        self.assertIn("signed_checkpoint", bundle)
        found = ask(200, "GET",
                    f"/v1/documents/sm3:{order['protected']['sm3']}")
        self.assertIn(made["index"], [item["index"] for item in found["items"]])
        # Evidence of the same digest has a chain of its own.
        kinds = [ask(200, "GET", f"/v1/entries/{index}")["kind"]
                 for index in found["related"]]
        self.assertEqual(kinds.count("seal.issued"), 1)

    def ask_with_signatures(self):
        ask = self.ask
        key = signed.Key(self.folder.name + "/keys", "ed25519")
        ask(201, "POST", "/v1/parties/bravo/events",
            {"event": "changed", "key": key.pem}, "operator")
        body = {"document": {"sha256": SHA256}}
        sent = signed.sign(key, "bravo", "POST", "/v1/evidence", body, "signed")
        parameters = self.description.document["components"]["parameters"]
        for name in ("ContentDigest", "SignatureInput", "Signature"):
            header = parameters[name]
            for value in (header["example"], sent.headers[header["name"]]):
                self.assertEqual(
                    self.description.errors(header["schema"], value), [])
        made = ask(201, "POST", "/v1/evidence", sent.body, "bravo", sent.key,
                   sent.headers)
        bundle = ask(200, "GET", f"/v1/entries/{made['index']}/bundle",
                     party="bravo")
        self.assertIn("request", bundle)
        ask(401, "POST", "/v1/evidence", sent.body, "acme", sent.key,
            sent.headers)
        ask(400, "POST", "/v1/evidence/batch", {"items": [body]}, "bravo",
            sent.key, sent.headers)

    def ask_for_csv(self, listed):
        client = self.service.client(self.tokens["court"])
        answer = client.call("GET", "/v1/seals", headers={"Accept": "text/csv"})
        client.close()
        text = self.description.judge("GET", "/v1/seals", answer).decode()
        self.assertEqual(answer.headers["Content-Type"],
                         "text/csv; charset=utf-8")
        rows = list(csv.DictReader(io.StringIO(text, newline="")))
        self.assertEqual(set(rows[0]), set(
            self.description.document["components"]["schemas"]["SealItem"]
            ["properties"]))
        self.assertEqual(rows, [
            {name: self.cell(item.get(name)) for name in rows[0]}
            for item in listed["items"]])
        note = base64.b64decode(answer.headers["Sealedger-Checkpoint"])
        self.assertEqual(note.decode(), listed["checkpoint"])
        self.assertNotIn("Sealedger-Next-Cursor", answer.headers)

    @staticmethod
    def cell(value):
        if value is None or isinstance(value, str):
            return value or ""
        return json.dumps(value)

    def end_seals(self):
        """A successor takes a seal's place, and the organisation ends."""
        ask = self.ask
        successor = self.seal_of("successor")
        application = self.description.example("submitApplication",
                                               "public_security")
        ask(201, "POST", "/v1/applications",
            {**application, "id": successor["application"], "route": "agency",
             "materials": application["materials"] + [
                 {"kind": "existing_seal_impression", "sha256": SHA256},
                 {"kind": "agent_id", "sha256": SM3}]}, "person")
        self.lead(successor["application"], "materials_accepted", "fee_due",
                  "fee_paid", "approved")
        issued = ask(201, "POST", "/v1/seals", successor, "clerk")
        self.assertEqual(issued["also"], [issued["index"] - 1])
        ask(409, "POST", f"/v1/seals/{successor['replaces']}/events",
            self.description.example("recordSealEvent", "cancelled"), "clerk")
        ended = ask(
            201, "POST", f"/v1/organizations/{application['uscc']}/events",
            self.description.example("recordOrganizationEvent", "ended"),
            "clerk")
        self.assertEqual(ended["also"], [ended["index"] + 1])
        ask(409, "POST", "/v1/applications", {**application, "id": "a-2"},
            "person")

    def test_every_word_of_an_enumeration_is_known(self):
        for target, name in (("/v1/entries?kind=", "Kind"),
                             ("/v1/applications?state=", "ApplicationState"),
                             ("/v1/applications?route=", "Route"),
                             ("/v1/seals?status=", "SealStatus"),
                             ("/v1/seals?type=", "SealType")):
            for word in self.description.words(name):
                self.ask(200, "GET", target + word, party="court")
            self.ask(400, "GET", target + "other", party="court")
        seals = f"/v1/seals/{UNKNOWN_SEAL}/events"
        request = self.description.document["components"]["schemas"][
            "SealEventRequest"]["properties"]
        taken = set()
        for event in request["event"]["enum"]:
            for reason in (*request["reason"]["enum"], "unclaimed", "replaced"):
                client = self.service.client(self.tokens["clerk"])
                answer = client.call("POST", seals,
                                     {"event": event, "reason": reason})
                client.close()
                self.assertIn(answer.status, (400, 404))
                if answer.status == 404:
                    taken.add(reason)
        self.assertEqual(taken, set(request["reason"]["enum"]))

    def ask_for_the_rest(self):
        ask = self.ask
        entries = ask(200, "GET", "/v1/entries")["items"]
        kinds = {item["kind"] for item in entries}
        self.assertEqual(kinds - set(self.description.words("Kind")), set())
        ask(200, "GET", "/v1/status")
        ask(200, "GET", "/checkpoint")
        ask(200, "GET", "/tile/0/000.p/3")
        ask(200, "GET", "/tile/entries/000.p/3")
        ask(400, "GET", "/tile/0/000.p/3?x=1")
        ask(404, "GET", "/tile/9/000")
        ask(200, "GET", "/healthz")
        ask(200, "GET", "/readyz?verbose")
        ask(200, "GET", "/metrics")
        ask(200, "GET", "/openapi.yaml")


if __name__ == "__main__":
    unittest.main(verbosity=2)
