"""Writes the inputs that fuzzing starts from: seeds.py FOLDER, a folder below it for each parser."""

import glob
import json
import os
import re
import struct
import sys

root = sys.argv[1]
conformance = os.environ.get("STEWARD_CONFORMANCE", "../shared/conformance")
here = os.path.dirname(os.path.abspath(__file__))


def write(parser, inputs):
    folder = os.path.join(root, parser)
    os.makedirs(folder, exist_ok=True)
    for number, data in enumerate(inputs):
        with open(os.path.join(folder, f"seed{number}"), "wb") as file:
            file.write(data if isinstance(data, bytes) else data.encode())


def message(kind, body):
    return kind + struct.pack("!i", len(body) + 4) + body


def pieces(parts):
    """Bytes of the client (first byte 0) and of the database (255), as WireFuzz.client cuts them."""
    return b"".join(
        bytes([255 if ours else 0, len(chunk)]) + chunk
        for ours, data in parts
        for chunk in [data[i : i + 255] for i in range(0, len(data), 255)]
    )


statements = [
    "SELECT id, name, email FROM customers WHERE id BETWEEN 1 AND 9 ORDER BY name LIMIT 3",
    "WITH RECURSIVE t(n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM t WHERE n < 9) SELECT sum(n) FROM t",
    "SELECT row_number() OVER (PARTITION BY x ORDER BY y) FROM (VALUES (1, 'a'), (2, 'b')) v(x, y)",
    "SELECT CASE WHEN '2024-02-29'::date > now() THEN 1.5e3 ELSE -7 END, ARRAY[1,2][1], 'ab' LIKE 'a%'",
    "SELECT c.name, o.amount FROM customers c LEFT JOIN orders o ON o.customer_id = c.id",
    "SELECT string_agg(x, ',' ORDER BY x), count(*) FILTER (WHERE x > 'a') FROM (VALUES ('a'), ('b')) v(x)",
    "BEGIN; DECLARE c CURSOR FOR SELECT 1; FETCH 1 FROM c; COMMIT",
    "SELECT to_number('12', '99'), substring('abc' FROM 2), extract(year FROM date '2020-01-01')",
    "COPY (SELECT email FROM customers) TO STDOUT (FORMAT csv)",
]
kit = os.path.join(conformance, "attacks", "attacks.json")
if os.path.exists(kit):
    statements += [attack["sql"] for attack in json.load(open(kit))]
for parser in ("statement", "files"):
    write(parser, statements)

expressions = [
    "price > 10 AND name LIKE 'a%'",
    "CASE WHEN id IN (1, 2) THEN 'x' ELSE upper(name) END",
    "{col}",
    "concat('x', {col})",
    "CAST(at AS date) = DATE '2024-01-01' OR name IS NULL",
]
write("expression", expressions)

startup = struct.pack("!ii", 0, 196608) + b"user\0alice\0database\0shop\0\0"
startup = struct.pack("!i", len(startup)) + startup[4:]
parse = message(b"P", b"s\0SELECT email FROM customers WHERE id = $1\0" + struct.pack("!hi", 1, 23))
bind = message(b"B", b"\0s\0" + struct.pack("!hhi", 0, 1, 1) + b"1" + struct.pack("!h", 0))
rest = message(b"D", b"P\0") + message(b"E", b"\0" + struct.pack("!i", 0)) + message(b"S", b"")
column = b"email\0" + struct.pack("!ihihih", 0, 0, 25, -1, -1, 0)
description = message(b"T", struct.pack("!h", 1) + column)
row = message(b"D", struct.pack("!hi", 1, 3) + b"a@b")
done = message(b"C", b"SELECT 1\0") + message(b"Z", b"I")
error = message(b"E", b"SERROR\0C22012\0Mdivision by zero\0\0") + message(b"Z", b"I")
write(
    "client",
    [
        pieces([(False, startup), (False, message(b"Q", b"SELECT name, email FROM customers\0")),
                (True, description + row + done)]),
        pieces([(False, startup), (False, parse + bind + rest),
                (True, message(b"1", b"") + message(b"2", b"") + description + row + done)]),
        pieces([(False, startup), (False, parse + message(b"S", b"")), (True, message(b"1", b"") + message(b"Z", b"I"))]
               + 2 * [(False, bind + rest), (True, message(b"2", b"") + description + row + done)]),
        pieces([(False, startup), (False, message(b"Q", b"SELECT 1/0\0")), (True, error)]),
        pieces([(False, startup), (False, message(b"C", b"Ss\0") + message(b"H", b"") + message(b"X", b""))]),
    ],
)
write("database", [bytes([kind]) + data for kind in (0, 1) for data in (description + row + done, error)])

policies = []
for name in sorted(glob.glob(os.path.join(conformance, "golden", "*.json")))[:20]:
    document = json.load(open(name))
    policies += [json.dumps(one) for one in document.get("servicePolicies", {}).get("policies", [])[:5]]
policies.append(
    '{"name":"p","service":"s","policyType":0,"resources":{"database":{"values":["*"],"isExcludes":false}},'
    '"policyItems":[{"accesses":[{"type":"select","isAllowed":true}],"users":["u"],"delegateAdmin":false}],'
    '"validitySchedules":[{"startTime":"2020/01/01 00:00:00","timeZone":"UTC"}]}'
)
write("policies", policies)
write("json", policies[:9] + ['{"a":[1,-2.5e3,"\\u00e9",null,true]}'])
write(
    "script",
    [
        "ctx.isAccessedAfter('2024/01/01')",
        "IS_IN_GROUP('g') && TAG_NAMES_CSV.length > 0",
        "var a = [1, 2]; a.indexOf(2) >= 0 ? ctx.result = true : false",
        "USER.dept == 'x' || ['a', 'b'].includes(UGNAMES[0])",
        "if (tagAttr.x != null && parseInt(tagAttr.x) > 3) { ctx.result = true; }",
        "REQ.action.toLowerCase().startsWith('s')",
    ],
)
entity = (
    '{"entities":[{"typeName":"steward_column","guid":"-1","attributes":{"qualifiedName":"d.t.c","name":"c",'
    '"position":1,"description":"d\\n"},"relationshipAttributes":{"table":{"guid":"-2"}},'
    '"classifications":[],"customAttributes":{"a":"b"},"labels":["x"]}]}'
)
write("entities", [entity, entity.replace("steward_column", "DataSet"), '{"entities":[]}'])
write(
    "query",
    [
        "hive_table where name like 'a*' and (owner = 'b' or createTime > '2020-01-01') select name limit 3",
        "from DataSet as d select count(), min(d.name) groupby (owner) orderby owner desc",
        "DataSet isa PII where hasTerm 'x@g' and name in ['a', 'b'] limit 2 offset 1",
    ],
)
write("csv", [b"\x09id,name\n1,\"a\"\"b\n\"\n2,\xc3\xbc\r\n", b"\x01a\tb\n1\t\n"])
write("ndjson", [b"\x09" + b'{"a":1,"b":{"c":[1,2]}}\n{"a":"x"}\n', b"\x02{}\n\n{"])
write(
    "xml",
    [b"\x20" + b'<?xml version="1.0"?><people><person id="1"><name>A&amp;<![CDATA[b]]></name></person></people>'],
)
dictionary = os.path.join(root, "words.dict")
words = set()
for text in statements + expressions:
    words |= {word for word in re.findall(r"[A-Za-z_]{2,}|[^\w\s]{1,3}", text) if "\\" not in word}
with open(dictionary, "w") as file:
    for word in sorted(words):
        file.write('"' + word.replace('"', '\\"') + '"\n')
