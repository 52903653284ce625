/// Why policies can't be put into force, and where the trouble is.
///
/// Holds names, never an expression or a value of a policy.
package struct PolicyError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong.
    package let problem: PolicyProblem
    /// Where.
    package let place: PolicyPlace

    /// Joins a problem and its place.
    package init(_ problem: PolicyProblem, at place: PolicyPlace) {
        self.problem = problem
        self.place = place
    }

    /// Such as ``policy `sales` of service `hive`, denyPolicyItems[2].accesses: unknown access type `selct` ``.
    package var description: String { "\(place): \(problem)" }
}

/// A place in a policy, service definition, role or document, as precise as it is known.
package struct PolicyPlace: Hashable, Sendable, CustomStringConvertible {
    /// What kind of thing, such as `policy`, `service`, `role`, `test`.
    package var kind: String
    /// Its name, or its position in the file when it has none.
    package var name: String
    /// The service it belongs to; empty when it is none's.
    package var service: String
    /// The member within it, such as `denyPolicyItems[2].accesses`; empty for the whole.
    package var member: String

    /// A place.
    package init(_ kind: String, _ name: String, service: String = "", member: String = "") {
        self.kind = kind
        self.name = name
        self.service = service
        self.member = member
    }

    /// Kind, name, service and member.
    package var description: String {
        let owner = service.isEmpty ? "" : " of service `\(service)`"
        return "\(kind) `\(name)`\(owner)" + (member.isEmpty ? "" : ", \(member)")
    }

    /// The same place, further in.
    func member(_ member: String) -> PolicyPlace {
        var place = self
        place.member = self.member.isEmpty ? member : "\(self.member).\(member)"
        return place
    }
}

/// What can be wrong with policies.
package enum PolicyProblem: Error, Hashable {
    /// A name that nothing has; `kind` says what it was looked up as.
    case unknown(kind: String, name: String, known: [String])
    /// A name or id that is there twice.
    case duplicate(kind: String, name: String)
    /// Something that must be there and isn't.
    case missing(String)
    /// More than a documented limit allows.
    case tooMuch(of: String, limit: Int)
    /// Things that contain each other.
    case cycle([String])
    /// Text that can't be read as what it should be.
    case unreadable(kind: String, why: String)
    /// Things that don't go together.
    case contradiction(String)
    /// Something of Ranger's that isn't understood here, so that it is refused rather than ignored.
    case unsupported(String)
}

extension PolicyProblem: CustomStringConvertible {
    /// Lower case, names in backticks.
    package var description: String {
        switch self {
        case .unknown(let kind, let name, let known):
            let choices = known.prefix(20).map { "`\($0)`" }.joined(separator: ", ")
            return "unknown \(kind) `\(name)`" + (known.isEmpty ? "" : ": known are \(choices)")
        case .duplicate(let kind, let name): return "duplicate \(kind) `\(name)`"
        case .missing(let what): return "\(what) missing"
        case .tooMuch(let what, let limit): return "too many \(what): the limit is \(limit)"
        case .cycle(let names): return "cycle: " + names.map { "`\($0)`" }.joined(separator: " > ")
        case .unreadable(let kind, let why): return "unreadable \(kind): \(why)"
        case .contradiction(let text): return text
        case .unsupported(let what): return "not supported: \(what)"
        }
    }
}

/// How large policies may be.
package enum PolicyLimits {
    /// Numbers of policies and other records lie below.
    package static let lastId: Int64 = 1 << 62
    /// Items of one policy, over all its lists.
    package static let itemsPerPolicy = 10_000
    /// Bytes of text in one policy, over all its members.
    package static let bytesPerPolicy = 1 << 20
    /// Further resources of one policy, and times at which it counts, each.
    package static let listsPerPolicy = 10_000
    /// Roles that hold each other in a row.
    package static let rolesWithinRoles = 256
    /// Access types of one service, with those that it implies.
    package static let accessTypesPerService = 128
    /// Bytes of the name of a dataset, project or data share.
    package static let bytesPerSharedName = 512
    /// Resources of one service in all security zones.
    package static let zoneResourcesPerService = 5_000
    /// Levels of one service's resources.
    package static let resourcesPerService = 64
}
