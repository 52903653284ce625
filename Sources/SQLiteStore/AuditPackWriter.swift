import CatalogModel
import Governance

/// Writes a batch of audit lines as packs.
///
/// A pack has each text once, then what lines have in common, then the lines: a few bytes each.
struct AuditPackWriter {
    private let batch: AuditBatch
    /// The number in the open pack of each subject of the batch.
    private var places: [Int32]
    private var names = NameTable()
    private var subjects: [UInt8] = []
    private var subjectCount = 0
    private var lines: [UInt8] = []
    private var lineCount = 0
    private var time: Int64 = 0
    private var done: [AuditPack] = []

    /// The packs of a batch, in its order; none for one without lines.
    static func packs(of batch: AuditBatch) -> [AuditPack] {
        var writer = AuditPackWriter(batch)
        for line in batch.lines { writer.add(line) }
        writer.finish()
        return writer.done
    }

    private init(_ batch: AuditBatch) {
        self.batch = batch
        places = Array(repeating: -1, count: batch.subjects.count)
        lines.reserveCapacity(8 * min(batch.lines.count, AuditPack.maximumLines))
    }

    private mutating func add(_ line: AuditBatch.Line) {
        if lineCount == AuditPack.maximumLines || size >= AuditPack.maximumBytes { finish() }
        let place = UInt64(place(of: Int(line.subject)))
        let moment = line.time.microseconds
        lines.appendNumber(place << 2 | (line.rows == nil ? 0 : 2) | (line.milliseconds == nil ? 0 : 1))
        lines.appendSigned(moment &- time)
        if let rows = line.rows { lines.appendSigned(Int64(rows)) }
        if let milliseconds = line.milliseconds { lines.appendSigned(Int64(milliseconds)) }
        time = moment
        lineCount += 1
    }

    private var size: Int { names.bytes.count + subjects.count + lines.count }

    private mutating func place(of index: Int) -> Int32 {
        if places[index] >= 0 { return places[index] }
        write(batch.subjects[index].line)
        places[index] = Int32(subjectCount)
        subjectCount += 1
        return places[index]
    }

    private mutating func write(_ line: AuditRecord) {
        subjects.appendNumber(names.user(line.user.text))
        subjects.appendNumber(names.resource(line.resource))
        for text in [line.request, line.act.rawValue, line.outcome.rawValue] {
            subjects.appendNumber(names.number(of: text))
        }
        for text in [line.actor?.text, line.purpose, line.errorCode, line.statement] {
            subjects.appendNumber(text.map { names.number(of: $0) + 1 } ?? 0)
        }
        write(line.columns)
        write(line.policies)
        subjects.appendNumber(line.fences == nil ? 0 : 1)
        if let fences = line.fences { write(fences) }
        subjects.appendNumber(line.version == nil ? 0 : 1)
        if let version = line.version { subjects.appendSigned(version) }
    }

    private mutating func write(_ texts: [String]) {
        subjects.appendNumber(UInt64(texts.count))
        for text in texts { subjects.appendNumber(names.number(of: text)) }
    }

    private mutating func finish() {
        guard lineCount > 0 else { return }
        var body: [UInt8] = []
        body.reserveCapacity(size + 64)
        for count in [lineCount, names.texts.count, subjectCount] { body.appendNumber(UInt64(count)) }
        body += names.bytes
        body += subjects
        body += lines
        done.append(
            AuditPack(
                bytes: AuditPack.sealed(body),
                time: time,
                lines: lineCount,
                users: names.users.sorted().map { names.texts[$0] },
                resources: names.resources.sorted().map { names.texts[$0] }
            )
        )
        for index in places.indices { places[index] = -1 }
        names = NameTable()
        subjects.removeAll(keepingCapacity: true)
        lines.removeAll(keepingCapacity: true)
        (subjectCount, lineCount, time) = (0, 0, 0)
    }
}

/// The texts of a pack, each once.
private struct NameTable {
    /// Equal only byte by byte: texts that mean the same to Unicode are two.
    private struct Key: Hashable {
        let text: String

        static func == (left: Key, right: Key) -> Bool { left.text.utf8.elementsEqual(right.text.utf8) }

        func hash(into hasher: inout Hasher) {
            var text = text
            text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
        }
    }

    private var numbers: [Key: Int] = [:]
    private(set) var texts: [String] = []
    private(set) var bytes: [UInt8] = []
    private(set) var users: Set<Int> = []
    private(set) var resources: Set<Int> = []

    mutating func number(of text: String) -> UInt64 { UInt64(index(of: text)) }

    mutating func user(_ text: String) -> UInt64 {
        let index = index(of: text)
        users.insert(index)
        return UInt64(index)
    }

    mutating func resource(_ text: String) -> UInt64 {
        let index = index(of: text)
        resources.insert(index)
        return UInt64(index)
    }

    private mutating func index(of text: String) -> Int {
        let key = Key(text: text)
        if let known = numbers[key] { return known }
        numbers[key] = texts.count
        texts.append(text)
        bytes.appendNumber(UInt64(text.utf8.count))
        bytes += text.utf8
        return texts.count - 1
    }
}

extension [UInt8] {
    /// Seven bits a byte, the lowest first; all bytes but the last have the highest bit.
    mutating func appendNumber(_ number: UInt64) {
        var rest = number
        while rest >= 128 {
            append(UInt8(truncatingIfNeeded: rest) | 128)
            rest >>= 7
        }
        append(UInt8(truncatingIfNeeded: rest))
    }

    /// The same with the sign as the lowest bit.
    mutating func appendSigned(_ number: Int64) {
        appendNumber(UInt64(bitPattern: (number << 1) ^ (number >> 63)))
    }
}
