package import CatalogModel
import Masking
import PolicyEngine
package import QueryAnalysis
import Synchronization

/// One person's statements, from sign-in to leaving.
///
/// Its methods block on store and audit log and must be called on a thread of `ParserThreads`.
package final class StatementSession: Sendable {
    /// Who sends the statements.
    package let caller: Caller
    /// Whose rights count.
    package let user: UserName
    /// What the session asked for when it began.
    let manner: SessionManner
    let governance: StatementGovernance
    /// The relations as they were last governed, so that texts of policies are read once.
    let relations = Mutex<[RelationName: GovernedRelation]>([:])
    /// What was found out at a moment.
    let confirmed = Mutex(Confirmed())
    /// What runs have in common, by the fingerprints of statements that ran last.
    let runs = Mutex<[String: RunSubject]>([:])

    init(governance: StatementGovernance, caller: Caller, user: UserName, manner: SessionManner) {
        self.governance = governance
        self.manner = manner
        self.caller = caller
        self.user = user
    }

    /// The governed form of what was sent, once the decision stands in the audit log.
    ///
    /// - Parameters:
    ///   - text: What was sent.
    ///   - masks: Where masks may be applied; on the way back only by those who see to it.
    /// - Returns: What may be sent on.
    /// - Throws: why nothing of it may be sent; that stands in the audit log too, as far as it can be written.
    package func rewrite(
        _ text: String,
        masks: MaskPlace = .database
    ) throws(StatementFailure) -> [RewrittenStatement] {
        // What is kept is for the SQL door, which sees to masks on the way back.
        let moment = governance.isOverFiles || masks != .wayBack ? nil : governance.momentAtOnce()
        guard let moment, let shaped = ShapedText(text) else { return try rewriteAnew(text, masks) }
        switch governance.cache.statement(for: shaped, of: viewer, at: moment) {
        case .statement(let statement, _) where !statement.reads.stands:
            governance.rewriteAnew()
            return try rewriteAnew(text, masks)
        case .statement(let statement, let known):
            adopt(known, at: moment)
            let line = subject(like: known.line)
            do throws(GovernanceError) {
                let now = governance.rim.now()
                try governance.log.write([line.line.repeated(at: now, rows: nil, milliseconds: nil)])
            } catch { throw .failed(error) }
            noteAudited(known, as: line, at: moment)
            return [statement]
        case .seen: return try rewriteAnew(text, masks, Reuse(shaped: shaped, moment: moment))
        case .unknown:
            governance.cache.see(shaped, of: viewer, at: moment)
            return try rewriteAnew(text, masks)
        case .useless: return try rewriteAnew(text, masks)
        }
    }

    /// To whom a governed statement may be given again.
    var viewer: RewriteCache.Viewer { RewriteCache.Viewer(user: user, manner: manner) }

    private func rewriteAnew(
        _ text: String,
        _ masks: MaskPlace,
        _ reuse: Reuse? = nil
    ) throws(StatementFailure) -> [RewrittenStatement] {
        // Not even a refusal has a place in the log while too many lines wait.
        try makeRoom()
        var desk: DecisionDesk?
        do throws(StatementFailure) {
            let opened = try self.desk()
            desk = opened
            let catalog = catalog(asking: opened)
            let statements: [RewrittenStatement]
            var template: RewriteTemplate?
            do throws(StatementError) {
                if let reuse {
                    (statements, template) = try StatementRewriter.rewriteForReuse(
                        text,
                        reuse.shaped,
                        for: catalog,
                        masks: masks
                    )
                } else {
                    statements = try StatementRewriter.rewrite(text, for: catalog, masks: masks)
                }
            } catch { throw .refused(error) }
            try record(statements, at: opened)
            if let reuse { keep(template, reuse, at: opened) }
            return statements
        } catch {
            recordRefusal(error, version: desk?.snapshot.version)
            throw error
        }
    }

    private func makeRoom() throws(StatementFailure) {
        do throws(GovernanceError) { try governance.log.makeRoom() } catch { throw .failed(error) }
    }

    /// What would become of a text at the SQL door, with the reason for each column; nothing is sent and nothing
    /// audited.
    ///
    /// - Throws: why nothing of it may be sent.
    package func explain(_ text: String) throws(StatementFailure) -> [StatementExplanation] {
        let desk = try desk()
        do throws(StatementError) {
            return try StatementRewriter.rewrite(text, for: catalog(asking: desk), masks: .wayBack).map {
                desk.explain($0)
            }
        } catch { throw .refused(error) }
    }

    /// Whether what a statement read would be governed in the same way now.
    ///
    /// - Parameters:
    ///   - reads: What it read.
    ///   - isRunning: Whether it is under way: what its rows come through can't be taken from it then.
    /// - Returns: False when it has to be rewritten, or ended.
    /// - Throws: when it can't be told; nothing may be handed out then.
    package func stillHolds(
        _ reads: StatementReads,
        isRunning: Bool = false
    ) throws(StatementFailure) -> Bool {
        guard isRunning || reads.stands else { return false }
        if !isRunning { try makeRoom() }
        let moment = governance.momentAtOnce()
        let desk = try desk()
        for (name, outcome) in reads.outcomes {
            do throws(StatementError) {
                guard try governed(name, asking: desk)?.outcome == outcome else { return false }
            } catch { return false }
        }
        guard let shown = reads.catalog else {
            confirm(reads, at: moment)
            return true
        }
        do throws(StatementError) { return try catalog(asking: desk).visible() == shown } catch {
            return false
        }
    }

    /// Whether it is known already that what a statement read would be governed in the same way now.
    ///
    /// Doesn't block. False says nothing: ``stillHolds(_:)`` finds out.
    package func surelyHolds(_ reads: StatementReads) -> Bool {
        momentOfHolding(reads) != nil
    }

    /// The moment at hand, when it is known already that what a statement read is governed at it as it was; nil says
    /// nothing, as with ``surelyHolds(_:)``.
    ///
    /// Doesn't block. What a statement read goes on holding for as long as ``isNow(_:)`` says so of the moment and
    /// `reads.stands`.
    package func momentOfHolding(_ reads: StatementReads) -> GoverningMoment? {
        guard reads.catalog == nil, let moment = governance.momentAtOnce(), isConfirmed(reads, at: moment)
        else { return nil }
        return moment
    }

    /// Whether a moment is still the one at hand, as far as is known.
    ///
    /// Doesn't block, and allocates nothing.
    package func isNow(_ moment: GoverningMoment) -> Bool { governance.isNow(moment) }

    /// Whether a column of a table upstream was last governed as one that may be seen as it is.
    ///
    /// Doesn't block: it answers from the relations that this session has named.
    package func isClear(relation identifier: UInt32, column number: Int16) -> Bool {
        guard let (relation, column) = governance.origin(identifier, number) else { return false }
        let governed = relations.withLock { $0[relation] }
        return governed?.columns.contains { $0.column.name == column && !$0.isMasked } ?? false
    }

    /// The type that clients see in the place of one that the database's users defined: `text` for an enumeration, whose
    /// values are the same bytes in both formats; itself for others.
    ///
    /// Doesn't block.
    package func shownType(_ identifier: UInt32) -> UInt32 {
        governance.shape.enumerations[identifier] ?? identifier
    }

    /// Whether the person may still be here at all.
    package func isAdmitted() -> Bool { (try? desk()) != nil }

    /// Writes the lines that wait.
    ///
    /// - Throws: `.auditUnavailable`; the lines still wait then.
    package func flush() throws(GovernanceError) { try governance.flush() }

    private func desk() throws(StatementFailure) -> DecisionDesk {
        do throws(GovernanceError) {
            let snapshot = try governance.snapshots.current()
            return DecisionDesk(
                snapshot: snapshot,
                subject: try snapshot.subject(user),
                now: governance.rim.now(),
                tables: try governance.tables(in: snapshot),
                shape: governance.shape,
                isOverFiles: governance.isOverFiles,
                makesViews: governance.keeper != nil
            )
        } catch { throw .failed(error) }
    }

    private func catalog(asking desk: DecisionDesk) -> GovernedCatalog {
        GovernedCatalog(
            database: governance.database,
            user: user.text,
            manner: manner,
            isEmbedded: governance.isOverFiles,
            lookup: { [self] name throws(StatementError) in
                try governed(governance.canonical(name), asking: desk)
            },
            view: { [governance] text in governance.keeper?.fence(for: text) ?? .inPlace(.noSchema) },
            overview: { [self] () throws(StatementError) in visible(asking: desk) }
        )
    }

    /// Every relation that may be read; one that can't be governed isn't there.
    private func visible(asking desk: DecisionDesk) -> [VisibleRelation] {
        desk.shape.relations.values.compactMap { relation in
            guard let governed = try? governed(relation.name, asking: desk) else { return nil }
            return VisibleRelation(governed, columns: relation.columns, details: relation.details)
        }
    }

    private func governed(
        _ name: RelationName,
        asking desk: DecisionDesk
    ) throws(StatementError) -> GovernedRelation? {
        guard let material = try desk.material(of: name) else { return nil }
        let known = relations.withLock { $0[name] }
        if var known, known.isMade(from: material.columns, material.filter, material.view, material.marks) {
            known.key = governance.shape.primaryKey(of: name)
            return known
        }
        var made = try made(of: name, material, asking: desk)
        made?.key = governance.shape.primaryKey(of: name)
        relations.withLock { $0[name] = made }
        return made
    }

    private func made(
        of name: RelationName,
        _ material: DecisionDesk.Material,
        asking desk: DecisionDesk
    ) throws(StatementError) -> GovernedRelation? {
        do throws(StatementError) {
            return try desk.text.relation(
                name,
                columns: material.columns,
                filter: material.filter,
                view: material.view,
                marks: material.marks
            )
        } catch {
            // A view of files speaks another SQL than ours: what isn't understood says nothing of the consumer's text.
            guard governance.isOverFiles, material.view != nil else { throw error }
            throw StatementError(
                code: .ungovernable,
                message: "relation \"\(name)\" can't be read here: its query is not understood",
                position: nil
            )
        }
    }

    private func record(
        _ statements: [RewrittenStatement],
        at desk: DecisionDesk
    ) throws(StatementFailure) {
        let lines = statements.map { line(of: $0, at: desk) }
        let reading = lines.filter { !$0.resource.isEmpty }
        for line in lines where line.resource.isEmpty { governance.log.add(line) }
        do throws(GovernanceError) { try governance.log.write(reading) } catch { throw .failed(error) }
    }

    func line(of statement: RewrittenStatement, at desk: DecisionDesk) -> AuditRecord {
        desk.line(of: statement, on: governance.resource(of: statement.reads), by: caller)
    }

    private func recordRefusal(_ failure: StatementFailure, version: Int64?) {
        governance.log.add(
            AuditRecord(
                time: governance.rim.now(),
                request: caller.request,
                user: user,
                actor: caller.user,
                act: .statement,
                resource: "",
                outcome: failure.isRefusal ? .denied : .failed,
                errorCode: failure.code,
                version: version
            )
        )
    }
}

/// Why a statement can't be sent.
package enum StatementFailure: Error, Hashable, Sendable {
    /// The statement itself.
    case refused(StatementError)
    /// What deciding about it needs.
    case failed(GovernanceError)

    /// The stable code.
    package var code: String {
        switch self {
        case .refused(let error): "statement-\(error.code.rawValue)"
        case .failed(let error): error.code.rawValue
        }
    }

    var isRefusal: Bool {
        switch self {
        case .refused: true
        case .failed(let error): error.isRefusal
        }
    }
}

/// A statement as it would go to the database, and why so.
package struct StatementExplanation: Sendable {
    /// The governed text.
    package let text: String
    /// Each column that is read, by table and column.
    package let columns: [Column]
    /// How the row filter of each filtered table is carried out.
    package let fences: [Fence]

    /// How a row filter is carried out.
    package struct Fence: Sendable {
        /// The table.
        package let table: TableName
        /// How, and why so.
        package let how: String
        /// The query of the view that does it; nil where it is done in place.
        package let query: String?
    }

    /// One column that is read.
    package struct Column: Sendable {
        /// The column.
        package let column: ColumnReference
        /// How it is treated, in a word.
        package let treatment: String
        /// Whether its mask is applied to rows on their way back, in one place at least of the output.
        package let isLate: Bool
        /// Why, a sentence each; for a row filter too.
        package let why: [String]
    }
}
