import Foundation
import Governance
import PolicyEngine
import PolicyVerification

/// Counts how often decisions take memory, in a process of its own in which each taking is counted.
///
/// Nothing of ours stands before `malloc` in the product itself: a few lines of C are compiled for the count, with the
/// machine's C compiler, and loaded before the C library.
enum AllocationMeasure {
    /// Set in the process that counts.
    private static let variable = "STEWARD_BENCH_COUNTS"

    /// Whether this is the process that counts.
    static var isCounting: Bool { getenv(variable) != nil }

    /// Allocations of each decision, from a process with the same arguments; nil where no C compiler is.
    ///
    /// - Throws: `.internalError` with what the process said, when it fails.
    static func perDecision() throws -> Double? {
        let folder = FileManager.default.temporaryDirectory.appending(
            path: "steward-bench-\(UUID().uuidString)"
        )
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let source = folder.appending(path: "count.c")
        let library = folder.appending(path: "count.so")
        let output = folder.appending(path: "output")
        try Data(counter.utf8).write(to: source)
        let compile = ["/usr/bin/env", "cc", "-O2", "-shared", "-fPIC", "-o", library.path, source.path]
        guard (try? ServerProcess.run(compile, output: output)) != nil else { return nil }
        try ServerProcess.run(
            [try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")]
                + CommandLine.arguments.dropFirst(),
            output: output,
            environment: ["LD_PRELOAD": library.path, variable: "1"]
        )
        return Double(try String(contentsOf: output, encoding: .utf8))
    }

    /// Allocations of each decision in this process; nil when nothing counts them.
    static func count(of cases: [DecisionWorkload.Case], _ engine: RangerEngine) -> Double? {
        guard let counter = dlsym(nil, "steward_allocations") else { return nil }
        // One thread decides, and nothing else runs in this process then.
        let allocations = { counter.load(as: UInt.self) }
        let questions = cases.map(\.question)
        let types = cases.map(\.type)
        var decider = RangerDecider(engine)
        var allowed = 0
        let start = allocations()
        for index in questions.indices where decider.answer(questions, at: index, types[index]).isAllowed {
            allowed += 1
        }
        let end = allocations()
        precondition(allowed <= questions.count)
        return Double(end - start) / Double(questions.count)
    }

    private static let counter = """
        #include <errno.h>
        #include <stddef.h>
        void *__libc_malloc(size_t), *__libc_calloc(size_t, size_t), *__libc_realloc(void *, size_t);
        void *__libc_memalign(size_t, size_t);
        unsigned long steward_allocations;
        static void add(void) { __atomic_fetch_add(&steward_allocations, 1, __ATOMIC_RELAXED); }
        void *malloc(size_t size) { add(); return __libc_malloc(size); }
        void *calloc(size_t number, size_t size) { add(); return __libc_calloc(number, size); }
        void *realloc(void *old, size_t size) { add(); return __libc_realloc(old, size); }
        void *aligned_alloc(size_t line, size_t size) { add(); return __libc_memalign(line, size); }
        int posix_memalign(void **place, size_t line, size_t size) {
            add();
            *place = __libc_memalign(line, size);
            return *place ? 0 : ENOMEM;
        }

        """
}
