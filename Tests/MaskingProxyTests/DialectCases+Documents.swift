/// Statements about JSON, and what may stand at two places of a statement.
extension DialectCases {
    private static let document =
        #"'{"a": 1, "b" : [10, 2.50, "x", null, true], "c":{"d": "q\"\u00e9", "e": null}, "a": "last", "": 0}'::json"#

    static let documents = [
        "SELECT \(document) -> 'a', \(document) -> 'b', \(document) -> 'c', \(document) -> 'nope', \(document) -> ''",
        "SELECT \(document) ->> 'a', \(document) ->> 'b', \(document) -> 'c' ->> 'd', \(document) -> 'c' ->> 'e'",
        "SELECT \(document) -> 'b' -> 0, \(document) -> 'b' -> -1, \(document) -> 'b' -> 9, \(document) -> 'b' ->> 1",
        "SELECT \(document) -> 'b' ->> 2, \(document) -> 'b' ->> 3, \(document) -> 'b' -> 3, \(document) -> 0",
        "SELECT \(document) #> '{b,1}', \(document) #>> '{c,d}', \(document) #> '{}', \(document) #>> '{b,-2}'",
        "SELECT \(document) #> '{b,x}', \(document) #> '{a,b}', \(document) #> ARRAY['b', NULL], \(document) #>> '{c}'",
        "SELECT json_extract_path(\(document), 'b', '0'), json_extract_path_text(\(document), 'c', 'd')",
        "SELECT json_typeof(\(document)), json_typeof(\(document) -> 'b'), json_typeof('7'::json), json_typeof('null')",
        "SELECT json_typeof(' \"x\" '), json_typeof('true'), json_array_length('[1, [2, 3], {\"a\": [4]}]')",
        "SELECT * FROM json_each(\(document))",
        "SELECT key, value FROM json_each_text(\(document)) ORDER BY 1, 2",
        "SELECT * FROM json_array_elements('[1, {\"a\": [2]}, \"x\", null]')",
        "SELECT value, ordinality FROM json_array_elements_text('[\"a\\\\b\", 2, null]') WITH ORDINALITY",
        "SELECT * FROM json_object_keys('{\"b\": 1, \"a\": {\"c\": 2}}') AS k",
        "SELECT p.id, e.key, e.value FROM people p, json_each(row_to_json(p)) e WHERE p.id < 3 ORDER BY 1, 2",
        "SELECT id, row_to_json(p) ->> 'city', (row_to_json(p) ->> 'score')::float8 + 1 FROM people p ORDER BY id",
        "SELECT '[1,2]'::json ->> NULL, NULL::json -> 'a', '[]'::json -> 0, '{}'::json #> '{a}'",
        "SELECT json_build_object('x', '[1, 2]'::json -> 1), '\"\\ud83d\\ude00\"'::json #>> '{}'",
    ]

    static let repeated = [
        "SELECT mode() WITHIN GROUP (ORDER BY city), percentile_disc(0.5) WITHIN GROUP (ORDER BY price) FROM people",
        "SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY price), percentile_cont(0.3) WITHIN GROUP (ORDER BY id), "
            + "percentile_cont(1) WITHIN GROUP (ORDER BY score DESC), percentile_disc(0) WITHIN GROUP (ORDER BY name) FROM people",
        "SELECT city, percentile_cont(0.25) WITHIN GROUP (ORDER BY price) FILTER (WHERE price > 0), "
            + "mode() WITHIN GROUP (ORDER BY ok DESC) FROM people GROUP BY city ORDER BY city",
        "SELECT percentile_cont(NULL) WITHIN GROUP (ORDER BY price), percentile_disc(0.5) WITHIN GROUP (ORDER BY price) "
            + "FROM people WHERE id > 99",
        "SELECT '2024-01-02 03:04:05+02'::timestamp, '2024-01-02 03:04:05.5-05:30'::timestamp, '2024-01-02 +00'::date",
        "SELECT '2024-01-02 03:04:05+02'::timestamptz = '2024-01-02 01:04:05Z', "
            + "'2024-01-02 00:30+01'::timestamptz < '2024-01-02Z', '2024-01-02T03:04:05Z'::timestamp",
        "SELECT generate_series(1, 3)",
        "SELECT id, generate_series(1, id) FROM people WHERE id < 4 ORDER BY 1, 2 DESC",
        "SELECT unnest(ARRAY['a', 'b']), generate_series(1, 3) AS n ORDER BY n",
        "SELECT unnest(string_to_array(name, 'n')) AS part FROM people ORDER BY part NULLS FIRST LIMIT 4",
        "SELECT DISTINCT unnest(ARRAY[ok, true]) AS t FROM people ORDER BY t",
        "SELECT city, generate_series(1, count(*)) FROM people GROUP BY city ORDER BY 1, 2",
        "SELECT x FROM (SELECT generate_series(1, 5) AS x) s WHERE x > 2 ORDER BY x",
        "SELECT json_array_elements('[1, 2]') AS x, json_object_keys('{\"k\": 1}') AS k",
        "SELECT unnest('{}'::int[]), id FROM people",
        "SELECT (SELECT max(amount) FROM orders), count(*) FROM people GROUP BY (SELECT max(amount) FROM orders)",
        "SELECT city, (SELECT count(*) FROM orders o WHERE o.note = p.city) FROM people p "
            + "GROUP BY city, (SELECT count(*) FROM orders o WHERE o.note = p.city) ORDER BY 1",
        "SELECT (SELECT min(note) FROM orders o WHERE o.person = p.id) AS n FROM people p "
            + "ORDER BY (SELECT min(note) FROM orders o WHERE o.person = p.id), p.id",
        "SELECT id FROM people ORDER BY id LIMIT 1.5",
        "SELECT id FROM people ORDER BY id LIMIT 2.4 OFFSET 0.6",
        "SELECT (ARRAY[7, 8, 9])[id] FROM people ORDER BY id", "SELECT (ARRAY[7, 8, 9])[1.6]",
        "SELECT id, lag(id, id::int) OVER (ORDER BY id) FROM people ORDER BY id",
        "SELECT name COLLATE \"C\" FROM people ORDER BY name COLLATE \"C\"", "SELECT 'b' COLLATE \"C\" > 'a'",
        "SELECT p.*::text FROM people p WHERE id = 1", "SELECT ROW(p.*, 1) FROM people p WHERE id = 2",
        "SELECT count(p.*), count(DISTINCT p.*) FROM people p",
        "SELECT row_to_json(o.*) FROM orders o WHERE id = 4",
        "SELECT id FROM people p ORDER BY p.* DESC LIMIT 2",
        "SELECT concat(o.*, '!') FROM orders o WHERE id = 2",
    ]
}
