import CatalogModel
import Foundation
import Masking
import QueryAnalysis
import TestSupport
import Testing

/// What expressions mean here is what they mean in PostgreSQL: the same random ones are put to both.
@Suite(.aside) struct `PostgreSQL itself` {
    @Test(.enabled(if: PostgresCluster.installed != nil))
    func `gives the same values and the same refusals`() throws {
        let seed = TestSeed.value()
        var source = RandomExpressions(random: Seeded(state: seed))
        let batch = try rows(RandomExpressions.table)
        var kept: [(text: String, own: [String?]?, isOutOfRange: Bool)] = []
        var refused = 0
        while kept.count < 3000, refused < 6000 {
            let text =
                switch kept.count % 4 {
                case 0: source.condition()
                case 1: source.number()
                case 2: source.text()
                default: source.moment()
                }
            guard let expression = try? compiled(text, batch) else {
                refused += 1
                continue
            }
            do {
                let column = try expression.column(over: batch)
                kept.append((text, (0..<column.count).map { column.unmaskedText($0) }, false))
            } catch {
                kept.append((text, nil, error == .outOfRange))
            }
        }
        #expect(
            kept.count == 3000,
            "only \(kept.count) of \(kept.count + refused) are in the subset, seed \(seed)"
        )
        let theirs = try ask(kept.map(\.text))
        var wrong: [String] = []
        var narrower = 0
        for (one, their) in zip(kept, theirs) where one.own != their.values {
            // Documented: numbers of more than 38 digits and years outside 1 to 9999 are errors here.
            if one.isOutOfRange {
                narrower += 1
                continue
            }
            let own = one.own.map { "\($0.map { $0 ?? "NULL" })" } ?? "an error"
            wrong.append("\(one.text)\n  here \(own)\n  there \(their.description)")
        }
        #expect(narrower < 300, "seed \(seed): \(narrower) are out of range here alone")
        #expect(
            wrong.isEmpty,
            "seed \(seed): \(wrong.count) differ:\n\(wrong.prefix(15).joined(separator: "\n"))"
        )
    }

    private struct Answer {
        let values: [String?]?
        let description: String
    }

    /// PostgreSQL's values of each expression over the table; nil where it has an error.
    private func ask(_ texts: [String]) throws -> [Answer] {
        let columns = RandomExpressions.table
        var script = "CREATE TABLE rows_ (i int, \(RandomExpressions.definition));\n"
        for row in columns[0].values.indices {
            let values = columns.map { column in
                column.values[row].map { "'\($0.replacing("'", with: "''"))'" } ?? "NULL"
            }
            script += "INSERT INTO rows_ VALUES (\(row), \(values.joined(separator: ", ")));\n"
        }
        script += """
            CREATE FUNCTION ask(q text) RETURNS json LANGUAGE plpgsql AS $$
            DECLARE answer json;
            BEGIN
                EXECUTE 'SELECT json_agg((' || q || ')::text ORDER BY i) FROM rows_' INTO answer;
                RETURN answer;
            EXCEPTION WHEN OTHERS THEN RETURN to_json(SQLSTATE || ' ' || SQLERRM);
            END $$;
            CREATE TABLE asked (i int, q text);

            """
        for (index, text) in texts.enumerated() {
            script += "INSERT INTO asked VALUES (\(index), $q$\(text)$q$);\n"
        }
        script += "SELECT json_agg(ask(q) ORDER BY i) FROM asked;\n"
        let output = try PostgresCluster().psql(script)
        guard let answers = try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [Any] else {
            return []
        }
        return answers.map { answer in
            let list = (answer as? [Any])?.map { $0 as? String }
            return Answer(
                values: list,
                description: list.map { "\($0.map { $0 ?? "NULL" })" } ?? "error \(answer)"
            )
        }
    }
}
