import Foundation
import TestSupport
import Testing

@Suite(.serialized, .aside) struct `The demo` {
    @Test func `shows three readers, the reasons, a changed tag and the audit log, within 100 columns`()
        throws
    {
        let outcome = try Program.run(["demo"])
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.errors.isEmpty, "\(outcome.errors)")
        for line in outcome.output.split(separator: "\n") {
            #expect(line.count <= 100, "\(line.count) characters: \(line)")
        }
        for text in [
            "bob, owner", "alice, analyst", "pia, partner", "(row hidden)", "policy",
            "tag `EMAIL` is set on the column",
            "flowed along lineage", "steward tag set sales.customers.city LOCATION", "audit log", "Try next",
        ] {
            #expect(outcome.output.contains(text), "missing: \(text)")
        }
    }

    @Test func `gives no raw protected value to the readers who may not see it`() throws {
        let folder = try TemporaryFolder()
        let kept = folder.url.appending(path: "demo").path
        let demo = try Program.run(["demo", "--keep", kept])
        #expect(demo.status == 0, "\(demo.errors)")
        let protected = try Self.protectedValues(of: kept + "/data/sales/customers.csv")
        #expect(protected.count > 5000)
        for (user, format) in [
            ("alice", "csv"), ("alice", "ndjson"), ("alice", "json"), ("pia", "csv"), ("pia", "table"),
        ] {
            let read = try Program.run([
                "read", "sales.customers", "--as", user, "--format", format, "--data", kept + "/catalog",
            ])
            #expect(read.status == 0 && read.output.count > 1000, "\(read.errors)")
            let leaks = Self.values(protected, in: read.output + read.errors)
            #expect(leaks == 0, "\(leaks) protected values in what \(user) reads as \(format)")
        }
        let derived = try Program.run([
            "read", "analytics.marketing_list", "--as", "alice", "--format", "csv", "--data",
            kept + "/catalog",
        ])
        #expect(derived.status == 0 && Self.values(protected, in: derived.output) == 0)
        let audit = try Program.run([
            "audit", "tail", "--count", "1000", "--json", "--data", kept + "/catalog",
        ])
        #expect(audit.status == 0 && Self.values(protected, in: audit.output) == 0)
        for name in ["catalog.sqlite", "catalog.sqlite-wal", "audit.sqlite", "audit.sqlite-wal"] {
            guard let data = FileManager.default.contents(atPath: "\(kept)/catalog/\(name)") else { continue }
            #expect(Self.values(protected, in: String(decoding: data, as: UTF8.self)) == 0, "in \(name)")
        }
        // The owner does see them: the scan would find a leak.
        let owner = try Program.run([
            "read", "sales.customers", "--as", "bob", "--format", "csv", "--data", kept + "/catalog",
        ])
        #expect(Self.values(protected, in: owner.output) == protected.count)
    }

    /// Names, e-mails, phones and national ids of the customers, by a reader of our own; those of 6 characters or
    /// more, so that one in other text is no accident.
    static func protectedValues(of file: String) throws -> Set<String> {
        let text = try String(contentsOfFile: file, encoding: .utf8)
        var rows: [[String]] = [[]]
        var field = ""
        var quoted = false
        var scalars = text.unicodeScalars.makeIterator()
        var next = scalars.next()
        while let scalar = next {
            next = scalars.next()
            if quoted, scalar == "\"", next == "\"" {
                field.unicodeScalars.append("\"")
                next = scalars.next()
            } else if scalar == "\"" {
                quoted.toggle()
            } else if !quoted, scalar == "," || scalar == "\n" {
                rows[rows.count - 1].append(field)
                field = ""
                if scalar == "\n" { rows.append([]) }
            } else {
                field.unicodeScalars.append(scalar)
            }
        }
        let wanted = try ["full_name", "email", "phone", "national_id"].map {
            try #require(rows[0].firstIndex(of: $0))
        }
        return Set(
            rows.dropFirst().filter { $0.count == rows[0].count }.flatMap { row in wanted.map { row[$0] } }
                .filter { $0.utf8.count >= 6 && !$0.contains("\"") && !$0.contains("\n") }
        )
    }

    /// How many of the values are in a text.
    static func values(_ values: Set<String>, in text: String) -> Int {
        let haystack = Array(text.utf8)
        // A rolling look-up by the first six bytes: thousands of values against megabytes.
        var byStart: [UInt64: [[UInt8]]] = [:]
        func key(_ bytes: ArraySlice<UInt8>) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }
        for value in values {
            let bytes = Array(value.utf8)
            byStart[key(bytes[..<6]), default: []].append(bytes)
        }
        var found: Set<[UInt8]> = []
        guard haystack.count >= 6 else { return 0 }
        var window = key(haystack[..<6])
        for start in 0...(haystack.count - 6) {
            if start > 0 { window = (window << 8 | UInt64(haystack[start + 5])) & 0xFFFF_FFFF_FFFF }
            for candidate in byStart[window] ?? []
            where start + candidate.count <= haystack.count
                && haystack[start..<(start + candidate.count)].elementsEqual(candidate)
            {
                found.insert(candidate)
            }
        }
        return found.count
    }
}
