package import CatalogModel
import Synchronization

/// What lines of the audit log have in common that differ in time, rows and duration alone.
///
/// A class, so that a line is a reference to it and a few numbers.
package final class AuditSubject: Sendable {
    /// A line of it; its time, rows and duration mean nothing.
    package let line: AuditRecord
    /// Where it stands in the batch that it was added to last.
    fileprivate let place = Atomic<Int>(0)

    /// What lines like this one have in common.
    package init(_ line: AuditRecord) { self.line = line }
}

/// Lines of the audit log in their order, each as a few numbers beside what it has in common with others.
package struct AuditBatch: Sendable {
    /// What is a line's own.
    package struct Line: Sendable {
        /// When.
        package let time: Instant
        /// Rows handed out; nil before they were.
        package let rows: Int?
        /// The position of its subject.
        package let subject: UInt32
        /// How long it took; nil when it wasn't measured.
        package let milliseconds: Int?
    }

    /// What lines have in common; one may be there twice.
    package private(set) var subjects: [AuditSubject] = []
    /// The lines, oldest first.
    package private(set) var lines: [Line] = []

    /// A batch without lines.
    package init() {}

    /// Whether there are no lines.
    package var isEmpty: Bool { lines.isEmpty }

    /// Lines that it has memory for.
    var capacity: Int { lines.capacity }

    /// Adds a line.
    ///
    /// **Cost.** Some nanoseconds, and memory only when the batch grows beyond what it ever was.
    package mutating func add(_ subject: AuditSubject, at time: Instant, rows: Int?, milliseconds: Int?) {
        let place = place(of: subject)
        lines.append(Line(time: time, rows: rows, subject: place, milliseconds: milliseconds))
    }

    /// Adds a line that has nothing in common with others.
    package mutating func add(_ record: AuditRecord) {
        add(AuditSubject(record), at: record.time, rows: record.rows, milliseconds: record.milliseconds)
    }

    /// Adds all lines of another batch.
    package mutating func add(_ other: AuditBatch) {
        let places = other.subjects.map { place(of: $0) }
        lines.reserveCapacity(lines.count + other.lines.count)
        for line in other.lines {
            lines.append(
                Line(
                    time: line.time,
                    rows: line.rows,
                    subject: places[Int(line.subject)],
                    milliseconds: line.milliseconds
                )
            )
        }
    }

    /// Forgets all lines, but keeps the memory that they had for others.
    package mutating func removeAll() {
        subjects.removeAll(keepingCapacity: true)
        lines.removeAll(keepingCapacity: true)
    }

    /// The lines, each by itself.
    package var records: [AuditRecord] {
        lines.map { line in
            subjects[Int(line.subject)].line.repeated(
                at: line.time,
                rows: line.rows,
                milliseconds: line.milliseconds
            )
        }
    }

    private mutating func place(of subject: AuditSubject) -> UInt32 {
        // A subject may be in several batches at once: what it remembers is believed only where it is found.
        let hint = subject.place.load(ordering: .relaxed)
        if hint < subjects.count, subjects[hint] === subject { return UInt32(truncatingIfNeeded: hint) }
        subject.place.store(subjects.count, ordering: .relaxed)
        subjects.append(subject)
        return UInt32(subjects.count - 1)
    }
}
