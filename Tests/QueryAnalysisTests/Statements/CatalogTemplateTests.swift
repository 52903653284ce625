import TestSupport
import Testing

@testable import QueryAnalysis

@Suite(.aside) struct `Governed catalogs` {
    @Test func `are all read, with and without a database behind`() throws {
        let threads = try #require(Shop.threads)
        let (all, embedded) = threads.run { (CatalogTemplate.all, CatalogTemplate.embedded) }
        let defined =
            CatalogDefinition.visible(types: "pg_catalog.pg_type") + CatalogDefinition.builtIn
            + CatalogDefinition.withoutRows
        #expect(Set(all.keys) == Set(defined.map(\.name)))
        #expect(Set(embedded.keys) == Set(all.keys))
        let (standard, alone) = threads.run { (CatalogTemplate.standard, CatalogTemplate.embeddedStandard) }
        let described =
            CatalogDefinition.standard(types: "t", title: "''") + CatalogDefinition.standardKeys
            + CatalogDefinition.standardWithoutRows
        #expect(Set(standard.keys) == Set(described.map(\.name)))
        #expect(Set(alone.keys) == Set(standard.keys))
    }

    @Test func `read nothing upstream but built-in rows`() throws {
        let threads = try #require(Shop.threads)
        let embedded = threads.run { CatalogTemplate.embedded }
        for definition in CatalogDefinition.visible(types: "pg_visible_types") + CatalogDefinition.withoutRows
        {
            #expect(!definition.text.contains("FROM pg_catalog."), "\(definition.name)")
        }
        for definition in CatalogDefinition.builtIn {
            #expect(definition.text.contains("< 16384") || definition.text.contains("IN (100, 950, 951)"))
        }
        #expect(embedded["pg_proc"]?.tables == [])
    }

    @Test(arguments: ["plain", "We\"ird", "it's", "back\\slash", "tab\tand\nline", "ünï", "order", "a.b", ""])
    func `write names so that they read back`(name: String) {
        let quoted = CatalogName.quoted(name)
        if !name.isEmpty { #expect(CatalogName.parts(of: quoted) == [name]) }
        var rows = CatalogRows()
        rows.row { $0.add(name) }
        #expect(!rows.json.utf8.dropFirst().contains { $0 < 32 })
        #expect(rows.json.utf8.filter { $0 == UInt8(ascii: "\"") }.count >= 2)
    }
}
