import CatalogModel
import Governance

/// A pack isn't what was written.
struct AuditPackDamage: Error {}

/// The lines of a pack that was read.
struct AuditPackLines {
    private struct Line {
        let subject: Int
        let time: Int64
        let rows: Int?
        let milliseconds: Int?
    }

    private let subjects: [AuditRecord]
    private let lines: [Line]

    /// Reads a pack.
    ///
    /// - Throws: for bytes that no writer wrote. Takes memory in proportion to them at most.
    init(_ bytes: [UInt8]) throws(AuditPackDamage) {
        guard bytes.count > AuditPack.head, bytes[0] == AuditPack.form else { throw AuditPackDamage() }
        let stored = bytes[1..<AuditPack.head].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard stored == AuditPack.checksum(bytes[AuditPack.head...]) else { throw AuditPackDamage() }
        var reader = AuditPackReader(bytes[AuditPack.head...])
        let lineCount = try reader.count()
        guard lineCount <= AuditPack.maximumLines else { throw AuditPackDamage() }
        let (textCount, subjectCount) = (try reader.count(), try reader.count())
        for _ in 0..<textCount { try reader.readText() }
        var subjects: [AuditRecord] = []
        subjects.reserveCapacity(min(subjectCount, AuditPack.maximumLines))
        for _ in 0..<subjectCount { subjects.append(try reader.subject()) }
        var lines: [Line] = []
        lines.reserveCapacity(lineCount)
        var time: Int64 = 0
        for _ in 0..<lineCount {
            let head = try reader.number()
            guard head >> 2 < subjects.count else { throw AuditPackDamage() }
            time &+= try reader.signed()
            lines.append(
                Line(
                    subject: Int(head >> 2),
                    time: time,
                    rows: head & 2 == 0 ? nil : Int(try reader.signed()),
                    milliseconds: head & 1 == 0 ? nil : Int(try reader.signed())
                )
            )
        }
        guard reader.isAtEnd else { throw AuditPackDamage() }
        self.subjects = subjects
        self.lines = lines
    }

    /// The newest lines that fit, newest first.
    func newest(_ count: Int, _ filter: AuditFilter) -> [AuditRecord] {
        let wanted = subjects.map { filter.takes($0) }
        var found: [AuditRecord] = []
        for line in lines.reversed() where wanted[line.subject] {
            guard found.count < count else { break }
            let time = Instant(microseconds: line.time)
            found.append(
                subjects[line.subject].repeated(at: time, rows: line.rows, milliseconds: line.milliseconds)
            )
        }
        return found
    }
}

/// Takes a pack's body apart.
private struct AuditPackReader {
    private var rest: ArraySlice<UInt8>
    private var texts: [String] = []

    init(_ body: ArraySlice<UInt8>) { rest = body }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func number() throws(AuditPackDamage) -> UInt64 {
        var (number, shift): (UInt64, UInt64) = (0, 0)
        while let byte = rest.popFirst() {
            // Of the tenth byte one bit is left.
            guard shift < 63 || byte <= 1 else { break }
            number |= UInt64(byte & 127) << shift
            if byte < 128 { return number }
            shift += 7
        }
        throw AuditPackDamage()
    }

    mutating func signed() throws(AuditPackDamage) -> Int64 {
        let number = try number()
        return Int64(bitPattern: number >> 1) ^ -Int64(bitPattern: number & 1)
    }

    /// How many things follow, each of which has a byte at least.
    mutating func count() throws(AuditPackDamage) -> Int {
        let number = try number()
        guard number <= UInt64(rest.count) else { throw AuditPackDamage() }
        return Int(number)
    }

    mutating func readText() throws(AuditPackDamage) {
        let count = try count()
        guard let text = String(validating: rest.prefix(count), as: UTF8.self) else {
            throw AuditPackDamage()
        }
        rest = rest.dropFirst(count)
        texts.append(text)
    }

    mutating func subject() throws(AuditPackDamage) -> AuditRecord {
        let (user, resource, request) = (try text(), try text(), try text())
        guard let act = AuditAct(rawValue: try text()), let outcome = AuditOutcome(rawValue: try text())
        else {
            throw AuditPackDamage()
        }
        let (actor, purpose) = (try optionalText(), try optionalText())
        let (errorCode, statement) = (try optionalText(), try optionalText())
        return AuditRecord(
            time: Instant(microseconds: 0),
            request: request,
            user: UserName(user),
            actor: actor.map { UserName($0) },
            act: act,
            resource: resource,
            purpose: purpose,
            columns: try list(),
            policies: try list(),
            fences: try isThere() ? try list() : nil,
            outcome: outcome,
            errorCode: errorCode,
            version: try isThere() ? try signed() : nil,
            statement: statement
        )
    }

    private mutating func text(_ number: UInt64) throws(AuditPackDamage) -> String {
        guard number < texts.count else { throw AuditPackDamage() }
        return texts[Int(number)]
    }

    private mutating func text() throws(AuditPackDamage) -> String { try text(number()) }

    private mutating func optionalText() throws(AuditPackDamage) -> String? {
        let number = try number()
        return number == 0 ? nil : try text(number - 1)
    }

    private mutating func list() throws(AuditPackDamage) -> [String] {
        let count = try count()
        var list: [String] = []
        list.reserveCapacity(count)
        for _ in 0..<count { list.append(try text()) }
        return list
    }

    private mutating func isThere() throws(AuditPackDamage) -> Bool {
        switch try number() {
        case 0: return false
        case 1: return true
        default: throw AuditPackDamage()
        }
    }
}
