import Foundation
import Governance

/// DuckDB doing the same masks on the same file, in a Python process of its own, on one thread.
struct MaskPeer {
    let python: String

    /// What DuckDB needed and made.
    struct Result: Decodable {
        /// DuckDB's version.
        let version: String
        /// CPU seconds by mask.
        let seconds: [String: Double]
        /// The first values by mask, to be compared.
        let values: [String: [String?]]
        /// CPU seconds from the CSV file to a masked CSV file.
        let stream: Double
    }

    /// Runs the peer on a CSV file.
    ///
    /// - Returns: Nil when Python has no DuckDB.
    func run(on file: URL, rows: Int) throws -> Result? {
        guard try python("import duckdb, pyarrow", []) != nil else { return nil }
        guard let output = try python(Self.script, [file.path, String(rows)]) else {
            throw GovernanceError(.internalError, "the peer failed: its message is above")
        }
        return try JSONDecoder().decode(Result.self, from: output)
    }

    /// What a script prints; nil when it fails.
    ///
    /// Messages of a failed script go to standard error.
    private func python(_ script: String, _ arguments: [String]) throws -> Data? {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [python, "-c", script] + arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        if arguments.isEmpty { process.standardError = FileHandle.nullDevice }
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return process.terminationStatus == 0 ? output : nil
    }

    private static let modules = "import duckdb, json, pyarrow, sys, time"
    private static let script = """
        \(modules)
        path, rows = sys.argv[1], int(sys.argv[2])
        db = duckdb.connect()
        db.execute("set threads = 1")
        db.execute("set enable_progress_bar = false")
        read = f"read_csv('{path}', header = true, all_varchar = true)"
        db.execute(f"create table people as select email, card_number from {read} limit {rows}")
        upper, lower, digit = "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz", "0123456789"
        def redact(c):
            return f"translate({c}, '{upper + lower + digit}', '{'X' * 26 + 'x' * 26 + 'n' * 10}')"
        def last4(c):
            return f"repeat('x', length({c}) - 4) || right({c}, 4)"
        masks = {"MASK": redact("email"), "MASK_SHOW_LAST_4": last4("card_number"),
                 "MASK_HASH": "sha256(email)", "MASK_NULL": "null::varchar"}
        seconds, values = {}, {}
        for name, expression in masks.items():
            best = None
            for _ in range(3):
                start = time.process_time()
                result = db.sql(f"select {expression} as x from people").to_arrow_table()
                took = time.process_time() - start
                best = took if best is None else min(best, took)
            seconds[name] = best
            values[name] = result.slice(0, 1000)["x"].to_pylist()
            del result
        start = time.process_time()
        db.execute(f"copy (select id, {redact('full_name')} as full_name, sha256(email) as email, "
                   f"{last4('phone')} as phone, {last4('card_number')} as card_number, "
                   f"left(birth_date, 4) || '-01-01' as birth_date, null::varchar as salary "
                   f"from {read}) to '/dev/null' (format csv, header)")
        stream = time.process_time() - start
        print(json.dumps({"version": duckdb.__version__, "seconds": seconds, "values": values, "stream": stream}))
        """
}
