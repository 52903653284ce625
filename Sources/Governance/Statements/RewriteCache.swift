import CatalogModel
import QueryAnalysis
import Synchronization

/// Governed statements by the shape of their texts, so that statements that differ in the values of literals only are
/// parsed and rewritten once.
///
/// Whatever governs statements belongs to the key: whose rights count, and the moment of policies, tags, catalog and
/// database; at another moment everything is forgotten. Bounded in bytes: of two generations the older one goes.
final class RewriteCache: Sendable {
    /// A template, with what goes along with each statement that is made by it.
    struct Known: Sendable {
        let template: RewriteTemplate
        /// The relations that it reads, as they were governed.
        let relations: [RelationName: GovernedRelation]
        /// The audit line of one such statement; the others differ in time, request and actor.
        ///
        /// Its identity stands for the kind.
        let line: AuditSubject
    }

    /// What is known of a shape.
    enum Finding {
        /// Nothing, until now.
        case unknown
        /// It came before: the next rewrite may make a template.
        case seen
        /// A statement by a template.
        case statement(RewrittenStatement, Known)
        /// There is no use in making another template.
        case useless
    }

    /// To whom governed statements may be given again.
    struct Viewer: Hashable {
        /// Whose rights count.
        let user: UserName
        /// What names without a schema mean, among others.
        let manner: SessionManner
    }

    private struct Key: Hashable {
        let viewer: Viewer
        let shape: StatementShape
    }

    private enum Entry {
        case seen
        case known([Known])
        case useless
    }

    private struct State {
        var moment: GoverningMoment?
        var young: [Key: Entry] = [:]
        var old: [Key: Entry] = [:]
        /// Bytes of the young, about.
        var size = 0
    }

    private let state = Mutex(State())
    private let capacity: Int
    /// Templates of one shape, for different values of literals that fill no hole.
    private static let variants = 8
    /// Bytes of an entry beside its shape and templates, about.
    private static let overhead = 200

    /// A cache of so many bytes, about.
    init(capacity: Int) { self.capacity = capacity }

    /// The governed statement of a text, when its shape is known at this moment.
    func statement(for text: ShapedText, of viewer: Viewer, at moment: GoverningMoment) -> Finding {
        let key = Key(viewer: viewer, shape: text.shape)
        let entry = state.withLock { state -> Entry? in
            guard state.moment == moment else { return nil }
            if let entry = state.young[key] { return entry }
            guard let entry = state.old.removeValue(forKey: key) else { return nil }
            put(entry, key, in: &state)
            return entry
        }
        switch entry {
        case nil: return .unknown
        case .seen?: return .seen
        case .useless?: return .useless
        case .known(let all)?:
            for known in all {
                if let statement = text.rewritten(by: known.template) { return .statement(statement, known) }
            }
            return all.count < RewriteCache.variants ? .seen : .useless
        }
    }

    /// Notes that a shape came, and the template that was made for it; nil when none could be made.
    func add(_ known: Known?, for text: ShapedText, of viewer: Viewer, at moment: GoverningMoment) {
        change(Key(viewer: viewer, shape: text.shape), at: moment) { entry in
            guard let known else { return .useless }
            guard case .known(let others)? = entry else { return .known([known]) }
            return others.count < RewriteCache.variants ? .known(others + [known]) : entry
        }
    }

    /// Notes that a shape came for the first time.
    func see(_ text: ShapedText, of viewer: Viewer, at moment: GoverningMoment) {
        change(Key(viewer: viewer, shape: text.shape), at: moment) { $0 ?? .seen }
    }

    private func change(_ key: Key, at moment: GoverningMoment, _ change: (Entry?) -> Entry?) {
        state.withLock { state in
            if state.moment != moment {
                guard state.moment.map({ $0.isBefore(moment) }) ?? true else { return }
                state = State(moment: moment)
            }
            let former = state.young[key] ?? state.old.removeValue(forKey: key)
            guard let entry = change(former) else { return }
            put(entry, key, in: &state)
        }
    }

    private func put(_ entry: Entry, _ key: Key, in state: inout State) {
        let former = state.young.updateValue(entry, forKey: key)
        state.size += size(of: entry, key) - (former.map { size(of: $0, key) } ?? 0)
        guard state.size > capacity / 2 else { return }
        state.old = state.young
        state.young = [:]
        state.size = 0
    }

    private func size(of entry: Entry, _ key: Key) -> Int {
        let own = RewriteCache.overhead + key.shape.size
        guard case .known(let all) = entry else { return own }
        return all.reduce(own) { sum, known in
            let columns = known.relations.values.reduce(0) { $0 + $1.columns.count }
            return sum + known.template.size + columns * RewriteCache.overhead
        }
    }

    /// Bytes in use, about.
    var size: Int {
        state.withLock { state in
            (Array(state.young) + Array(state.old)).reduce(0) { $0 + size(of: $1.value, $1.key) }
        }
    }
}
