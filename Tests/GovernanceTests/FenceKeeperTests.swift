import CatalogModel
import Synchronization
import TestSupport
import Testing

@testable import Governance
@testable import QueryAnalysis

/// Which views are asked for, believed to be there and given up, whatever database is behind.
@Suite(.aside) struct `The keeper of views` {
    /// A database with views, in memory.
    private final class Database: UpstreamViews {
        struct State {
            var there: [String: UInt32] = [:]
            var stood = 0
            var changed: Set<String> = []
            var refusal: ViewRefusal?
            /// Views that another Steward holds.
            var held: Set<String> = []
        }

        let state = Mutex(State())
        let schema = "governed"

        func obstacle() -> ViewRefusal? { state.withLock(\.refusal) }

        func stand(_ name: String, as query: String, columns: [String]) throws(ViewRefusal) -> UInt32 {
            try state.withLock { state throws(ViewRefusal) in
                if let refusal = state.refusal { throw refusal }
                state.stood += 1
                let identifier = state.there[name] ?? UInt32(state.stood)
                state.there[name] = identifier
                state.changed.remove(name)
                return identifier
            }
        }

        func changed() throws(ViewRefusal) -> Set<String> { state.withLock(\.changed) }

        func drop(_ name: String) -> Bool {
            state.withLock { state in
                guard !state.held.contains(name) else { return false }
                state.there[name] = nil
                return true
            }
        }

        func all() throws(ViewRefusal) -> Set<String> { state.withLock { Set($0.there.keys) } }

        func release(minutes: Int) throws(ViewRefusal) -> Int { 0 }
    }

    private let database = Database()
    private let seconds: Clock
    private let keeper: FenceKeeper

    private final class Clock: Sendable {
        let seconds = Mutex<Int64>(0)
        var now: Instant { Instant(seconds: seconds.withLock { $0 }) }
        func pass(_ more: Int64) { seconds.withLock { $0 += more } }
    }

    init() {
        let clock = Clock()
        seconds = clock
        keeper = FenceKeeper(ViewUse(database), now: { clock.now })
    }

    private func text(_ number: Int) -> FenceText {
        FenceText(
            relation: RelationName(schema: "public", name: "t"),
            columns: ["a", "b"],
            query: "SELECT \(number)"
        )
    }

    private func view(_ number: Int) -> FenceView? {
        if case .view(let view) = keeper.fence(for: text(number)) { view } else { nil }
    }

    private func refusal(_ number: Int) -> String? {
        if case .inPlace(.upstream(let why)) = keeper.fence(for: text(number)) { why } else { nil }
    }

    @Test func `asks once for a view, whether it is held or not`() {
        let first = view(1)
        let name = first?.name
        #expect(view(1) === first)
        _ = view(1)
        #expect(view(1)?.name == name)
        #expect(database.state.withLock(\.stood) == 1)
        #expect(keeper.origin(first?.identifier ?? 0, 2)?.column == "b")
        #expect(keeper.origin(first?.identifier ?? 0, 3) == nil)
        #expect(keeper.origin(first?.identifier ?? 0, 0) == nil)
    }

    @Test func `asks again for a view that was doubted or changed`() {
        let first = view(1)
        first?.standing.doubt()
        let second = view(1)
        #expect(second !== first && second?.stands == true)
        #expect(database.state.withLock(\.stood) == 2)
        if let second { database.state.withLock { _ = $0.changed.insert(second.name.name) } }
        #expect(keeper.look())
        #expect(second?.stands == false)
        #expect(view(1)?.stands == true)
        #expect(!keeper.look())
    }

    @Test func `remembers a doubt when nothing holds the view any more`() {
        view(1)?.standing.doubt()
        #expect(view(1)?.stands == true)
        #expect(database.state.withLock(\.stood) == 2)
    }

    @Test func `tries nothing again for a minute, and then says that there may be views`() {
        database.state.withLock { $0.refusal = ViewRefusal("no room") }
        #expect(refusal(1) == "no room")
        database.state.withLock { $0.refusal = nil }
        #expect(refusal(1) == "no room" && refusal(2) == "no room")
        #expect(keeper.obstacle == "no room")
        seconds.pass(61)
        #expect(keeper.look(), "what was rewritten with its fence in place is rewritten")
        #expect(keeper.obstacle == nil)
        #expect(view(1) != nil)
    }

    @Test func `lets one view's refusal be its own`() {
        database.state.withLock { $0.refusal = ViewRefusal("not yours", isOfThisView: true) }
        #expect(refusal(1) == "not yours")
        database.state.withLock { $0.refusal = nil }
        #expect(view(2) != nil)
        #expect(refusal(1) == "not yours")
        #expect(keeper.obstacle == nil)
        #expect(!keeper.look())
        seconds.pass(61)
        #expect(keeper.look())
        #expect(view(1) != nil)
    }

    @Test func `asks for no more than some views a minute`() {
        var views: [FenceView?] = []
        for number in 0..<FenceRegistry.perMinute { views.append(view(number)) }
        #expect(views.allSatisfy { $0 != nil })
        #expect(refusal(-1)?.contains("within a minute") == true)
        #expect(view(7) === views[7], "those that are there are")
        seconds.pass(61)
        #expect(view(-1) != nil)
    }

    @Test func `drops what nothing holds, and nothing that anybody does`() {
        var own = view(1)
        let held = view(2)
        database.state.withLock { state in
            state.there["v_left"] = 90
            state.there["v_other"] = 91
            state.held = ["v_other"]
        }
        _ = keeper.look()
        own = nil
        _ = keeper.look()
        seconds.pass(3599)
        _ = keeper.look()
        #expect(database.state.withLock(\.there).count == 4)
        seconds.pass(2)
        _ = keeper.look()
        #expect(database.state.withLock { Set($0.there.keys) } == [held?.name.name ?? "", "v_other"])
        database.state.withLock { $0.held = [] }
        _ = keeper.look()
        #expect(database.state.withLock(\.there).count == 2, "its time begins again")
        seconds.pass(3601)
        _ = keeper.look()
        #expect(database.state.withLock(\.there).count == 1)
        #expect(held?.stands == true)
        #expect(own == nil && view(1)?.stands == true)
    }

    @Test func `has what is kept forgotten from time to time, so that only use holds views`() {
        let held = view(1)
        #expect(!keeper.look())
        seconds.pass(1801)
        #expect(keeper.look())
        #expect(!keeper.look())
        #expect(held?.stands == true)
    }

    @Test func `only says what would be, where none may be made`() {
        let planning = FenceKeeper(ViewUse(database, mayMake: false), now: { Instant(seconds: 0) })
        guard case .view(let view) = planning.fence(for: text(1)) else {
            Issue.record("there would be one")
            return
        }
        #expect(view.name.description == "governed.\(FenceKeeper.name(of: text(1)))")
        #expect(database.state.withLock(\.there).isEmpty)
        database.state.withLock { $0.refusal = ViewRefusal("no schema") }
        #expect(planning.fence(for: text(1)) == .inPlace(.upstream("no schema")))
        #expect(!planning.look())
    }
}
