import Foundation
import Governance

/// Tantivy doing the same searches on the same texts, in a Python process of its own, on one thread.
struct CatalogPeer {
    let python: String

    /// What Tantivy needed.
    struct Result: Codable {
        /// The version of the Python package.
        let version: String
        /// Texts indexed for each CPU second.
        let documents_per_cpu_second: Double
        /// By kind of question.
        let searches: [String: Search]
    }

    /// Figures of one kind of question.
    struct Search: Codable {
        /// Milliseconds at 50 and 99 of 100 questions, each one's shortest of several.
        let p50_ms: Double
        let p99_ms: Double
        let per_cpu_second: Double
    }

    /// Runs the peer on a file of texts, one a line, and questions by kind.
    ///
    /// - Returns: Nil when Python has no Tantivy.
    func run(texts: URL, questions: URL, rounds: Int) throws -> Result? {
        guard try python("import tantivy", []) != nil else { return nil }
        guard let output = try python(Self.script, [texts.path, questions.path, String(rounds)]) else {
            throw GovernanceError(.internalError, "the peer failed: its message is above")
        }
        return try JSONDecoder().decode(Result.self, from: output)
    }

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

    private static let script = """
        import json, shutil, sys, tempfile, time
        from importlib.metadata import version
        import tantivy
        texts, questions, rounds = sys.argv[1], json.load(open(sys.argv[2])), int(sys.argv[3])
        folder = tempfile.mkdtemp()
        builder = tantivy.SchemaBuilder()
        builder.add_integer_field("id", stored=True, fast=True)
        builder.add_text_field("x", tokenizer_name="default")
        index = tantivy.Index(builder.build(), path=folder)
        start, count = time.process_time(), 0
        writer = index.writer(heap_size=300_000_000, num_threads=1)
        for line in open(texts):
            writer.add_document(tantivy.Document(id=count, x=line))
            count += 1
        writer.commit()
        writer.wait_merging_threads()
        index.reload()
        build = time.process_time() - start
        searcher = index.searcher()
        def query(kind, text):
            if kind == "prefix":
                return tantivy.Query.regex_query(index.schema, "x", text + ".*")
            return index.parse_query(" AND ".join(text.split()), ["x"])
        searches = {}
        for kind, texts in questions.items():
            best = [1e9] * len(texts)
            cpu = time.process_time()
            for _ in range(rounds):
                for i, text in enumerate(texts):
                    start = time.perf_counter()
                    searcher.search(query(kind, text), 10, count=False).hits
                    best[i] = min(best[i], time.perf_counter() - start)
            cpu = time.process_time() - cpu
            best.sort()
            at = lambda part: best[min(len(best) - 1, int(len(best) * part))] * 1000
            searches[kind] = {"p50_ms": at(0.5), "p99_ms": at(0.99), "per_cpu_second": rounds * len(best) / cpu}
        shutil.rmtree(folder)
        print(json.dumps({"version": version("tantivy"), "documents_per_cpu_second": count / build,
                          "searches": searches}))
        """
}
