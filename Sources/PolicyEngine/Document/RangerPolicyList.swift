/// Policies as Ranger Admin exports and imports them: an object with `policies`, and facts about the export.
///
/// Also read: a bare list of policies, and one policy. Unknown members are always refused.
/// - Source: Ranger's `RangerExportPolicyList` and `RangerPolicyList`.
package struct RangerPolicyList: Hashable, Sendable {
    /// The policies, in the order of the file.
    package let policies: [Policy]

    /// Reads a file of at most so many bytes as the caller let through.
    ///
    /// - Parameters:
    ///   - bytes: The file.
    ///   - name: What it is called in errors.
    ///   - write: Writes a policy as JSON; asked for each policy, to be sure that nothing of it would be lost.
    /// - Throws: `.unreadable` with the path of an unknown member, of a value of a wrong type, or of a value that
    ///   would not come out again as it went in.
    package init(
        _ bytes: [UInt8],
        name: String,
        written write: (Policy) throws -> [UInt8]
    ) throws(PolicyError) {
        let nodes = try RangerPolicyList.nodes(bytes, name: name)
        var policies: [Policy] = []
        for (path, node) in nodes {
            let policy: Policy
            do {
                policy = try JSONNodeDecoder.decode(Policy.self, from: node, isStrict: true)
            } catch let error as DecodingError {
                throw RangerPolicyList.error(error, at: path, in: name)
            } catch {
                throw RangerPolicyList.error("no policy: \(error)", in: name)
            }
            guard let kept = try? JSONReader.read(try write(policy)) else {
                throw RangerPolicyList.error("\(path) can't be written again", in: name)
            }
            if let lost = node.firstLoss(in: kept, at: path) {
                throw RangerPolicyList.error(
                    "`\(lost)` would not come out again as it is: its type or value isn't kept",
                    in: name
                )
            }
            policies.append(policy)
        }
        self.policies = policies
    }

    private static func nodes(_ bytes: [UInt8], name: String) throws(PolicyError) -> [(String, JSONNode)] {
        let document: JSONNode
        do throws(JSONError) { document = try JSONReader.read(bytes) } catch {
            throw self.error("\(error)", in: name)
        }
        if let list = document.list { return list.enumerated().map { ("[\($0.offset)]", $0.element) } }
        guard let members = document.members else {
            throw error("neither an object with `policies` nor a list of policies", in: name)
        }
        guard members.names.contains("policies") else { return [("policy", document)] }
        if let unknown = members.names.first(where: { !envelope.contains($0) }) {
            throw error("unknown member `\(unknown)`", in: name)
        }
        guard let list = document["policies"]?.list else {
            throw error("`policies` is no list", in: name)
        }
        return list.enumerated().map { ("policies[\($0.offset)]", $0.element) }
    }

    /// What stands beside the policies: facts about the export, and about the page when it came as pages.
    private static let envelope: Set<String> = [
        "metaDataInfo", "policies", "startIndex", "pageSize", "totalCount", "resultSize", "sortType",
        "sortBy",
        "queryTimeMS",
    ]

    private static func error(_ why: String, in name: String) -> PolicyError {
        PolicyError(.unreadable(kind: "export", why: why), at: PolicyPlace("file", name))
    }

    private static func error(_ found: DecodingError, at path: String, in name: String) -> PolicyError {
        let context: DecodingError.Context
        var problem: String?
        switch found {
        case .typeMismatch(_, let its), .valueNotFound(_, let its):
            context = its
            problem = "has the wrong type"
        case .dataCorrupted(let its): context = its
        case .keyNotFound(let key, let its):
            context = its
            problem = "lacks `\(key.stringValue)`"
        @unknown default: return error("`\(path)` can't be read", in: name)
        }
        let place = context.codingPath.reduce(path) { path, key in
            key.intValue.map { "\(path)[\($0)]" } ?? "\(path).\(key.stringValue)"
        }
        if context.debugDescription.hasPrefix("unknown member") {
            return error("unknown member `\(place)`", in: name)
        }
        return error("`\(place)`: \(problem ?? context.debugDescription)", in: name)
    }
}

extension JSONNode {
    /// The path of the first value of this document that another, written from what was read, doesn't have.
    ///
    /// Absent, `null` and empty are the same to Ranger; so are `true` and its text where a flag is meant, and a time
    /// as text and as epoch milliseconds. What the other has beyond this is left to its reader.
    /// - Returns: Nil when nothing is lost.
    package func firstLoss(in kept: JSONNode?, at path: String = "") -> String? {
        switch (self, kept) {
        case (.null, _): return nil
        case (.string(""), nil), (.string(""), .string("")): return nil
        case (.array(let list), _):
            let own = list.filter { !$0.isNull }
            let others = kept?.list ?? []
            guard own.count == others.count else { return path }
            for (index, (mine, other)) in zip(own, others).enumerated() {
                if let lost = mine.firstLoss(in: other, at: "\(path)[\(index)]") { return lost }
            }
            return nil
        case (.object(let members), _):
            guard kept == nil || kept?.members != nil else { return path }
            guard Set(members.names).count == members.names.count else { return path }
            for (name, value) in zip(members.names, members.values) {
                let inner = path.isEmpty ? name : "\(path).\(name)"
                if let lost = value.firstLoss(in: kept?[name], at: inner) { return lost }
            }
            return nil
        case (.string(let text), .bool(let flag)?): return text == (flag ? "true" : "false") ? nil : path
        case (.string(let text), .integer(let number)?):
            return RangerTime.milliseconds(of: text) == number ? nil : path
        default: return self == kept ? nil : path
        }
    }
}
