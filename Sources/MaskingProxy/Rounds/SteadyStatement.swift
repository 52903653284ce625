import Governance
import NIOCore
import QueryAnalysis

/// A prepared statement of which all is known that running it again takes, for as long as policy stays what it is.
final class SteadyStatement {
    let name: String
    let record: PreparedRecord
    /// The same, as the book has it.
    let records: [PreparedRecord]
    let rows: PreparedRows
    /// When it was found out that what it reads is governed as it was.
    let moment: GoverningMoment

    /// What its runs have in common for the audit log; nil before one ended.
    private var subject: RunSubject?

    /// The description of its columns that PostgreSQL sent last and that nothing is in that policy hides; empty before.
    private var description = ByteBuffer()
    /// The same as clients see it.
    private var shown = ByteBuffer()
    private var masker: (formats: ResultFormats, masker: RowMasker)?

    init(
        name: String,
        record: PreparedRecord,
        records: [PreparedRecord],
        rows: PreparedRows,
        moment: GoverningMoment
    ) {
        self.name = name
        self.record = record
        self.records = records
        self.rows = rows
        self.moment = moment
    }

    /// What its runs have in common for the audit log of a session.
    func subject(in session: StatementSession) -> RunSubject {
        if let subject { return subject }
        let made = session.subject(of: record.reads.first, fingerprint: record.fingerprint)
        subject = made
        return made
    }

    /// Whether a name, with its zero, is this one's.
    func isNamed(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var name = name
        return name.withUTF8 { own in
            own.count + 1 == bytes.count
                && own.elementsEqual(UnsafeRawBufferPointer(rebasing: bytes[..<own.count]))
        }
    }

    /// The description as clients see it, when it is the one that was looked at before.
    func shown(for description: ByteBuffer) -> ByteBuffer? {
        description.readableBytes > 0 && description == self.description ? shown : nil
    }

    /// Remembers a description that was looked at.
    func remember(_ description: ByteBuffer, shownAs shown: ByteBuffer) {
        // A copy of its own: what came is a part of a larger buffer.
        self.description = ByteBuffer(bytes: description.readableBytesView)
        self.shown = shown
    }

    /// The masks that its rows have to go by in such formats; nil when they need none.
    func masker(for formats: ResultFormats) -> RowMasker? {
        guard !rows.late.isEmpty else { return nil }
        if let masker, masker.formats == formats { return masker.masker }
        let made = RowMasker(rows.late, formats)
        masker = (formats, made)
        return made
    }
}

/// One run of a steady statement whose answer hasn't come.
struct Round {
    let statement: SteadyStatement
    let isDescribed: Bool
    /// Nil when nothing is masked on its way.
    let formats: ResultFormats?
    let start: Moment
}

/// The statements that a session runs again and again.
struct SteadyStatements {
    private var statements: [SteadyStatement] = []
    /// The count of the book's changes that they were found at.
    private var changes = 0

    /// How many are remembered.
    private static let limit = 16

    /// One by its name, with its zero; nil when none is known, or names may mean something else by now.
    func find(_ name: UnsafeRawBufferPointer, at changes: Int) -> SteadyStatement? {
        guard changes == self.changes else { return nil }
        for statement in statements where statement.isNamed(name) { return statement }
        return nil
    }

    mutating func add(_ statement: SteadyStatement, at changes: Int) {
        if changes != self.changes {
            statements = []
            self.changes = changes
        }
        statements.removeAll { $0.name == statement.name }
        if statements.count >= SteadyStatements.limit { statements.removeFirst() }
        statements.append(statement)
    }
}
