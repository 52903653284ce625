import Foundation
import Governance

extension ProxyBenchServers {
    /// A PostgreSQL server of the benchmark's own.
    struct Cluster {
        let folder: URL
        let programs: String
        let port: Int
        let withTLS: Bool

        private var data: URL { folder.appending(path: "postgres", directoryHint: .isDirectory) }
        private var log: URL { folder.appending(path: "postgres.log") }

        /// Makes its files.
        func make() throws {
            try FileManager.default.createDirectory(at: data, withIntermediateDirectories: true)
            if withTLS { try makeCertificates() }
            try hand(over: [folder, data])
            let output = folder.appending(path: "initdb.log")
            try ServerProcess.run(
                [
                    "\(programs)/initdb", "-D", data.path, "-U", "postgres", "-A", "trust", "-E", "UTF8",
                    "--locale",
                    "C.UTF-8", "-N",
                ],
                output: output,
                isUnprivileged: true
            )
            let rules = """
                host all postgres localhost trust
                host all all localhost scram-sha-256
                """
            let place = data.appending(path: "pg_hba.conf")
            try rules.write(to: place, atomically: true, encoding: .utf8)
            try hand(over: [place])
        }

        /// Starts it; nothing of it is written to disk with care, and nothing is compiled or run in parallel.
        func start() throws -> ServerProcess {
            var settings = [
                "port=\(port)", "listen_addresses=localhost", "unix_socket_directories=", "fsync=off",
                "max_connections=200", "shared_buffers=256MB", "jit=off", "autovacuum=off",
                "max_parallel_workers_per_gather=0",
            ]
            if withTLS {
                settings += [
                    "ssl=on", "ssl_cert_file=\(folder.path)/database.pem",
                    "ssl_key_file=\(folder.path)/database.key",
                ]
            }
            let server = try ServerProcess(
                ["\(programs)/postgres", "-D", data.path] + settings.flatMap { ["-c", $0] },
                output: log,
                isUnprivileged: true
            )
            try server.wait(for: "ready to accept connections", in: log)
            return server
        }

        /// Makes the tables: pgbench's own, and people to be masked.
        func fill(people: Int, scale: Int) throws {
            _ = try ask("CREATE DATABASE \(database)", in: "postgres")
            try ServerProcess.run(
                ["\(programs)/pgbench", "-i", "-q", "-s", String(scale)] + place,
                output: folder.appending(path: "pgbench.log")
            )
            _ = try ask(
                """
                CREATE ROLE \(reader) LOGIN PASSWORD '\(password)' NOSUPERUSER;
                CREATE TABLE people(id int PRIMARY KEY, full_name text, email text, phone text, card_number text,
                    birth_date date, salary int);
                INSERT INTO people SELECT n, 'Ada Lovelace ' || n, 'ada.' || n || '@example.org',
                    '+49 151 ' || 1000000 + n, '4' || lpad(n::text, 15, '7'), DATE '1950-01-01' + n % 20000, 20000 + n
                    FROM generate_series(1, \(people)) n;
                GRANT SELECT ON ALL TABLES IN SCHEMA public TO \(reader);
                VACUUM ANALYZE;
                """
            )
        }

        /// Runs statements as the superuser; gives what the last one says, values parted by bars.
        func ask(_ text: String, in database: String = ProxyBenchServers.database) throws -> String {
            let output = folder.appending(path: "psql.out")
            let script = folder.appending(path: "script.sql")
            try text.replacing(";\n", with: ";\n").write(to: script, atomically: true, encoding: .utf8)
            let place = "host=localhost port=\(port) user=postgres dbname=\(database)"
            try ServerProcess.run(
                ["/usr/bin/psql", "-XqAt", "-v", "ON_ERROR_STOP=1", "-f", script.path, place],
                output: output
            )
            return try String(contentsOf: output, encoding: .utf8).trimmingCharacters(in: .newlines)
        }

        /// Gives files to the account that the servers run as.
        func hand(over files: [URL]) throws {
            guard getuid() == 0, let account = getpwnam("postgres") else { return }
            for file in files { chown(file.path, account.pointee.pw_uid, account.pointee.pw_gid) }
        }

        private var place: [String] {
            ["-h", "localhost", "-p", String(port), "-U", "postgres", ProxyBenchServers.database]
        }

        /// An authority, and a certificate for `localhost` that it vouches for.
        private func makeCertificates() throws {
            let script = """
                openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 -subj /CN=authority \
                    -keyout ca.key -out ca.pem &&
                openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=localhost \
                    -keyout database.key -out database.csr &&
                echo subjectAltName=DNS:localhost > names &&
                openssl x509 -req -in database.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 1 \
                    -out database.pem -extfile names && chmod 600 database.key
                """
            try ServerProcess.run(
                ["/bin/sh", "-c", "cd '\(folder.path)' && { \(script); }"],
                output: folder.appending(path: "openssl.log")
            )
            try hand(over: ["database.key", "database.pem", "ca.pem"].map { folder.appending(path: $0) })
        }
    }
}
