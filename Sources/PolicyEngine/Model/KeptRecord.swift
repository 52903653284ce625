/// A record in Ranger's JSON, kept as it came, so that it goes out as it came in.
///
/// What the engine needs of it is read once; everything else stays in the document.
package protocol KeptRecord: Hashable, Sendable {
    /// What one is called in messages, such as `zone`.
    static var kind: String { get }
    /// The member that lists have them in, such as `securityZones`.
    static var listName: String { get }
    /// The whole record, each member as it was given.
    var document: JSONNode { get }

    /// Reads a record; unknown members are refused.
    ///
    /// - Throws: `DecodingError` with the path of what is wrong.
    init(document: JSONNode) throws
}

extension KeptRecord {
    /// The record with other values of some members.
    ///
    /// - Throws: `DecodingError` for values of the wrong type.
    func setting(_ values: KeyValuePairs<String, JSONNode>) throws -> Self {
        var members = document.members ?? JSONMembers()
        for (name, value) in values { members.set(name, to: value) }
        return try Self(document: .object(members))
    }

    /// Reads one record from its text.
    ///
    /// - Throws: `JSONError`, `DecodingError`.
    package init(text: String) throws { try self.init(document: JSONReader.read(text)) }

    /// The record as JSON, without white space.
    package var text: String { document.jsonText }

    /// Reads records: a list, an object with a list of them, or one record.
    ///
    /// - Throws: `.unreadable` with the line of what is no JSON, or the path of an unknown member or wrong value.
    package static func read(_ bytes: [UInt8], name: String) throws(PolicyError) -> [Self] {
        let place = PolicyPlace("file", name)
        let node: JSONNode
        do throws(JSONError) { node = try JSONReader.read(bytes) } catch {
            throw PolicyError(.unreadable(kind: kind, why: "\(error)"), at: place)
        }
        return try read(node, at: place)
    }

    /// Reads records of a document, as ``read(_:name:)`` does.
    package static func read(_ node: JSONNode, at place: PolicyPlace) throws(PolicyError) -> [Self] {
        var nodes: [(path: String, node: JSONNode)] = [("", node)]
        if let list = node.list ?? node[listName]?.list {
            if let unknown = node.members?.names.first(where: { $0 != listName && !pageMembers.contains($0) })
            {
                throw PolicyError(.unreadable(kind: kind, why: "unknown member `\(unknown)`"), at: place)
            }
            let prefix = node.list == nil ? listName : ""
            nodes = list.enumerated().map { ("\(prefix)[\($0.offset)]", $0.element) }
        }
        var records: [Self] = []
        for (path, node) in nodes {
            do {
                records.append(try Self(document: node))
            } catch let error as DecodingError {
                throw PolicyError(.unreadable(kind: kind, why: error.sentence(at: path)), at: place)
            } catch {
                throw PolicyError(.unreadable(kind: kind, why: "`\(path)`: \(error)"), at: place)
            }
        }
        return records
    }

    /// Writes records as the object that ``read(_:name:)`` reads; members stand as they came.
    package static func list(_ records: [Self]) -> JSONNode {
        var members = JSONMembers()
        members.append(listName, .array(records.map(\.document)))
        return .object(members)
    }
}

/// What Ranger Admin says of a page beside its records.
private let pageMembers: Set<String> = [
    "metaDataInfo", "startIndex", "pageSize", "totalCount", "resultSize", "sortType", "sortBy",
    "queryTimeMS",
]

extension DecodingError {
    /// What is wrong, with its path below a place of the document.
    func sentence(at path: String) -> String {
        let context: DecodingError.Context
        var problem: String?
        switch self {
        case .typeMismatch(_, let its), .valueNotFound(_, let its):
            context = its
            problem = "has the wrong type"
        case .dataCorrupted(let its): context = its
        case .keyNotFound(let key, let its):
            context = its
            problem = "lacks `\(key.stringValue)`"
        @unknown default: return "`\(path)` can't be read"
        }
        let place = context.codingPath.reduce(path) { path, key in
            if let index = key.intValue { return "\(path)[\(index)]" }
            return path.isEmpty ? key.stringValue : "\(path).\(key.stringValue)"
        }
        if context.debugDescription.hasPrefix("unknown member") { return "unknown member `\(place)`" }
        return place.isEmpty
            ? problem ?? context.debugDescription : "`\(place)`: \(problem ?? context.debugDescription)"
    }
}
