import CatalogModel
package import QueryAnalysis
import Synchronization

/// What sessions have of statements that were rewritten before, for them or for others with the same rights.
extension StatementSession {
    /// What a template is made for.
    struct Reuse {
        let shaped: ShapedText
        let moment: GoverningMoment
    }

    /// Keeps a template that was made at the moment at which it is to serve.
    func keep(_ template: RewriteTemplate?, _ reuse: Reuse, at desk: DecisionDesk) {
        guard desk.snapshot.version == reuse.moment.version, governance.momentAtOnce() == reuse.moment else {
            return
        }
        guard let template, let known = known(template, at: desk) else {
            governance.cache.add(nil, for: reuse.shaped, of: viewer, at: reuse.moment)
            return
        }
        governance.cache.add(known, for: reuse.shaped, of: viewer, at: reuse.moment)
        confirm(template.statement.reads, at: reuse.moment)
    }

    /// Nil when what the statement reads isn't what the session governed last, or nothing that is audited at once.
    private func known(_ template: RewriteTemplate, at desk: DecisionDesk) -> RewriteCache.Known? {
        let reads = template.statement.reads
        let line = line(of: template.statement, at: desk)
        guard !line.resource.isEmpty else { return nil }
        let governed = relations.withLock { relations in
            relations.filter { reads.outcomes[$0.key] == $0.value.outcome }
        }
        guard governed.count == reads.outcomes.count else { return nil }
        return RewriteCache.Known(template: template, relations: governed, line: AuditSubject(line))
    }

    /// Takes over what another session governed.
    func adopt(_ known: RewriteCache.Known, at moment: GoverningMoment) {
        let reads = known.template.statement.reads
        guard !isConfirmed(reads, at: moment) else { return }
        relations.withLock { $0.merge(known.relations) { $1 } }
        confirm(reads, at: moment)
    }

    /// What the lines of this session's statements of a kind have in common.
    func subject(like known: AuditSubject) -> AuditSubject {
        let line = known.line
        return AuditSubject(
            AuditRecord(
                time: line.time,
                request: caller.request,
                user: user,
                actor: caller.user,
                act: .statement,
                resource: line.resource,
                columns: line.columns,
                policies: line.policies,
                fences: line.fences,
                outcome: .allowed,
                version: line.version,
                statement: line.statement
            )
        )
    }

    /// The governed form of a text for the SQL door, which applies masks on the way back, when all that it takes is
    /// known already; nil when it has to be found out.
    ///
    /// Doesn't block. Its audit line waits a moment to be written with others: one like it, which differs in its time
    /// alone, is on disk since this session sent such a statement first.
    package func rewriteAtOnce(_ text: String) -> RewrittenStatement? {
        guard !governance.isOverFiles, let moment = governance.momentAtOnce(), let shaped = ShapedText(text),
            case .statement(let statement, let known) = governance.cache.statement(
                for: shaped,
                of: viewer,
                at: moment
            ),
            isConfirmed(statement.reads, at: moment), let line = audited(known, at: moment),
            governance.log.noteRepeated(line, at: governance.rim.now())
        else { return nil }
        return statement
    }

    /// What was found out at a moment.
    struct Confirmed {
        var moment: GoverningMoment?
        /// What relations came to.
        var outcomes: [RelationName: RelationOutcome] = [:]
        /// The kinds of statement of which a line of this session is on disk, with what such lines have in common.
        var audited: [ObjectIdentifier: Audited] = [:]

        /// Forgets what was found out at another moment.
        mutating func turn(to moment: GoverningMoment) {
            if self.moment != moment { self = Confirmed(moment: moment) }
        }
    }

    struct Audited {
        /// Kept, so that no other kind can have its identity.
        let kind: AuditSubject
        let line: AuditSubject
    }

    func isConfirmed(_ reads: StatementReads, at moment: GoverningMoment) -> Bool {
        reads.stands
            && confirmed.withLock { confirmed in
                confirmed.moment == moment
                    && reads.outcomes.allSatisfy { name, outcome in confirmed.outcomes[name] == outcome }
            }
    }

    /// Remembers what relations came to, when it was found out after the moment was looked at.
    func confirm(_ reads: StatementReads, at moment: GoverningMoment?) {
        guard let moment else { return }
        confirmed.withLock { confirmed in
            confirmed.turn(to: moment)
            confirmed.outcomes.merge(reads.outcomes) { $1 }
        }
    }

    /// Remembers that a line of such a statement was written.
    func noteAudited(_ known: RewriteCache.Known, as line: AuditSubject, at moment: GoverningMoment) {
        confirmed.withLock { confirmed in
            confirmed.turn(to: moment)
            if confirmed.audited.count >= 1000 { confirmed.audited = [:] }
            confirmed.audited[ObjectIdentifier(known.line)] = Audited(kind: known.line, line: line)
        }
    }

    /// What the lines of such a statement have in common; nil when none is on disk.
    private func audited(_ known: RewriteCache.Known, at moment: GoverningMoment) -> AuditSubject? {
        confirmed.withLock { confirmed in
            confirmed.moment == moment ? confirmed.audited[ObjectIdentifier(known.line)]?.line : nil
        }
    }
}
