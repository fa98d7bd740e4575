#!/usr/bin/python3
"""The OpenAPI text that the service gives out, held against what it answers:
every operation is called, its answer must be of a status, a content type and a
schema that the text names, with no member that it does not, and what the text
says is refused is refused. The examples in the text must be of their schemas,
and requests made of them succeed."""

import copy
import json
import re
import sys
import tempfile
import unittest

import jsonschema
import yaml

sys.dont_write_bytecode = True

from lib import answers, service  # noqa: E402

SHA256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
SM3 = "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"


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

    def unnamed(self, schema, value, at=""):
        """Members that no schema names, as JSON pointers. An object without
        `properties` may have any."""
        schema = self.resolve(schema)
        if isinstance(value, list) and "items" in schema:
            return [name for i, item in enumerate(value) for name in
                    self.unnamed(schema["items"], item, f"{at}/{i}")]
        if not isinstance(value, dict) or "properties" not in schema:
            return []
        found = [f"{at}/{name}" for name in value
                 if name not in schema["properties"]]
        for name, inner in schema["properties"].items():
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
            required = header not in ("Idempotency-Replayed", "Location")
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
        for party, role in (("acme", "platform"), ("court", "regulator")):
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

    def test_every_operation(self):
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

        succeeded = {operation for operation, status in self.description.called
                     if status < 300}
        described = {operation["operationId"]
                     for _, _, operation in self.description.patterns}
        self.assertEqual(described - succeeded, set())


if __name__ == "__main__":
    unittest.main(verbosity=2)
