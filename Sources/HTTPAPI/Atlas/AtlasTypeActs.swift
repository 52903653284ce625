import Catalog
import CatalogModel
import Governance

/// Definitions of types.
enum AtlasTypeActs {
    @Sendable static func list(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        let view = try request.view()
        let types = selected(request, view)
        return all(types, view.graph.types)
    }

    @Sendable static func headers(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        let view = try request.view()
        return AtlasWriter.response(view) { writer in
            writer.list(selected(request, view)) { writer, type in
                writer.object { writer in
                    writer.pair("guid", type.id.text)
                    writer.pair("name", type.name)
                    if let service = type.serviceType { writer.pair("serviceType", service) }
                    writer.pair("category", type.category.rawValue)
                }
            }
        }
    }

    /// The definitions that the query asks for, sorted by name.
    private static func selected(_ request: AtlasRequest, _ view: CatalogView) -> [TypeDefinition] {
        let types = view.graph.types
        func isBelow(_ type: TypeDefinition, _ superType: String) -> Bool {
            (types.entityTypes[type.name]?.above ?? types.tagTypes[type.name]?.above ?? []).contains(
                superType
            )
        }
        let category = request.text("type").map { $0.uppercased() }
        let hidesInternal = request.flag("excludeInternalTypesAndReferences")
        return types.definitions.values.filter { type in
            if let category, type.category.rawValue != category { return false }
            if let name = request.text("name"), type.name != name { return false }
            if let name = request.text("notname"), type.name == name { return false }
            if let service = request.text("servicetype"), type.serviceType != service { return false }
            if let service = request.text("notservicetype"), type.serviceType == service { return false }
            if let superType = request.text("supertype"), !isBelow(type, superType) { return false }
            if let superType = request.text("notsupertype"), isBelow(type, superType) { return false }
            if hidesInternal, isBelow(type, "__internal") || type.name == "__internal" { return false }
            return view.gate.isOpen || view.gate.permits(.typeRead, type: type.name, category: type.category)
        }.sorted { $0.name < $1.name }
    }

    private static func all(_ types: [TypeDefinition], _ registry: TypeRegistry) -> AtlasResponse {
        .writing { writer in
            writer.beginObject()
            for category in TypeCategory.allCases {
                writer.name(AtlasReader.list(of: category))
                writer.beginArray()
                for type in types where type.category == category { writer.object(shown(type, registry)) }
                writer.endArray()
            }
            writer.endObject()
        }
    }

    /// A definition with what follows from others.
    static func shown(_ type: TypeDefinition, _ registry: TypeRegistry) -> JSONObject {
        var object = type.json
        if let shape = registry.entityTypes[type.name] {
            object["subTypes"] = .array(shape.directSubTypes.map { .string($0) })
            let ends = shape.ends.values.flatMap { $0 }.sorted {
                ($0.end.attribute, $0.relationshipType) < ($1.end.attribute, $1.relationshipType)
            }
            object["relationshipAttributeDefs"] = .array(ends.map { .object(attribute($0)) })
            object["businessAttributeDefs"] = .object(
                JSONObject(shape.business.mapValues { .array($0.map { .object($0.json) }) })
            )
        } else if let shape = registry.tagTypes[type.name] {
            object["subTypes"] = .array(shape.directSubTypes.map { .string($0) })
        }
        return object
    }

    private static func attribute(_ end: EndShape) -> JSONObject {
        let isSingle = end.end.cardinality == .single
        var attribute = AttributeDefinition(
            end.end.attribute,
            isSingle ? end.other.typeName : "array<\(end.other.typeName)>",
            isOptional: !end.isMandatory
        )
        attribute.cardinality = end.end.cardinality
        attribute.summary = end.end.summary
        if end.shape.category == .composition, end.end.isContainer {
            attribute.constraints = [.object(["type": "ownedRef"])]
        }
        var object = attribute.json
        object["relationshipTypeName"] = .string(end.relationshipType)
        object["isLegacyAttribute"] = .bool(end.end.isLegacy)
        return object
    }

    @Sendable static func byName(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        let name = request.segment("name")
        return try one(request, name) { $0.definitions[name] }
    }

    @Sendable static func byID(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        try one(request, nil) { $0.definition(request.guid) }
    }

    private static func one(
        _ request: AtlasRequest,
        _ name: String?,
        _ find: (TypeRegistry) -> TypeDefinition?
    ) throws(CatalogError) -> AtlasResponse {
        let view = try request.view()
        let kind = request.segment("kind")
        let category: TypeCategory?
        switch kind {
        case "typedef": category = nil
        case "enumdef": category = .enumeration
        case "structdef": category = .structure
        case "classificationdef": category = .tag
        case "entitydef": category = .entity
        case "relationshipdef": category = .relationship
        case "businessmetadatadef": category = .businessMetadata
        default: throw CatalogError(.badRequest, "\(kind) is no kind of definition")
        }
        guard let type = find(view.graph.types), category == nil || type.category == category else {
            throw name.map { CatalogError(.unknownTypeName, "Given typename \($0) was invalid") }
                ?? CatalogError(.unknownTypeID, "Given type guid \(request.guid) was invalid")
        }
        guard view.gate.isOpen || view.gate.permits(.typeRead, type: type.name, category: type.category)
        else {
            throw CatalogError(
                .forbidden,
                "\(view.user) is not authorized to perform type-read: type=\(type.name)"
            )
        }
        return .value(.object(shown(type, view.graph.types)))
    }

    /// What is done to types, for the audit log.
    private static func act(_ verb: String, _ names: [String]) -> String {
        "\(verb) types \(names.joined(separator: ","))"
    }

    @Sendable static func create(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        let types = try AtlasReader.types(try request.object())
        guard !types.isEmpty else { return all([], TypeRegistry()) }
        let (made, transaction) = try request.change(act("add", types.map(\.name))) {
            transaction throws(CatalogError) in
            try transaction.addTypes(types)
        }
        return all(made, transaction.graph.types)
    }

    @Sendable static func update(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        let types = try AtlasReader.types(try request.object())
        guard !types.isEmpty else { return all([], TypeRegistry()) }
        let (made, transaction) = try request.change(act("change", types.map(\.name))) {
            transaction throws(CatalogError) in
            try transaction.updateTypes(types)
        }
        return all(made, transaction.graph.types)
    }

    @Sendable static func delete(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        let names = try AtlasReader.typeNames(try request.object())
        guard !names.isEmpty else { return .done }
        _ = try request.change(act("delete", names)) { transaction throws(CatalogError) in
            try transaction.deleteTypes(names)
        }
        return .done
    }

    @Sendable static func deleteByName(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        let name = request.segment("name")
        _ = try request.change(act("delete", [name])) { transaction throws(CatalogError) in
            try transaction.deleteTypes([name])
        }
        return .done
    }
}
