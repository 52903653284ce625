import Catalog
import CatalogModel
import Governance

/// Sheets (CSV) with values of business metadata, or with terms of glossaries.
enum AtlasSheetActs {
    private static let businessHeader =
        "EntityType,EntityUniqueAttributeValue,BusinessAttributeName,BusinessAttributeValue,"
        + "EntityUniqueAttributeName[optional]"
    private static let relations = [
        "TranslationTerms", "ValidValuesFor", "Synonyms", "ReplacedBy", "ValidValues", "ReplacementTerms",
        "SeeAlso",
        "TranslatedTerms", "IsA", "Antonyms", "Classifies", "PreferredToTerms", "PreferredTerms",
    ]
    private static let glossaryHeader =
        "GlossaryName,TermName,ShortDescription,LongDescription,Examples,Abbreviation,Usage,AdditionalAttributes,"
        + relations.joined(separator: ",")

    @Sendable static func businessTemplate(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        .bytes(
            Array("\(businessHeader)\n".utf8),
            mediaType: "text/csv",
            fileName: "template_business_metadata"
        )
    }

    @Sendable static func glossaryTemplate(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        .bytes(Array("\(glossaryHeader)\n".utf8), mediaType: "text/csv", fileName: "template_glossary")
    }

    /// What became of one row.
    private struct Outcome {
        let parent: String
        let child: String
        let number: Int
        let problem: String?
    }

    private static func rows(_ request: AtlasRequest) throws(CatalogError) -> [(number: Int, cells: [String])]
    {
        let form = try Multipart(request.body, type: request.bodyType)
        guard let file = form.parts["file"] else {
            throw CatalogError(.badRequest, "the form has no part `file`")
        }
        let rows = try SheetReader.rows(of: file)
        guard rows.count > 1 else {
            throw CatalogError(.badRequest, "the sheet has no rows below its header")
        }
        return Array(rows.dropFirst())
    }

    private static func answer(_ outcomes: [Outcome]) -> AtlasResponse {
        func list(_ outcomes: [Outcome]) -> JSONValue {
            .array(
                outcomes.map { outcome in
                    [
                        "parentObjectName": .string(outcome.parent),
                        "childObjectName": .string(outcome.child),
                        "importStatus": outcome.problem == nil ? "SUCCESS" : "FAILED",
                        "remarks": .string(outcome.problem ?? ""),
                        "rowNumber": .integer(Int64(outcome.number)),
                    ]
                }
            )
        }
        return .value([
            "failedImportInfoList": list(outcomes.filter { $0.problem != nil }),
            "successImportInfoList": list(outcomes.filter { $0.problem == nil }),
        ])
    }

    // MARK: Business metadata

    @Sendable static func importBusiness(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        let rows = try rows(request)
        let (outcomes, _) = try request.change("business metadata from a sheet of \(rows.count) rows") {
            transaction throws(CatalogError) in
            var outcomes: [Outcome] = []
            for (number, cells) in rows {
                var attempt = transaction
                var problem: String?
                do throws(CatalogError) {
                    try putRow(cells, &attempt)
                    transaction = attempt
                } catch { problem = error.message }
                outcomes.append(
                    Outcome(
                        parent: cells.count > 1 ? cells[1] : "",
                        child: cells.count > 2 ? cells[2] : "",
                        number: number,
                        problem: problem
                    )
                )
            }
            return outcomes
        }
        return answer(outcomes)
    }

    private static func putRow(_ cells: [String], _ transaction: inout CatalogTransaction)
        throws(CatalogError)
    {
        guard cells.count >= 4, let dot = cells[2].firstIndex(of: ".") else {
            throw CatalogError(.badRequest, "a row needs a type, a name, `Metadata.attribute` and a value")
        }
        let unique = cells.count > 4 && !cells[4].isEmpty ? cells[4] : "qualifiedName"
        let entity = try AtlasRequest.entity(in: transaction.seen, type: cells[0], [(unique, cells[1])])
        let (name, attribute) = (String(cells[2][..<dot]), String(cells[2][cells[2].index(after: dot)...]))
        let definition = transaction.graph.types.definition(name, .businessMetadata)?.attributes
            .first { $0.name == attribute }
        let isList = definition?.typeName.hasPrefix("array<") ?? false
        let value: JSONValue =
            isList ? .array(cells[3].split(separator: "|").map { .string(String($0)) }) : .string(cells[3])
        try transaction.putBusinessAttributes([name: [attribute: value]], on: entity.id, isOverwrite: false)
    }

    // MARK: Glossary

    @Sendable static func importGlossary(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        let rows = try rows(request)
        let (outcomes, _) = try request.change("terms from a sheet of \(rows.count) rows") {
            transaction throws(CatalogError) in
            var outcomes: [Outcome] = []
            // Terms first: rows may refer to terms of later ones.
            for (number, cells) in rows {
                var attempt = transaction
                var problem: String?
                do throws(CatalogError) {
                    try makeTerm(cells, &attempt)
                    transaction = attempt
                } catch { problem = error.message }
                outcomes.append(
                    Outcome(
                        parent: cells.first ?? "",
                        child: cells.count > 1 ? cells[1] : "",
                        number: number,
                        problem: problem
                    )
                )
            }
            for (index, row) in rows.enumerated() where outcomes[index].problem == nil {
                var attempt = transaction
                do throws(CatalogError) {
                    try relate(row.cells, &attempt)
                    transaction = attempt
                } catch {
                    let old = outcomes[index]
                    outcomes[index] = Outcome(
                        parent: old.parent,
                        child: old.child,
                        number: old.number,
                        problem: "the term is made, but: \(error.message)"
                    )
                }
            }
            return outcomes
        }
        return answer(outcomes)
    }

    private static func makeTerm(_ cells: [String], _ transaction: inout CatalogTransaction)
        throws(CatalogError)
    {
        func cell(_ index: Int) -> String { index < cells.count ? cells[index] : "" }
        guard !cell(0).isEmpty, !cell(1).isEmpty else {
            throw CatalogError(.badRequest, "a row needs the names of a glossary and a term")
        }
        let known = transaction.seen.entity(ofExactly: GlossaryTypes.glossary, "qualifiedName", cell(0))
        let glossary: EntityID
        if let known {
            glossary = known.id
        } else {
            var input = GlossaryInput()
            input.name = cell(0)
            glossary = try transaction.createGlossary(input)
        }
        var term = GlossaryInput()
        (term.name, term.anchor) = (cell(1), glossary)
        for (index, name) in [
            (2, "shortDescription"), (3, "longDescription"), (5, "abbreviation"), (6, "usage"),
        ]
        where !cell(index).isEmpty { term.attributes[name] = .string(cell(index)) }
        let examples = cell(4).split { $0 == "|" || $0 == "," }.map { JSONValue.string(String($0)) }
        if !examples.isEmpty { term.attributes["examples"] = .array(examples) }
        var more = JSONObject()
        for pair in cell(7).split(separator: "|") {
            let sides = pair.split(separator: ":", maxSplits: 1).map { $0.filter { $0 != "\"" } }
            if sides.count == 2 { more[sides[0]] = .string(sides[1]) }
        }
        if !more.isEmpty { term.attributes["additionalAttributes"] = .object(more) }
        _ = try transaction.createTerm(term)
    }

    private static func relate(_ cells: [String], _ transaction: inout CatalogTransaction)
        throws(CatalogError)
    {
        guard
            let term = transaction.seen.entity(
                ofExactly: GlossaryTypes.term,
                "qualifiedName",
                "\(cells[1])@\(cells[0])"
            )
        else { return }
        for (index, relation) in relations.enumerated()
        where 8 + index < cells.count && !cells[8 + index].isEmpty {
            let attribute = relation.prefix(1).lowercased() + relation.dropFirst()
            // What was related before stays: rows add to each other.
            let ends = transaction.seen.types.entityTypes[GlossaryTypes.term]?.ends[attribute] ?? []
            var references: [JSONValue] = transaction.seen.related(term.id, ends)
                .filter(\.relationship.isActive).map { ["guid": .string($0.entity.id.text)] }
            for pair in cells[8 + index].split(separator: "|") {
                let sides = pair.split(separator: ":", maxSplits: 1).map { $0.filter { $0 != "\"" } }
                let name = sides.count == 2 ? "\(sides[1])@\(sides[0])" : String(pair)
                let other = transaction.seen.entity(ofExactly: GlossaryTypes.term, "qualifiedName", name)
                guard let other else {
                    throw CatalogError(.unknownTerm, "\(name): Unknown/invalid glossary term")
                }
                guard other.id != term.id else {
                    throw CatalogError(
                        .relatedToItself,
                        "Invalid Term relationship: Term can't have a relationship with self"
                    )
                }
                references.append(["guid": .string(other.id.text)])
            }
            var input = EntityInput(
                typeName: GlossaryTypes.term,
                guid: term.id.text,
                attributes: JSONObject()
            )
            input.relationships = [attribute: .array(references)]
            try transaction.write([input], options: WriteOptions(isPartial: true))
        }
    }
}
