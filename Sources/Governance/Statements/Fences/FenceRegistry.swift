import CatalogModel
import QueryAnalysis

/// What is known of a database's views at one moment.
struct FenceRegistry {
    /// A view that stands upstream for us.
    private struct Entry {
        let name: RelationName
        let identifier: UInt32
        let standing: FenceView.Standing
        /// Nil while nothing uses it.
        weak var view: FenceView?
        /// When that was noticed.
        var unusedSince: Instant?
    }

    /// Views that may be asked for in a minute: filters that differ each time aren't worth any.
    static let perMinute = 200

    private var views: [FenceText: Entry] = [:]
    private var texts: [UInt32: FenceText] = [:]
    private var refusals: [FenceText: (why: String, until: Instant)] = [:]
    /// Views that lie there and are none of ours, by when they were first seen.
    private var leftovers: [String: Instant] = [:]
    private var purged: Instant?
    /// The views that were asked for since a moment.
    private var asked: (count: Int, since: Instant)?
    /// Why there are none at all.
    private(set) var refusal: (why: String, until: Instant)?

    /// What is known for a text; nil when it has to be found out.
    mutating func fence(for text: FenceText, at now: Instant) -> RelationFence? {
        if let entry = views[text] {
            guard entry.standing.holds else { return nil }
            if let view = entry.view { return .view(view) }
            let view = FenceView(
                name: entry.name,
                text: text,
                identifier: entry.identifier,
                standing: entry.standing
            )
            views[text]?.view = view
            views[text]?.unusedSince = nil
            return .view(view)
        }
        for known in [refusal, refusals[text]] {
            if let known, now < known.until { return .inPlace(.upstream(known.why)) }
        }
        return nil
    }

    /// The view of an identifier.
    func text(of identifier: UInt32) -> FenceText? { texts[identifier] }

    mutating func add(_ view: FenceView) {
        if let former = views[view.text] { texts[former.identifier] = nil }
        views[view.text] = Entry(
            name: view.name,
            identifier: view.identifier,
            standing: view.standing,
            view: view
        )
        texts[view.identifier] = view.text
        refusals[view.text] = nil
        refusal = nil
        leftovers[view.name.name] = nil
    }

    /// Counts a view that is asked for upstream.
    ///
    /// - Throws: when there are too many.
    mutating func willMake(at now: Instant) throws(ViewRefusal) {
        if let asked, now < asked.since.adding(seconds: 60) {
            guard asked.count < FenceRegistry.perMinute else {
                throw ViewRefusal(
                    "more than \(FenceRegistry.perMinute) views were asked for within a minute",
                    isOfThisView: true
                )
            }
            self.asked?.count += 1
        } else {
            asked = (1, now)
        }
    }

    /// Forgets what may be tried again; true when there was any.
    mutating func forgetRefusals(at now: Instant) -> Bool {
        let before = refusals.count
        refusals = refusals.filter { now < $0.value.until }
        return refusals.count < before
    }

    /// Notes that a view can't be had for a while.
    mutating func refuse(_ text: FenceText, _ refusal: ViewRefusal, until end: Instant) {
        remove(text)
        guard refusal.isOfThisView else {
            self.refuse(refusal, until: end)
            return
        }
        if refusals.count >= 1000 { refusals = [:] }
        refusals[text] = (refusal.why, end)
    }

    /// Notes that none can be had for a while.
    mutating func refuse(_ refusal: ViewRefusal, until end: Instant) { self.refusal = (refusal.why, end) }

    /// Forgets that none could be had.
    mutating func mayTryAgain() {
        refusal = nil
        refusals = [:]
    }

    /// Forgets views that aren't what they were; whoever holds one is told.
    mutating func forget(_ names: Set<String>) {
        for (text, entry) in views where names.contains(entry.name.name) {
            entry.standing.doubt()
            remove(text)
        }
    }

    private mutating func remove(_ text: FenceText) {
        guard let entry = views.removeValue(forKey: text) else { return }
        texts[entry.identifier] = nil
    }

    /// Whether statements that are kept are to be forgotten, so that only those that are sent hold their views.
    mutating func purge(at now: Instant, every seconds: Int64) -> Bool {
        guard let last = purged else {
            purged = now
            return false
        }
        guard last.adding(seconds: max(1, seconds / 2)) <= now else { return false }
        purged = now
        return !views.isEmpty
    }

    /// The views that nothing has used for so many seconds, of ours and of those that are nobody's we know.
    mutating func unused(among there: Set<String>, for seconds: Int64, at now: Instant) -> Set<String> {
        var own: Set<String> = []
        var found: Set<String> = []
        for (text, entry) in views {
            own.insert(entry.name.name)
            guard entry.view == nil else {
                views[text]?.unusedSince = nil
                continue
            }
            let since = entry.unusedSince ?? now
            views[text]?.unusedSince = since
            if since.adding(seconds: seconds) <= now { found.insert(entry.name.name) }
        }
        leftovers = leftovers.filter { there.contains($0.key) && !own.contains($0.key) }
        for name in there.subtracting(own) {
            let since = leftovers[name] ?? now
            leftovers[name] = since
            if since.adding(seconds: seconds) <= now { found.insert(name) }
        }
        return found
    }

    /// Forgets a view that is to be dropped; false when somebody uses it after all.
    mutating func giveUp(_ name: String) -> Bool {
        guard let (text, entry) = views.first(where: { $0.value.name.name == name }) else {
            return leftovers.removeValue(forKey: name) != nil
        }
        guard entry.view == nil else { return false }
        remove(text)
        return true
    }

    /// Notes that a view is still there that nobody here wants.
    mutating func leave(_ name: String, at now: Instant) { leftovers[name] = now }
}
