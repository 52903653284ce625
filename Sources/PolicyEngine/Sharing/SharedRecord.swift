/// A record of governed sharing in Ranger's JSON, kept as it came: datasets, projects, data shares, the resources in
/// those, and what lies in what.
///
/// - Source: Ranger's `RangerGds` classes.
package struct SharedRecord: Hashable, Sendable {
    /// The kinds of record; the raw values are what stores and addresses write.
    package enum Kind: String, CaseIterable, Hashable, Sendable {
        /// What people are given: data shares under one name, with who may use them.
        case dataset
        /// Datasets under one name, with who may use them.
        case project
        /// Resources of one service.
        case dataShare = "datashare"
        /// A resource in a data share.
        case resource
        /// That a data share is in a dataset.
        case shareInDataset = "dshid"
        /// That a dataset is in a project.
        case datasetInProject = "dip"

        /// The member that documents have records of this kind in; names as Ranger hands them out.
        package var listName: String {
            switch self {
            case .dataset: "datasets"
            case .project: "projects"
            case .dataShare: "dataShares"
            case .resource: "resources"
            case .shareInDataset: "dshids"
            case .datasetInProject: "dips"
            }
        }
    }

    /// A record by its kind and number.
    package struct Key: Hashable, Sendable {
        /// The kind.
        package let kind: Kind
        /// The number.
        package let id: Int64

        /// A key.
        package init(_ kind: Kind, _ id: Int64) {
            self.kind = kind
            self.id = id
        }

        /// Such as `dataset/3`.
        package var text: String { "\(kind.rawValue)/\(id)" }

        /// Reads what ``text`` writes; nil for anything else.
        package init?(_ text: String) {
            let parts = text.split(separator: "/", omittingEmptySubsequences: false)
            guard parts.count == 2, let kind = Kind(rawValue: String(parts[0])), let id = Int64(parts[1])
            else {
                return nil
            }
            self.init(kind, id)
        }
    }

    /// The service that policies of datasets and projects name.
    package static let policyService = SharingRecords.service

    /// What the engine needs of a record.
    enum Part: Hashable, Sendable {
        case collection(SharingDownload.Collection)
        case dataShare(SharingDownload.DataShare, service: String)
        case resource(SharingDownload.Resource)
        case link(SharingDownload.Link)
    }

    /// The kind.
    package let kind: Kind
    /// The number; nil before it was published.
    package let id: Int64?
    /// The name; empty for those that have none.
    package let name: String
    /// Whether it counts.
    let isEnabled: Bool
    let part: Part
    /// The whole record.
    package let document: JSONNode

    /// Reads Ranger's members; unknown ones are refused.
    ///
    /// - Throws: `DecodingError` with the path of what is wrong.
    package init(_ kind: Kind, document: JSONNode) throws {
        self.kind = kind
        self.document = document
        let decode = { (type: any SharedMembers.Type) throws -> any SharedMembers in
            try JSONNodeDecoder.decode(type, from: document, isStrict: true)
        }
        let members: any SharedMembers
        switch kind {
        case .dataset: members = try decode(DatasetMembers.self)
        case .project: members = try decode(ProjectMembers.self)
        case .dataShare: members = try decode(DataShareMembers.self)
        case .resource: members = try decode(SharedResourceMembers.self)
        case .shareInDataset, .datasetInProject:
            members = try decode(kind == .shareInDataset ? ShareLinkMembers.self : DatasetLinkMembers.self)
        }
        id = members.base.id
        isEnabled = members.base.isEnabled
        name = members.name
        part = members.part
    }

    /// Reads a record from its text.
    ///
    /// - Throws: `JSONError`, `DecodingError`.
    package init(_ kind: Kind, text: String) throws { try self.init(kind, document: JSONReader.read(text)) }

    /// The record as JSON, without white space.
    package var text: String { document.jsonText }

    /// The record with other values of some members.
    ///
    /// - Throws: `DecodingError` for values of the wrong type.
    package func setting(_ values: KeyValuePairs<String, JSONNode>) throws -> SharedRecord {
        var members = document.members ?? JSONMembers()
        for (name, value) in values { members.set(name, to: value) }
        return try SharedRecord(kind, document: .object(members))
    }

    /// The kind and number; -1 before it was published.
    package var key: Key { Key(kind, id ?? -1) }

    /// The records that it refers to, by number: what can't be taken away before it.
    package var references: [Key] {
        switch part {
        case .collection, .dataShare: []
        case .resource(let resource): [Key(.dataShare, resource.dataShareId)]
        case .link(let link):
            kind == .shareInDataset
                ? [Key(.dataShare, link.inner), Key(.dataset, link.outer)]
                : [Key(.dataset, link.inner), Key(.project, link.outer)]
        }
    }

    /// The row filter and the masks' expressions, with their places in messages.
    package var expressions: [(place: PolicyPlace, text: String)] {
        guard case .resource(let resource) = part else { return [] }
        let masks = resource.masks.enumerated().map { index, mask in
            (place.member("subResourceMasks[\(index)].maskInfo.valueExpr"), mask.mask?.valueExpr ?? "")
        }
        return ([(place.member("rowFilter.filterExpr"), resource.rowFilter)] + masks)
            .filter { !$0.1.isEmpty }
    }

    /// The service that a resource's data share is of; nil for other records.
    package func service(among records: [SharedRecord]) -> String? {
        guard case .resource(let resource) = part else { return nil }
        for record in records where record.key == Key(.dataShare, resource.dataShareId) {
            if case .dataShare(_, let service) = record.part { return service }
        }
        return nil
    }

    /// Its place in messages, such as ``dataset `sales` ``.
    package var place: PolicyPlace {
        PolicyPlace(kind.rawValue, name.isEmpty ? id.map { "\($0)" } ?? "" : name)
    }

    /// Reads a document: an object with lists of records, by kind.
    ///
    /// - Throws: `.unreadable` with the line of what is no JSON, or the path of an unknown member or wrong value.
    package static func read(_ bytes: [UInt8], name: String) throws(PolicyError) -> [SharedRecord] {
        let place = PolicyPlace("file", name)
        let fail = { (why: String) in PolicyError(.unreadable(kind: "shares", why: why), at: place) }
        let node: JSONNode
        do throws(JSONError) { node = try JSONReader.read(bytes) } catch { throw fail("\(error)") }
        guard let members = node.members else {
            throw fail("no object with `datasets`, `dataShares` and so on")
        }
        let known = Set(Kind.allCases.map(\.listName))
        if let unknown = members.names.first(where: { !known.contains($0) }) {
            throw fail("unknown member `\(unknown)`")
        }
        var records: [SharedRecord] = []
        for kind in Kind.allCases {
            guard let value = node[kind.listName] else { continue }
            guard let list = value.list else { throw fail("`\(kind.listName)` must be a list") }
            for (index, node) in list.enumerated() {
                let path = "\(kind.listName)[\(index)]"
                do { records.append(try SharedRecord(kind, document: node)) } catch {
                    throw fail((error as? DecodingError)?.sentence(at: path) ?? "`\(path)`: \(error)")
                }
            }
        }
        return records
    }

    /// Writes records as the document that ``read(_:name:)`` reads; members stand as they came.
    package static func document(of records: [SharedRecord]) -> JSONNode {
        var members = JSONMembers()
        for kind in Kind.allCases {
            members.append(kind.listName, .array(records.filter { $0.kind == kind }.map(\.document)))
        }
        return .object(members)
    }
}
