"""Uses the service as Python's users do, and checks its description against what it answers.

Arguments: the service's address, then user=token for alice, root and eve.
"""
import json
import sys

import jsonschema
import requests
from openapi_spec_validator import validate

base, *pairs = sys.argv[1:]
tokens = dict(pair.split("=", 1) for pair in pairs)


def session(user):
    made = requests.Session()
    made.headers["Authorization"] = f"Bearer {tokens[user]}"
    return made


alice, root, eve = session("alice"), session("root"), session("eve")
document = requests.get(f"{base}/api/v1/openapi.json").json()
validate(document)
checked = set()


def conforms(answer, method, path):
    """Checks an answer's body against the schema that the document has for it."""
    operation = document["paths"][path][method]
    described = operation["responses"].get(str(answer.status_code))
    assert described, f"{method} {path}: {answer.status_code} is not documented: {answer.text}"
    content = described.get("content", {})
    if not content:
        assert answer.content == b"", answer.text
        return answer
    kind = answer.headers["Content-Type"].split(";")[0]
    assert kind in content, f"{method} {path}: {kind}"
    if kind.endswith("json") and kind != "application/x-ndjson":
        schema = {**content[kind]["schema"], "components": document["components"]}
        jsonschema.Draft202012Validator(schema).validate(answer.json())
    checked.add((method, path, answer.status_code))
    return answer


def call(who, method, path, body=None, **names):
    address = base + path.format(**names)
    answer = who.request(method, address, json=body)
    return conforms(answer, method, path)


table = "/api/v1/tables/{table}"
rows = alice.get(f"{base}/api/v1/tables/shop.people/rows", params={"columns": "id,big"})
assert rows.headers["Content-Encoding"] == "gzip", rows.headers
assert rows.json() == [{"id": 1, "big": 900719925474099312}, {"id": 3, "big": None}], rows.text
conforms(rows, "get", table + "/rows")
streamed = alice.get(f"{base}/api/v1/tables/shop.wide/rows?format=ndjson", stream=True)
assert sum(1 for _ in streamed.iter_lines()) == 20_000

# An answer that breaks off is an error for the reader.
try:
    alice.get(f"{base}/api/v1/tables/shop.breaking/rows?format=csv")
    raise SystemExit("a broken answer was taken for a whole one")
except requests.exceptions.ChunkedEncodingError:
    pass

posted = {"columns": [{"label": "n", "origin": "shop.people.age"}], "rows": [[17], [18]]}
assert call(alice, "post", "/api/v1/mask", posted).json() == [{"n": 18}]
for path in ("/api/v1/check", "/api/v1/explain"):
    assert call(alice, "post", path, {"table": "shop.people", "columns": ["id"]}).json()["allowed"]
    batch = {"questions": [{"table": "shop.people"}, {"table": "shop.none"}]}
    assert len(call(alice, "post", path, batch).json()["answers"]) == 2
    call(alice, "post", path, {"table": "shop.none"})
    call(alice, "post", path, {"tables": 1})
for path in ("/health", "/ready", "/api/v1/openapi.json", "/metrics", "/api/v1/tables", "/api/v1/audit",
             "/api/v1/policies", "/api/v1/sources", "/api/v1/users", "/api/v1/whoami"):
    assert call(root, "get", path).status_code == 200, path
    call(eve, "get", path)
call(alice, "get", table, table="shop.people")
call(eve, "get", table, table="shop.people")
tag = "/api/v1/tables/{table}/columns/{column}/tags/{tag}"
call(root, "put", tag, {"attributes": {"kind": "x"}}, table="shop.people", column="age", tag="PII")
call(root, "get", table, table="shop.people")
call(root, "delete", tag, table="shop.people", column="age", tag="PII")
call(root, "put", "/api/v1/tables/{table}/tags/{tag}", {}, table="shop.people", tag="PII")
call(root, "delete", "/api/v1/tables/{table}/tags/{tag}", table="shop.people", tag="PII")
policy = {"service": "files", "name": "py", "resources": {"database": {"values": ["shop"]},
          "table": {"values": ["wide"]}, "column": {"values": ["*"]}},
          "policyItems": [{"users": ["eve"], "accesses": [{"type": "read"}]}]}
tested = {"policies": [policy], "tests": ["as eve, shop.wide.line is clear"]}
assert call(root, "post", "/api/v1/policies/test", tested).json()["failed"] == 0
assert call(root, "post", "/api/v1/policies", tested).json()["created"] == ["py"]
assert call(eve, "get", table + "/rows", table="shop.wide").status_code == 200
call(root, "post", "/api/v1/policies", {"policies": [{"service": "none", "name": "x"}]})
found = [p for p in call(root, "get", "/api/v1/policies").json()["policies"] if p["name"] == "py"]
assert call(root, "delete", "/api/v1/policies/{id}", id=found[0]["id"]).status_code == 204
zone = {"name": "py", "services": {"files": {"resources": [{"database": ["nowhere"]}]}}}
call(root, "post", "/api/v1/zones", {"securityZones": [{**zone, "services": {"none": {"resources": []}}}]})
assert call(root, "post", "/api/v1/zones", {"securityZones": [zone]}).status_code == 200
listed = call(root, "get", "/api/v1/zones").json()["securityZones"]
assert [one["name"] for one in listed] == ["py"], listed
assert call(root, "delete", "/api/v1/zones/{name}", name="py").status_code == 204
assert call(root, "post", "/api/v1/sharing", {"datasets": [{"id": 7, "name": "py"}]}).status_code == 200
assert call(root, "get", "/api/v1/sharing").json()["datasets"][0]["name"] == "py"
assert call(root, "delete", "/api/v1/sharing/{kind}/{id}", kind="dataset", id=7).status_code == 204
for path in ("/api/v1/services", "/api/v1/zones", "/api/v1/sharing"):
    call(root, "get", path)
    call(eve, "get", path)
call(root, "get", table + "/access", table="shop.people")
call(eve, "get", table + "/access", table="shop.people")
assert call(root, "post", "/api/v1/sources", {"name": "py", "kind": "csv", "path": "/memory"}).status_code == 200
call(root, "post", "/api/v1/sources/{name}/scan", name="shop")
call(root, "post", "/api/v1/sources/{name}/scan", name="py")
call(root, "put", "/api/v1/users/{user}", {"groups": ["g"]}, user="newcomer")
call(root, "put", "/api/v1/users/{user}/password", {"password": "long enough"}, user="newcomer")
made = call(alice, "post", "/api/v1/tokens", {}).json()
assert call(alice, "delete", "/api/v1/tokens/{id}", id=made["id"]).status_code == 204

# Name and password, as requests sends them.
me = requests.get(f"{base}/api/v1/whoami", auth=("newcomer", "long enough"))
assert me.json()["user"] == "newcomer", me.text
wrong = requests.get(f"{base}/api/v1/whoami", auth=("newcomer", "not it"))
assert wrong.status_code == 401, wrong.text
conforms(wrong, "get", "/api/v1/whoami")

# Every route was called, and answered as the document says.
called = {(method, path) for method, path, _ in checked} | {
    (method, path) for path, operations in document["paths"].items() for method in operations
    if "204" in operations[method]["responses"]}
known = {(method, path) for path, operations in document["paths"].items() for method in operations}
assert called == known, known - called
print(json.dumps({"answers": len(checked), "routes": len(known)}))
