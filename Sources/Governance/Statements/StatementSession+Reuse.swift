import CatalogModel
import QueryAnalysis
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
            governance.cache.add(nil, for: reuse.shaped, of: user, at: reuse.moment)
            return
        }
        governance.cache.add(known, for: reuse.shaped, of: user, at: reuse.moment)
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
        return RewriteCache.Known(template: template, relations: governed, line: line)
    }

    /// Takes over what another session governed.
    func adopt(_ known: RewriteCache.Known, at moment: GoverningMoment) {
        let reads = known.template.statement.reads
        guard !isConfirmed(reads, at: moment) else { return }
        relations.withLock { $0.merge(known.relations) { $1 } }
        confirm(reads, at: moment)
    }

    func line(like line: AuditRecord) -> AuditRecord {
        AuditRecord(
            time: governance.rim.now(),
            request: caller.request,
            user: user,
            actor: caller.user,
            act: .statement,
            resource: line.resource,
            columns: line.columns,
            policies: line.policies,
            outcome: .allowed,
            version: line.version,
            statement: line.statement
        )
    }
}
