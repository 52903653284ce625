import CatalogModel

extension TypeRegistry {
    /// Whether a name follows the grammar of its category.
    func checkName(of type: TypeDefinition) throws(CatalogError) {
        let reserved: Set = ["description", "version", "options", "name", "servicetype"]
        guard !reserved.contains(type.name.lowercased()), !AttributeType.builtIn.contains(type.name) else {
            throw CatalogError(.reservedTypeName, "\(type.name): is a reserved name")
        }
        var rest = Substring(type.name)
        if rest.hasPrefix("__") { rest = rest.dropFirst(2) }
        let isTag = type.category == .tag
        func isLetter(_ scalar: Unicode.Scalar) -> Bool {
            isTag
                ? scalar.properties.isAlphabetic
                : ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar)
        }
        let scalars = rest.unicodeScalars
        let isValid =
            scalars.first.map(isLetter) == true
            && scalars.dropFirst().allSatisfy {
                isLetter($0) || ("0"..."9").contains($0) || $0 == "_" || $0 == " " || (isTag && $0 == ".")
            }
        guard isValid, type.name.utf8.count <= 4096 else {
            throw CatalogError(
                .invalidTypeName,
                "\(type.name): invalid name for \(type.category.rawValue).  Names must consist of a letter followed "
                    + "by a sequence of letter, number, or '_' characters"
            )
        }
    }

    /// Whether a definition, which is in force already, keeps the rules.
    func check(_ type: TypeDefinition) throws(CatalogError) {
        try checkSuperTypes(of: type)
        try checkAttributes(of: type)
        switch type.category {
        case .tag: try checkEntityTypes(of: type)
        case .relationship: try checkEnds(of: type)
        case .businessMetadata: try checkBusinessMetadata(type)
        case .enumeration:
            guard !type.elements.isEmpty, Set(type.elements.map(\.value)).count == type.elements.count else {
                throw CatalogError(.badRequest, "\(type.name): an enum needs values, each once")
            }
        case .structure, .entity: break
        }
    }

    private func checkSuperTypes(of type: TypeDefinition) throws(CatalogError) {
        for name in type.superTypes {
            guard let superType = definitions[name] else {
                throw CatalogError(.badRequest, "Given typename \(name) was invalid")
            }
            guard superType.category == type.category else {
                throw CatalogError(.incompatibleSuperType, "\(type.name): incompatible supertype \(name)")
            }
            guard name != type.name, !above(superType).contains(type.name) else {
                throw CatalogError(
                    .circularSuperType,
                    "\(type.name): invalid supertypes - circular reference back to self \(name)"
                )
            }
        }
    }

    private func checkAttributes(of type: TypeDefinition) throws(CatalogError) {
        var seen: Set<String> = []
        var inherited: [String: AttributeDefinition] = [:]
        for name in above(type) {
            for attribute in definitions[name]?.attributes ?? [] {
                if let other = inherited[attribute.name], other.typeName != attribute.typeName {
                    throw CatalogError(
                        .badRequest,
                        "\(type.name).\(attribute.name): types above have it with types \(other.typeName) and "
                            + attribute.typeName
                    )
                }
                inherited[attribute.name] = attribute
            }
        }
        for attribute in type.attributes {
            let place = "\(type.name).\(attribute.name)"
            guard !attribute.name.isEmpty, seen.insert(attribute.name).inserted else {
                throw CatalogError(.badRequest, "\(place): an attribute needs a name of its own")
            }
            if let other = inherited[attribute.name], other.typeName != attribute.typeName {
                throw CatalogError(
                    .badRequest,
                    "\(place): a type above has an attribute of that name with type \(other.typeName)"
                )
            }
            guard let parsed = AttributeType(attribute.typeName) else {
                throw CatalogError(.badRequest, "Given typename \(attribute.typeName) was invalid")
            }
            for name in parsed.names { try checkUse(of: name, at: place) }
            if attribute.cardinality != .single, case .array = parsed {
            } else if attribute.cardinality != .single {
                throw CatalogError(
                    .unsuitableCardinality,
                    "Cardinality of attribute \(place) requires a list or set type"
                )
            }
        }
    }

    private func checkUse(of name: String, at place: String) throws(CatalogError) {
        switch definitions[name]?.category {
        case .enumeration?, .structure?, .entity?: break
        case .tag?:
            throw CatalogError(
                .badRequest,
                "\(place): invalid attribute type. Attribute cannot be of type classification"
            )
        case .relationship?, .businessMetadata?, nil:
            throw CatalogError(.badRequest, "Given typename \(name) was invalid")
        }
    }

    private func checkEntityTypes(of type: TypeDefinition) throws(CatalogError) {
        for name in type.entityTypes where entityTypes[name] == nil {
            throw CatalogError(
                .tagEntityTypes,
                "ClassificationDef \(type.name) has invalid \(name) in entityTypes"
            )
        }
        try checkRestrictions(of: type)
    }

    /// Whether what a tag type may be set on is among what each type above it allows, and these allow something in
    /// common.
    private func checkRestrictions(of type: TypeDefinition) throws(CatalogError) {
        func isBelow(_ name: String, _ allowed: Set<String>) -> Bool {
            allowed.contains { entityTypes[name]?.isA($0) ?? false }
        }
        let restrictions = type.superTypes.compactMap { tagTypes[$0]?.entityTypes }.filter { !$0.isEmpty }
        for allowed in restrictions {
            let beyond = type.entityTypes.first { !isBelow($0, allowed) }
            guard beyond == nil else {
                throw CatalogError(
                    .tagTypesBeyondParents,
                    "ClassificationDef \(type.name) has entityTypes \(type.entityTypes.joined(separator: ",")) which "
                        + "are not subsets of it's supertypes entityTypes"
                )
            }
            let meetsAll = restrictions.allSatisfy { other in
                allowed.contains { isBelow($0, other) } || other.contains { isBelow($0, allowed) }
            }
            guard meetsAll else {
                throw CatalogError(
                    .tagTypesDisjoint,
                    "ClassificationDef \(type.name) has supertypes whose entityTypes are disjoint"
                )
            }
        }
    }

    private func checkEnds(of type: TypeDefinition) throws(CatalogError) {
        guard let shape = type.relationship else {
            throw CatalogError(.missingEnds, "relationshipDef \(type.name) creation attempted without 2 ends")
        }
        for end in [shape.end1, shape.end2] {
            guard !end.attribute.isEmpty, entityTypes[end.typeName] != nil else {
                throw CatalogError(.badRequest, "Given typename \(end.typeName) was invalid")
            }
            guard end.cardinality != .list else {
                throw CatalogError(
                    .listEnd,
                    "relationshipDef \(type.name) cannot have a LIST cardinality on an end"
                )
            }
        }
        let containers = [shape.end1, shape.end2].filter(\.isContainer).count
        let attempt = "\(shape.category.rawValue) relationshipDef \(type.name) creation attempted"
        switch shape.category {
        case .association:
            if containers > 0 {
                throw CatalogError(.containerInAssociation, "\(attempt) with an end specifying isContainer")
            }
        case .aggregation, .composition:
            if containers == 2 {
                throw CatalogError(
                    .bothContainers,
                    "relationshipDef \(type.name) creation attempted with both ends as containers"
                )
            }
            if containers == 0 {
                throw CatalogError(
                    shape.category == .composition ? .containerMissing : .aggregationWithoutContainer,
                    "\(attempt) without an end specifying isContainer"
                )
            }
            let contained = shape.end1.isContainer ? shape.end2 : shape.end1
            if shape.category == .composition, contained.cardinality == .set {
                throw CatalogError(
                    .containedSet,
                    "COMPOSITION relationshipDef \(type.name) can only have one parent; so cannot have SET "
                        + "cardinality on children"
                )
            }
        }
    }

    private func checkBusinessMetadata(_ type: TypeDefinition) throws(CatalogError) {
        for attribute in type.attributes {
            let place = "\(type.name).\(attribute.name)"
            var parsed = AttributeType(attribute.typeName)
            if case .array(let element)? = parsed { parsed = element }
            switch parsed {
            case .named(let name)? where definitions[name]?.category != .enumeration:
                throw CatalogError(
                    .unsuitableBusinessType,
                    "\(place): attributes of business metadata can't be of type \(attribute.typeName)"
                )
            case .array?, .map?:
                throw CatalogError(
                    .unsuitableBusinessType,
                    "\(place): attributes of business metadata can't be of type \(attribute.typeName)"
                )
            case .string?:
                guard let length = attribute.options["maxStrLength"], let limit = Int(length), limit > 0
                else {
                    throw CatalogError(
                        .missingStringLength,
                        "Mandatory field \(place).options.maxStrLength has empty/null value"
                    )
                }
            case .named?, .boolean?, .byte?, .short?, .int?, .long?, .float?, .double?, .bigInteger?,
                .bigDecimal?, .date?, nil:
                break
            }
            for name in attribute.applicableEntityTypes where entityTypes[name] == nil {
                throw CatalogError(.badRequest, "Given typename \(name) was invalid")
            }
        }
    }
}
