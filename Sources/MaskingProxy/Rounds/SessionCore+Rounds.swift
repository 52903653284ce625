import Governance
import NIOCore
import QueryAnalysis

/// The way of what clients do most: run a prepared statement again, alone, and get the whole answer at once.
///
/// It looks at each message's head instead of taking it apart. Whatever isn't exactly so goes the way of all messages:
/// a round that began is then told to that way as the messages that it consists of, so that there is one authority on
/// what anything means.
extension SessionCore {
    /// Takes bytes of the client when they are a whole round and nothing else is on its way; false otherwise, and then
    /// nothing has happened.
    ///
    /// `momentOf` says at which moment what is read is known to be governed as it was, `isNow` whether a moment is the
    /// one at hand; neither blocks.
    mutating func beginRound(
        _ bytes: ByteBuffer,
        limit: Int,
        at now: Moment,
        _ momentOf: (StatementReads) -> GoverningMoment?,
        isNow: (GoverningMoment) -> Bool
    ) -> Bool {
        guard round == nil, isCalm else { return false }
        let found = bytes.withUnsafeReadableBytes { bytes -> (RoundShape, SteadyStatement)? in
            guard let shape = RoundShape(bytes, limit: limit) else { return nil }
            let name = UnsafeRawBufferPointer(rebasing: bytes[shape.name])
            if let known = steady.find(name, at: book.changes), known.record.stands, isNow(known.moment) {
                return (shape, known)
            }
            let text = String(validating: name.dropLast(), as: UTF8.self)
            guard let text, SessionName.isPlain(text) else { return nil }
            return adopt(text, momentOf).map { (shape, $0) }
        }
        guard let (shape, statement) = found else { return false }
        var formats: ResultFormats?
        if !statement.rows.late.isEmpty {
            var bind = bytes
            guard let whole = bind.readSlice(length: shape.bind), let read = ResultFormats(bind: whole) else {
                return false
            }
            formats = read
        }
        toUpstream.writeImmutableBuffer(bytes)
        round = Round(statement: statement, isDescribed: shape.isDescribed, formats: formats, start: now)
        return true
    }

    /// Finds out whether a statement is one that may run in rounds.
    private mutating func adopt(
        _ name: String,
        _ momentOf: (StatementReads) -> GoverningMoment?
    ) -> SteadyStatement? {
        let records = book.statement(name)
        guard records.count == 1, let record = records.first, record.effect == .query,
            record.reads.count == 1, let reads = record.reads.first, reads.stands,
            let moment = momentOf(reads)
        else { return nil }
        let statement = SteadyStatement(
            name: name,
            record: record,
            records: records,
            rows: answers.rows(of: name),
            moment: moment
        )
        steady.add(statement, at: book.changes)
        return statement
    }

    /// What ended with a round.
    struct EndedRound {
        let statement: SteadyStatement
        let rows: Int
        let milliseconds: Int
    }

    /// Takes bytes of PostgreSQL when they are the whole answer to the round that is on its way, and policy is what it was;
    /// nil otherwise, and then the round goes on as the messages that it consists of.
    mutating func endRound(
        _ bytes: ByteBuffer,
        at now: Moment,
        isNow: (GoverningMoment) -> Bool,
        isClear: (RowDescription.Origin) -> Bool,
        shownType: (UInt32) -> UInt32
    ) -> EndedRound? {
        guard let round else { return nil }
        let statement = round.statement
        guard isNow(statement.moment) else {
            unfold()
            return nil
        }
        let answer = bytes.withUnsafeReadableBytes { RoundAnswer($0, isDescribed: round.isDescribed) }
        guard let answer, let shown = description(answer, bytes, round, isClear, shownType) else {
            unfold()
            return nil
        }
        let written = toClient.writerIndex
        let masker = round.formats.flatMap { statement.masker(for: $0) }
        bytes.withUnsafeReadableBytes { bytes in
            _ = toClient.writeBytes(bytes[..<RoundAnswer.start])
            toClient.writeImmutableBuffer(shown)
            if masker == nil { _ = toClient.writeBytes(bytes[answer.descriptionEnd...]) }
        }
        if let masker {
            guard masked(bytes, answer, by: masker) else {
                toClient.moveWriterIndex(to: written)
                unfold()
                return nil
            }
        }
        self.round = nil
        finishRound(statement, answer, masker)
        return EndedRound(
            statement: statement,
            rows: answer.rows,
            milliseconds: now.milliseconds(since: round.start)
        )
    }

    /// The description of the columns as the client sees it, empty when none was asked for; nil when something is in it
    /// that policy hides, or it isn't as it should be.
    private func description(
        _ answer: RoundAnswer,
        _ bytes: ByteBuffer,
        _ round: Round,
        _ isClear: (RowDescription.Origin) -> Bool,
        _ shownType: (UInt32) -> UInt32
    ) -> ByteBuffer? {
        guard round.isDescribed else { return ByteBuffer() }
        let start = bytes.readerIndex + RoundAnswer.start
        guard let whole = bytes.getSlice(at: start, length: answer.descriptionEnd - RoundAnswer.start) else {
            return nil
        }
        if let known = round.statement.shown(for: whole) { return known }
        guard let description = RowDescription(whole), description.hides(round.statement.rows.late, isClear)
        else { return nil }
        var shown = ByteBuffer()
        description.write(to: &shown, showing: shownType)
        round.statement.remember(whole, shownAs: shown)
        return shown
    }

    private mutating func masked(_ bytes: ByteBuffer, _ answer: RoundAnswer, by masker: RowMasker) -> Bool {
        let start = bytes.readerIndex
        guard
            let rows = bytes.getSlice(
                at: start + answer.descriptionEnd,
                length: answer.rowsEnd - answer.descriptionEnd
            ),
            let ending = bytes.getSlice(
                at: start + answer.rowsEnd,
                length: bytes.readableBytes - answer.rowsEnd
            )
        else { return false }
        do throws(WireFault) { try masker.mask(rows, into: &toClient) } catch { return false }
        toClient.writeImmutableBuffer(ending)
        return true
    }

    private mutating func finishRound(
        _ statement: SteadyStatement,
        _ answer: RoundAnswer,
        _ masker: RowMasker?
    ) {
        isInTransaction = answer.status != UInt8(ascii: "I")
        answers.ranRound(statement.rows, masker, isIdle: !isInTransaction)
        book.ranRound(statement)
        runs.ranRound()
        refusals.removeAll()
    }

    /// Tells the way of all messages of the round that is on its way.
    mutating func unfold() {
        guard let round else { return }
        self.round = nil
        let name = round.statement.name
        answers.send(.bind(portal: "", statement: name, round.formats))
        book.willBind("", to: name, epoch: runs.epoch)
        if round.isDescribed { answers.send(.describePortal("")) }
        runs.add(round.statement.record, at: round.start)
        answers.send(.execute(""))
        runs.endEpoch()
        answers.send(.sync)
    }
}
