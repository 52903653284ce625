import Catalog
import CatalogModel
import Governance
import PolicyEngine
import SQLiteStore
import TestSupport
import Testing

@Suite(.aside) struct `The catalog of assets` {
    private static func furnished() throws -> Desk {
        let desk = try Desk()
        try desk.furnish()
        try desk.publish([
            Desk.policy("hide mail", tag: "EMAIL") { policy in
                policy.policyType = .dataMask
                policy.dataMaskPolicyItems = [
                    Desk.item("analysts", access: "file:read", mask: "file:MASK_NULL")
                ]
            }
        ])
        return desk
    }

    private static func entity(_ desk: Desk, _ type: String, _ name: String) throws -> Entity {
        let view = try desk.cases.assets.view(for: desk.admin)
        return try #require(view.graph.entity(of: type, "qualifiedName", name))
    }

    @Test func `has governed tables with their columns`() throws {
        let desk = try Self.furnished()
        let table = try Self.entity(desk, BaseTypes.table, "shop.people")
        let graph = try desk.cases.assets.view(for: desk.admin).graph
        let columns = graph.related(table.id, BaseTypes.tableColumns, from: 0).compactMap(
            \.entity.displayText
        )
        #expect(Set(columns) == ["id", "name", "mail", "age"])
    }

    @Test func `puts a tag in force for the next read, and takes it back`() throws {
        let desk = try Self.furnished()
        #expect(try desk.read(desk.people, as: "alice", columns: ["mail"]).first == ["ann@example.org"])
        let column = try Self.entity(desk, BaseTypes.column, "shop.people.mail")
        _ = try desk.cases.assets.change(by: desk.admin, "tag") { transaction throws(CatalogError) in
            try transaction.addTags([TagInput(typeName: "EMAIL")], to: [column.id])
        }
        #expect(try desk.read(desk.people, as: "alice", columns: ["mail"]).first == [nil])
        _ = try desk.cases.assets.change(by: desk.admin, "no tag") { transaction throws(CatalogError) in
            try transaction.removeTag("EMAIL", of: column.id)
        }
        #expect(try desk.read(desk.people, as: "alice", columns: ["mail"]).first == ["ann@example.org"])
    }

    @Test func `lets tags flow over a process of any type to governed columns`() throws {
        let desk = try Self.furnished()
        let input = try Self.entity(desk, BaseTypes.column, "shop.people.mail")
        let output = try Self.entity(desk, BaseTypes.column, "shop.copies.mail_copy")
        _ = try desk.cases.assets.change(by: desk.admin, "lineage") { transaction throws(CatalogError) in
            var process = EntityInput(
                typeName: "Process",
                guid: "-1",
                attributes: ["qualifiedName": "copy", "name": "copy"]
            )
            process.relationships = [
                "inputs": .array([["guid": .string(input.id.text)]]),
                "outputs": .array([["guid": .string(output.id.text)]]),
            ]
            try transaction.write([process])
            try transaction.addTags([TagInput(typeName: "EMAIL")], to: [input.id])
        }
        #expect(try desk.read(desk.copies, as: "alice", columns: ["mail_copy"]).first == [nil])
        // A tag that doesn't flow stays where it is.
        _ = try desk.cases.assets.change(by: desk.admin, "no flow") { transaction throws(CatalogError) in
            var tag = TagInput(typeName: "EMAIL")
            tag.propagates = false
            try transaction.updateTags([tag], on: input.id)
        }
        #expect(try desk.read(desk.copies, as: "alice", columns: ["mail_copy"]).first == ["ann@example.org"])
        #expect(try desk.read(desk.people, as: "alice", columns: ["mail"]).first == [nil])
    }

    @Test func `lets a term's tags count for the columns that it is assigned to`() throws {
        let desk = try Self.furnished()
        let column = try Self.entity(desk, BaseTypes.column, "shop.people.mail")
        _ = try desk.cases.assets.change(by: desk.admin, "glossary") { transaction throws(CatalogError) in
            var glossary = GlossaryInput()
            glossary.name = "Words"
            let anchor = try transaction.createGlossary(glossary)
            var term = GlossaryInput()
            (term.name, term.anchor) = ("Address", anchor)
            let id = try transaction.createTerm(term)
            try transaction.assign(id, to: [(column.id, JSONObject())])
            try transaction.addTags([TagInput(typeName: "EMAIL")], to: [id])
        }
        #expect(try desk.read(desk.people, as: "alice", columns: ["mail"]).first == [nil])
    }

    @Test func `closes a deleted table to everybody`() throws {
        let desk = try Self.furnished()
        let table = try Self.entity(desk, BaseTypes.table, "shop.people")
        _ = try desk.cases.assets.change(by: desk.admin, "delete") { transaction throws(CatalogError) in
            try transaction.delete([table.id])
        }
        #expect(desk.code { _ = try desk.read(desk.people, as: "alice") } == .unknownTable)
    }

    @Test func `shows people what they may read, and nothing of the rest`() throws {
        let desk = try Self.furnished()
        var question = SearchQuestion()
        question.words = "mail"
        for (user, count) in [("alice", 3), ("eve", 0)] {
            let view = try desk.cases.assets.view(for: desk.caller(user))
            let finding = try view.graph.search(question, now: view.now)
            #expect(finding.count == count && finding.entities.count == count)
            #expect((view.graph.suggestions(for: "ma").isEmpty) == (user == "eve"))
        }
        let alice = try desk.cases.assets.view(for: desk.caller("alice"))
        let table = try Self.entity(desk, BaseTypes.table, "shop.people")
        #expect(table.attributes["location"] != nil)
        #expect(alice.gate.shown(table).attributes["location"] == nil)
        var probe = SearchQuestion()
        probe.types = [BaseTypes.table]
        probe.filter = .leaf(attribute: "location", operation: "contains", value: "people")
        #expect(try alice.graph.search(probe, now: 0).entities.isEmpty)
        for text in [
            "steward_table where location like \"*\"", "steward_column where table.location like \"*\"",
        ] {
            let answer = try alice.graph.ask(text, limit: 0, offset: 0, now: 0)
            guard case .entities(let found) = answer.content else { continue }
            #expect(found.isEmpty, "\(text)")
        }
        let column = try Self.entity(desk, BaseTypes.column, "shop.people.mail")
        let eve = try desk.cases.assets.view(for: desk.caller("eve"))
        #expect(throws: CatalogError.self) { try eve.entity(column.id) }
        #expect(throws: CatalogError.self) {
            try desk.cases.assets.change(by: desk.caller("alice"), "tag") {
                transaction throws(CatalogError) in
                try transaction.addTags([TagInput(typeName: "EMAIL")], to: [column.id])
            }
        }
        #expect(throws: CatalogError.self) {
            try desk.cases.assets.history(of: column.id, for: desk.caller("eve"))
        }
    }

    @Test func `is the same after it was opened again, deleted relationships and what they carried included`()
        throws
    {
        let desk = try Self.furnished()
        let input = try Self.entity(desk, BaseTypes.column, "shop.people.mail")
        let output = try Self.entity(desk, BaseTypes.column, "shop.copies.mail_copy")
        _ = try desk.cases.assets.change(by: desk.admin, "lineage") { transaction throws(CatalogError) in
            var process = EntityInput(
                typeName: "Process",
                guid: "-1",
                attributes: ["qualifiedName": "copy", "name": "copy"]
            )
            process.relationships = [
                "inputs": .array([["guid": .string(input.id.text)]]),
                "outputs": .array([["guid": .string(output.id.text)]]),
            ]
            try transaction.write([process])
            try transaction.addTags([TagInput(typeName: "EMAIL")], to: [input.id])
        }
        _ = try desk.cases.assets.change(by: desk.admin, "unlink") { transaction throws(CatalogError) in
            let steps = transaction.graph.relationships(of: input.id)
            if let step = steps.first(where: { $0.typeName == BaseTypes.processInputs }) {
                try transaction.deleteRelationship(step.id)
            }
        }
        // The copies that were there stay.
        #expect(try desk.read(desk.copies, as: "alice", columns: ["mail_copy"]).first == [nil])
        var state = CatalogState()
        try state.apply(try desk.store.load().changes)
        let live = try desk.cases.assets.view(for: desk.admin).graph
        let again = VisibleGraph(state.graph, OpenGate())
        for id in [input.id, output.id] {
            #expect(state.graph[id] == live[id])
            #expect(again.tags(on: id) == live.tags(on: id))
            #expect(state.graph.relationships(of: id) == live.relationships(of: id))
        }
        #expect(state.graph.tags(flowedTo: output.id).map(\.tag.text) == ["EMAIL"])
        let history = try desk.cases.assets.history(of: output.id, for: desk.admin).flatMap(\.events)
        #expect(history.map(\.action).contains(.flowedTagAdded))
    }
}
