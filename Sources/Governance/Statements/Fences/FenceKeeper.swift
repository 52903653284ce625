import CatalogModel
import Crypto
import QueryAnalysis
import Synchronization

/// The views of one database that row filters are carried out behind: which there are, and which are in use.
///
/// A view is called by its content, so that another policy's is another view. It is made when a statement first needs it
/// and dropped when nothing has held it for a while: see ``FenceView``. What can't be made isn't tried again for a minute,
/// and statements have their fence in place meanwhile.
final class FenceKeeper: Sendable {
    /// Seconds for which nothing is tried again that failed.
    static let patienceSeconds: Int64 = 60
    /// Views that one look may drop, so that statements needn't wait long.
    private static let dropsPerLook = 50

    private let use: ViewUse
    private let now: @Sendable () -> Instant
    private let state = Mutex(FenceRegistry())
    /// Held while something is done upstream; never taken by whoever has `state`.
    private let upstream = Mutex(())

    init(_ use: ViewUse, now: @escaping @Sendable () -> Instant) {
        self.use = use
        self.now = now
    }

    /// What a filter is carried out behind; blocks when its view isn't known yet.
    func fence(for text: FenceText) -> RelationFence {
        if let fence = known(text) { return fence }
        let name = FenceKeeper.name(of: text)
        guard use.mayMake else {
            if let refusal = use.views.obstacle() { return .inPlace(.upstream(refusal.why)) }
            return .view(FenceView(name: qualified(name), text: text, identifier: 0))
        }
        return upstream.withLock { _ in
            if let fence = known(text) { return fence }
            let moment = now()
            do throws(ViewRefusal) {
                try state.withLock { state throws(ViewRefusal) in try state.willMake(at: moment) }
                let identifier = try use.views.stand(name, as: text.query, columns: text.columns)
                let view = FenceView(name: qualified(name), text: text, identifier: identifier)
                state.withLock { $0.add(view) }
                return .view(view)
            } catch {
                let end = moment.adding(seconds: FenceKeeper.patienceSeconds)
                state.withLock { $0.refuse(text, error, until: end) }
                return .inPlace(.upstream(error.why))
            }
        }
    }

    private func known(_ text: FenceText) -> RelationFence? {
        let moment = now()
        return state.withLock { $0.fence(for: text, at: moment) }
    }

    /// The relation and the column that a column of one of these views is.
    ///
    /// Doesn't block.
    func origin(_ identifier: UInt32, _ number: Int16) -> (relation: RelationName, column: String)? {
        state.withLock { state in
            guard let text = state.text(of: identifier), number > 0, Int(number) <= text.columns.count else {
                return nil
            }
            return (text.relation, text.columns[Int(number) - 1])
        }
    }

    /// Why there are no views now; nil when there are, or none were wanted.
    var obstacle: String? { state.withLock(\.refusal?.why) }

    /// Finds out whether views can be made, before one is wanted.
    func prepare() {
        guard use.mayMake, let refusal = upstream.withLock({ _ in use.views.obstacle() }) else { return }
        let end = now().adding(seconds: FenceKeeper.patienceSeconds)
        state.withLock { $0.refuse(refusal, until: end) }
    }

    /// Looks whether the views are as they were made, and drops those that nothing uses.
    ///
    /// Blocks.
    /// - Returns: Whether statements are to be rewritten anew.
    func look() -> Bool {
        guard use.mayMake else { return false }
        let moment = now()
        var isNew = state.withLock { state in
            let isOver = state.forgetRefusals(at: moment)
            return state.purge(at: moment, every: use.unusedSeconds) || isOver
        }
        upstream.withLock { _ in
            if let changed = try? use.views.changed(), !changed.isEmpty {
                state.withLock { $0.forget(changed) }
                isNew = true
            }
            // Where there were none, statements that are kept say so.
            if state.withLock({ $0.refusal != nil }), use.views.obstacle() == nil {
                state.withLock { $0.mayTryAgain() }
                isNew = true
            }
        }
        dropUnused()
        return isNew
    }

    private func dropUnused() {
        guard let there = upstream.withLock({ _ in try? use.views.all() }) else { return }
        let moment = now()
        let unused = state.withLock { $0.unused(among: there, for: use.unusedSeconds, at: moment) }
        for name in unused.sorted().prefix(FenceKeeper.dropsPerLook) {
            upstream.withLock { _ in
                // Somebody may have come to want it.
                guard state.withLock({ $0.giveUp(name) }) else { return }
                if !use.views.drop(name) { state.withLock { $0.leave(name, at: moment) } }
            }
        }
    }

    private func qualified(_ name: String) -> RelationName {
        RelationName(schema: use.views.schema, name: name)
    }

    /// What a view is called: the same for the same content, and another one for any other.
    static func name(of text: FenceText) -> String {
        let digest = SHA256.hash(data: Array("steward view 1 \(text.query)".utf8))
        let digits = Array("0123456789abcdef")
        return digest.prefix(16).reduce(into: "v_") { name, byte in
            name.append(digits[Int(byte >> 4)])
            name.append(digits[Int(byte & 15)])
        }
    }
}

/// How a database's views are to be used.
package struct ViewUse: Sendable {
    /// The views.
    package let views: any UpstreamViews
    /// Whether they may be made; else it is only told what would become of a statement.
    package let mayMake: Bool
    /// Seconds after which an unused view is dropped.
    package let unusedSeconds: Int64

    /// Joins them.
    package init(_ views: any UpstreamViews, mayMake: Bool = true, unusedSeconds: Int64 = 3600) {
        self.views = views
        self.mayMake = mayMake
        self.unusedSeconds = unusedSeconds
    }
}

extension Instant {
    /// So many seconds later.
    func adding(seconds: Int64) -> Instant { Instant(microseconds: microseconds + seconds * 1_000_000) }
}
