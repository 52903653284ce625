import Synchronization

/// A view upstream behind which a relation's row filter is carried out, out of reach of consumers' conditions.
///
/// **Promise.** A view is in use for as long as anything holds its `FenceView`: a statement that was prepared, a cursor,
/// what runs. Nobody drops it before.
package final class FenceView: Sendable, Equatable {
    /// Its name; never one that consumers can say.
    package let name: RelationName
    /// What it shows the permitted rows of.
    package let text: FenceText
    /// PostgreSQL's identifier of it; 0 for one that isn't made.
    package let identifier: UInt32
    /// What is believed of it, also when nothing holds it any more.
    package let standing: Standing

    /// Whether a view is believed to be there as it was made.
    package final class Standing: Sendable {
        fileprivate let isDoubted = Atomic(false)

        /// Believed, until it is doubted.
        package init() {}

        /// Whether nothing speaks against it.
        package var holds: Bool { !isDoubted.load(ordering: .relaxed) }

        /// Has the view looked at upstream before another statement uses it; those that were prepared are prepared anew.
        package func doubt() { isDoubted.store(true, ordering: .relaxed) }
    }

    /// A view that stands upstream as its text says, or would be made so.
    package init(name: RelationName, text: FenceText, identifier: UInt32, standing: Standing = Standing()) {
        self.name = name
        self.text = text
        self.identifier = identifier
        self.standing = standing
    }

    /// Whether nothing speaks against its being there as it was made.
    package var stands: Bool { standing.holds }

    /// The same view, found by the same look.
    package static func == (left: FenceView, right: FenceView) -> Bool { left === right }
}

/// What keeps consumers' conditions away from the rows of a relation that its filter hides.
package enum RelationFence: Hashable, Sendable {
    /// A view of ours with `security_barrier`: PostgreSQL itself lets leakproof conditions through and no others.
    case view(FenceView)
    /// `OFFSET 0` within the statement: nothing gets through but what is copied in.
    case inPlace(FenceObstacle)
}

/// Why a relation's filter has no view of its own.
package enum FenceObstacle: Hashable, Sendable {
    /// The source names no schema for views.
    case noSchema
    /// The relation is a view, whose query's tables have fences of their own.
    case isView
    /// The statement says `ONLY`.
    case isOnly
    /// A literal in the filter may mean another moment each time that it is read.
    case momentInLiteral
    /// The view's text could not be proved.
    case unproven
    /// The database lets no view be made; in words for whoever administers it.
    case upstream(String)
}

/// One filtered relation of a statement, and its fence.
package struct StatementFence: Hashable, Sendable {
    /// The relation.
    package let relation: RelationName
    /// What its rows are behind.
    package let fence: RelationFence
}

extension FenceView: Hashable {
    /// By identity.
    package func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}

extension StatementReads {
    /// The views that its rows come through.
    package var views: [FenceView] {
        fences.compactMap { if case .view(let view) = $0.fence { view } else { nil } }
    }

    /// Whether each of those views is there, as far as is known.
    package var stands: Bool {
        fences.allSatisfy { if case .view(let view) = $0.fence { view.stands } else { true } }
    }
}
