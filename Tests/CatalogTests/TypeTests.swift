import Catalog
import CatalogModel
import TestSupport
import Testing

@Suite(.aside) struct `Types` {
    private static func dataSet(_ attributes: JSONObject) -> Entity {
        Entity(id: EntityID("1"), typeName: "DataSet", attributes: attributes)
    }

    private static func entity(
        _ name: String,
        _ superTypes: [String] = [],
        _ attributes: [AttributeDefinition] = []
    ) -> TypeDefinition {
        TypeDefinition(.entity, name, superTypes: superTypes, attributes: attributes)
    }

    @Test func `refuse entities that don't fit`() {
        let types = TypeRegistry()
        #expect(code { try types.check(Self.dataSet(["qualifiedName": "a", "name": "a"])) } == nil)
        #expect(code { try types.check(Self.dataSet(["qualifiedName": "a"])) } == .invalidEntity)
        #expect(
            code { try types.check(Self.dataSet(["qualifiedName": "a", "name": "a", "colour": "red"])) }
                == .unknownAttribute
        )
        #expect(
            code { try types.check(Self.dataSet(["qualifiedName": "a", "name": .array([.object([:])])])) }
                == .invalidEntity
        )
        #expect(
            code { try types.check(Entity(id: EntityID("1"), typeName: "Ghost", attributes: [:])) }
                == .unknownEntityType
        )
    }

    @Test func `refuse circles and attributes that don't agree`() throws {
        var types = TypeRegistry()
        try types.replace([Self.entity("A", ["DataSet"], [AttributeDefinition("x", "int")])])
        #expect(code { try types.replace([Self.entity("DataSet", ["A"])]) } == .circularSuperType)
        #expect(
            code { try types.replace([Self.entity("B", ["A"], [AttributeDefinition("x")])]) } == .badRequest
        )
        #expect(
            code { try types.replace([Self.entity("C", [], [AttributeDefinition("x", "array<colour>")])]) }
                == .badRequest
        )
        #expect(types.entityTypes["A"]?.uniqueAttributes == ["qualifiedName"])
        #expect(types.entityTypes["C"] == nil)
    }

    @Test func `let tags count as the types above theirs`() throws {
        var types = TypeRegistry()
        try types.replace([TypeDefinition(tag: TagName("PII"), attributes: ["kind"])])
        try types.replace([TypeDefinition(tag: TagName("EMAIL"), superTypes: [TagName("PII")])])
        #expect(types.selfAndAbove(TagName("EMAIL")) == [TagName("EMAIL"), TagName("PII")])
        #expect(code { try types.check(Tag(TagName("EMAIL"), attributes: ["kind": "work"])) } == nil)
        #expect(
            code { try types.check(Tag(TagName("EMAIL"), attributes: ["size": "1"])) } == .unknownAttribute
        )
        #expect(
            code { try types.replace([TypeDefinition(tag: TagName("PII"), superTypes: [TagName("EMAIL")])]) }
                == .circularSuperType
        )
    }

    @Test func `change only as they may`() throws {
        var types = TypeRegistry()
        let first = Self.entity("Grows", ["DataSet"], [AttributeDefinition("first")])
        let made = try types.add([first], by: "ann", at: 1, makeID: { EntityID("t1") })
        #expect(made[0].version == 1 && made[0].id == EntityID("t1"))
        var grown = first
        grown.attributes.append(AttributeDefinition("second", "int"))
        #expect(try types.update([grown], by: "bo", at: 2)[0].version == 2)
        #expect(types.definitions["Grows"]?.id == EntityID("t1"))
        #expect(code { _ = try types.update([first], by: "bo", at: 3) } == .attributeRemoved)
        var strict = grown
        strict.attributes.append(AttributeDefinition("third", isOptional: false))
        #expect(code { _ = try types.update([strict], by: "bo", at: 3) } == .mandatoryAttributeAdded)
        var loose = grown
        loose.superTypes = []
        #expect(code { _ = try types.update([loose], by: "bo", at: 3) } == .superTypeRemoved)
        #expect(code { try types.delete(["DataSet"]) } == .typeReferred)
        try types.delete(["Grows"])
        #expect(types.entityTypes["Grows"] == nil)
    }

    @Test(arguments: ["1st", "has-dash", "has.dot", "", "__", "name"])
    func `have a grammar for names`(name: String) {
        var types = TypeRegistry()
        let refusal = code {
            _ = try types.add([Self.entity(name)], by: "ann", at: 1, makeID: { EntityID("t") })
        }
        #expect(refusal == (name == "name" ? .reservedTypeName : .invalidTypeName))
    }

    @Test func `read what they write`() throws {
        for type in TypeRegistry().definitions.values {
            let text = JSONValue.object(type.json).json
            let object = try #require(try JSONReader.value(of: Array(text.utf8)).object)
            var read = try TypeDefinition(type.category, json: object)
            read.summary = type.summary
            #expect(read == type)
        }
    }
}

/// The code of the refusal that something ends in; nil when it doesn't.
func code(_ body: () throws -> Void) -> CatalogErrorCode? {
    do {
        try body()
        return nil
    } catch {
        return (error as? CatalogError)?.code
    }
}
