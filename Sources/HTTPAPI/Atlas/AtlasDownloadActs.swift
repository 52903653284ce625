import Catalog
import CatalogModel
import Governance

/// Results of searches as tables (CSV) to download.
enum AtlasDownloadActs {
    @Sendable static func orderBasic(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        let parameters = try searchParameters(request)
        // What can't be searched is refused now and not when somebody waits for the file.
        let view = try request.view()
        _ = try view.graph.search(try AtlasSearch(parameters).question, now: view.now)
        return keep(request, parameters, .basic, view)
    }

    @Sendable static func orderQuery(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        let parameters = try searchParameters(request)
        let view = try request.view()
        _ = try view.graph.ask(parameters.text("query") ?? "", limit: 1, offset: 0, now: view.now)
        return keep(request, parameters, .dsl, view)
    }

    @Sendable static func orderGlossary(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        let parameters = try searchParameters(request)
        _ = try AtlasGlossarySearch(parameters)
        return keep(request, parameters, .glossary, try request.view())
    }

    /// The search itself, or what holds it beside the headings wanted.
    private static func searchParameters(_ request: AtlasRequest) throws(CatalogError) -> JSONObject {
        // It is kept: many large ones would fill the memory.
        guard request.body.count <= AtlasMemory.mostBytes else {
            throw CatalogError(
                .badRequest,
                "a search whose result is to be downloaded has at most \(AtlasMemory.mostBytes) bytes"
            )
        }
        let body = try request.object()
        return body["searchParameters"]?.object ?? body["exportParameters"]?.object ?? body
    }

    private static func keep(
        _ request: AtlasRequest,
        _ parameters: JSONObject,
        _ kind: AtlasMemory.Download.Kind,
        _ view: CatalogView
    ) -> AtlasResponse {
        let count = request.memory.downloads(of: request.caller.user).count { $0.time == view.now }
        let suffix = count == 0 ? "" : "_\(count)"
        let download = AtlasMemory.Download(
            fileName: "\(view.user)_\(kind.rawValue)_\(view.now)\(suffix).csv",
            kind: kind,
            parameters: parameters,
            time: view.now
        )
        request.memory.add(download, of: request.caller.user)
        return .done
    }

    @Sendable static func status(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        status(request) { $0 != .glossary }
    }

    @Sendable static func glossaryStatus(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        status(request) { $0 == .glossary }
    }

    private static func status(
        _ request: AtlasRequest,
        _ isWanted: (AtlasMemory.Download.Kind) -> Bool
    ) -> AtlasResponse {
        let user = request.caller.user
        return .value([
            "searchDownloadRecords": .array(
                request.memory.downloads(of: user).filter { isWanted($0.kind) }.map { download in
                    [
                        "fileName": .string(download.fileName), "status": "COMPLETE",
                        "createdBy": .string(user.text), "createdTime": .integer(download.time),
                        "startTime": .integer(download.time),
                    ]
                }
            )
        ])
    }

    @Sendable static func file(_ request: AtlasRequest) throws(CatalogError) -> AtlasResponse {
        let name = request.segment("name")
        // Only names that were given out to this caller are known, so there is no path to lead anywhere.
        guard
            let download = request.memory.downloads(of: request.caller.user).first(where: {
                $0.fileName == name
            })
        else { throw CatalogError(.badRequest, "there is no file of that name for you: see download/status") }
        let view = try request.view()
        let rows: [String]
        switch download.kind {
        case .basic: rows = try entities(download, view)
        case .dsl: rows = try answers(download, view)
        case .glossary: rows = try glossary(download, view)
        }
        return .bytes(Array(rows.joined().utf8), mediaType: "text/csv", fileName: name)
    }

    private static func entities(
        _ download: AtlasMemory.Download,
        _ view: CatalogView
    ) throws(CatalogError) -> [String] {
        let search = try AtlasSearch(download.parameters)
        var question = search.question
        (question.offset, question.limit) = (0, SearchQuestion.maximumLimit)
        return table(of: try view.graph.search(question, now: view.now).entities, search.attributes, view)
    }

    private static func glossary(
        _ download: AtlasMemory.Download,
        _ view: CatalogView
    ) throws(CatalogError) -> [String] {
        let head = [
            "Type", "Glossary", "Name", "Qualified name", "Short description", "Long description", "Status",
            "Classifications",
        ]
        let rows = try AtlasGlossarySearch(download.parameters).rows(view.graph)
        return [line(head)]
            + rows.prefix(SearchQuestion.maximumLimit).map { row in
                let texts = ["qualifiedName", "shortDescription", "longDescription"].map {
                    row.entity.attributes.text($0) ?? ""
                }
                let names = [row.glossary, row.entity].map { view.graph.displayText(of: $0) }
                let tags = view.graph.tagNames(on: row.entity.id).map(\.text).joined(separator: ", ")
                return line([row.isTerm ? "TERM" : "CATEGORY"] + names + texts + [row.status ?? "", tags])
            }
    }

    private static func answers(
        _ download: AtlasMemory.Download,
        _ view: CatalogView
    ) throws(CatalogError) -> [String] {
        let text = download.parameters.text("query") ?? ""
        let limit = SearchQuestion.maximumLimit
        switch try view.graph.ask(text, limit: limit, offset: 0, now: view.now).content {
        case .entities(let entities): return table(of: entities, [], view)
        case .table(let names, let rows):
            return [line(names)]
                + rows.map { row in
                    line(
                        row.map { cell in
                            switch cell {
                            case .value(let value): value.text ?? value.json
                            case .entities(let ids):
                                ids.compactMap { view.graph[$0] }.map { view.graph.displayText(of: $0) }
                                    .joined(separator: ", ")
                            }
                        }
                    )
                }
        }
    }

    private static func table(of entities: [Entity], _ attributes: [String], _ view: CatalogView) -> [String]
    {
        let more = Set(attributes).subtracting(["name", "owner", "description"]).sorted()
        let head = ["Type", "Name", "Classifications", "Terms", "Owner", "Description"]
        return [line(head + more)]
            + entities.map { entity in
                let terms = view.graph.terms(of: entity.id).map { view.graph.displayText(of: $0.entity) }
                let plain = ["owner", "description"].map { entity.attributes.text($0) ?? "" }
                let values = more.map { name in
                    (entity.attributes[name] ?? view.graph.systemAttribute(name, of: entity)).map {
                        $0.isNull ? "" : $0.text ?? $0.json
                    } ?? ""
                }
                return line(
                    [
                        entity.typeName, view.graph.displayText(of: entity),
                        view.graph.tagNames(on: entity.id).map(\.text).joined(separator: ", "),
                        terms.joined(separator: ", "),
                    ] + plain + values
                )
            }
    }

    /// A line of CSV (RFC 4180); a cell that a spreadsheet would take for a formula is kept from it.
    private static func line(_ cells: [String]) -> String {
        cells.map { cell in
            let isFormula = cell.first.map { "=+-@\t\r".contains($0) } ?? false
            let text = isFormula ? "'\(cell)" : cell
            let isPlain = !text.contains { ",\"\r\n".contains($0) || $0.isNewline }
            return isPlain ? text : "\"\(text.replacing("\"", with: "\"\""))\""
        }.joined(separator: ",") + "\r\n"
    }
}
