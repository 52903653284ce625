import Foundation

/// PostgreSQL's own regression statements, from Debian's source package: fetched, never committed.
enum RegressionSource {
    /// Whether they are wanted: the package has 23 MB, so only CI and whoever asks for it fetches it.
    static let isWanted = ProcessInfo.processInfo.environment["STEWARD_REGRESSION"] != nil

    /// The folder `src/test/regress` of the package, fetched into the build folder when it isn't there yet.
    static func folder() throws -> URL {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let script = root.appending(path: "Tests/PostgreSQL/fetch.sh").path
        try PostgreSQLCluster.run(["/bin/bash", script], asServer: false)
        return root.appending(path: ".build/postgresql-regression/regress")
    }

    /// Makes the objects of the regression tests in a database, file by file in their order; what fails is left out.
    ///
    /// Left out are files that are about the cluster, not about statements, and what needs functions in C.
    static func furnish(_ database: String, of cluster: PostgreSQLCluster, from folder: URL) throws {
        let script = """
            cd "$1"
            export PG_ABS_SRCDIR="$1" PG_ABS_BUILDDIR="$1" PG_LIBDIR=/usr/lib/postgresql/15/lib PG_DLSUFFIX=.so
            export PGTZ=PST8PDT PGDATESTYLE='Postgres, MDY' PGOPTIONS='-c intervalstyle=postgres_verbose'
            export PGHOST=127.0.0.1 PGPORT="$2" PGUSER=postgres PGPASSWORD=super-secret
            for name in $(sed -n 's/^test://p' parallel_schedule); do
                case $name in tablespace | subscription | password | database | largeobject) continue ;; esac
                timeout 60 psql -X -q "$3" < "sql/$name.sql" > /dev/null 2>&1 || true
            done
            """
        try PostgreSQLCluster.run(
            ["/bin/sh", "-c", script, "sh", folder.path, String(cluster.port), database],
            asServer: false
        )
    }

    /// The statements of a file that read, without those that psql would have to fill in.
    static func statements(in file: URL) throws -> [String] {
        var scanner = StatementScanner(
            Array(String(decoding: try Data(contentsOf: file), as: UTF8.self).utf8)
        )
        return scanner.statements().filter { text in
            let word = text.drop { $0 == "(" || $0.isWhitespace }.prefix { $0.isLetter }.lowercased()
            return ["select", "with", "values", "table"].contains(word)
                && text.firstMatch(of: /(^|[^:A-Za-z0-9_]):['"]?[A-Za-z_]/) == nil
        }
    }
}

/// Takes a script for psql apart into statements, without comments and psql's own commands.
private struct StatementScanner {
    private let bytes: [UInt8]
    private var index = 0
    private var current: [UInt8] = []

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func statements() -> [String] {
        var found: [String] = []
        var depth = 0
        while index < bytes.count {
            let byte = bytes[index]
            switch byte {
            case UInt8(ascii: "\\"):
                skip(to: "\n")
                current.removeAll()
            case UInt8(ascii: "-") where starts("--"): skip(to: "\n")
            case UInt8(ascii: "/") where starts("/*"): skip(to: "*/")
            case UInt8(ascii: "'"), UInt8(ascii: "\""): takeQuoted(byte)
            case UInt8(ascii: "$"): takeDollar()
            case UInt8(ascii: ";") where depth <= 0:
                let text = String(decoding: current, as: UTF8.self).trimmingCharacters(
                    in: .whitespacesAndNewlines
                )
                if !text.isEmpty { found.append(text) }
                current.removeAll()
                depth = 0
                index += 1
            default:
                depth += byte == UInt8(ascii: "(") ? 1 : byte == UInt8(ascii: ")") ? -1 : 0
                current.append(byte)
                index += 1
            }
        }
        return found
    }

    private func starts(_ text: String) -> Bool { bytes[index...].starts(with: Array(text.utf8)) }

    private mutating func skip(to end: String) {
        let end = Array(end.utf8)
        while index < bytes.count, !bytes[index...].starts(with: end) { index += 1 }
        index = min(bytes.count, index + (end == [10] ? 0 : end.count))
    }

    private mutating func takeQuoted(_ quote: UInt8) {
        let hasBackslashes = quote == UInt8(ascii: "'") && current.last.map { $0 | 0x20 } == UInt8(ascii: "e")
        repeat {
            current.append(bytes[index])
            if hasBackslashes, bytes[index] == UInt8(ascii: "\\"), index + 1 < bytes.count {
                index += 1
                current.append(bytes[index])
            }
            index += 1
        } while index < bytes.count && bytes[index] != quote
        if index < bytes.count { current.append(quote) }
        index += 1
    }

    private mutating func takeDollar() {
        var end = index + 1
        while end < bytes.count, bytes[end] != UInt8(ascii: "$"),
            (bytes[end] | 0x20) &- 97 < 26 || bytes[end] &- 48 < 10 || bytes[end] == 95
        {
            end += 1
        }
        guard end < bytes.count, bytes[end] == UInt8(ascii: "$"), !(bytes[index + 1] &- 48 < 10) else {
            current.append(bytes[index])
            index += 1
            return
        }
        let mark = Array(bytes[index...end])
        let start = index
        index = end + 1
        while index < bytes.count, !bytes[index...].starts(with: mark) { index += 1 }
        index = min(bytes.count, index + mark.count)
        current += bytes[start..<index]
    }
}
