import CatalogModel

/// Refuses zones that can't mean what they say: which resource is in which zone must be plain to see.
struct ZoneChecker {
    private let services: [String: PolicyService]
    private let options: CompileOptions

    init(services: [PolicyService], options: CompileOptions) {
        self.services = Dictionary(
            services.map { ($0.name.text, $0) },
            uniquingKeysWith: { first, _ in first }
        )
        self.options = options
    }

    /// Checks all zones together.
    ///
    /// - Throws: `.duplicate`, `.unknown`, `.missing`, `.contradiction` for what lies in two zones, `.tooMuch`.
    func check(_ zones: [SecurityZone]) throws(PolicyError) {
        var names: Set<String> = []
        var resources: [String: [ZoneResource]] = [:]
        for zone in zones {
            let place = PolicyPlace("zone", zone.name)
            guard !zone.name.isEmpty else { throw PolicyError(.missing("`name`"), at: place) }
            guard names.insert(zone.name).inserted else {
                throw PolicyError(.duplicate(kind: "zone", name: zone.name), at: place)
            }
            for (index, name) in zone.tagServices.enumerated() {
                guard services.values.contains(where: { $0.tagService?.text == name }) else {
                    let known = Set(services.values.compactMap { $0.tagService?.text }).sorted()
                    let problem = PolicyProblem.unknown(kind: "tag service", name: name, known: known)
                    throw PolicyError(problem, at: place.member("tagServices[\(index)]"))
                }
            }
            for (name, list) in zone.services.sorted(by: { $0.key < $1.key }) {
                let place = place.member("services.\(name)")
                guard let service = services[name] else {
                    let problem = PolicyProblem.unknown(
                        kind: "service",
                        name: name,
                        known: services.keys.sorted()
                    )
                    throw PolicyError(problem, at: place)
                }
                guard list.isEmpty || !services.values.contains(where: { $0.tagService?.text == name }) else {
                    let text = "`\(name)` is a tag service: name it among `tagServices`, without resources"
                    throw PolicyError(.contradiction(text), at: place)
                }
                // A tag service is a member of a zone without resources, as Ranger writes it.
                if list.isEmpty, zone.tagServices.contains(name) { continue }
                guard !list.isEmpty else { throw PolicyError(.missing("`resources`"), at: place) }
                for (index, values) in list.enumerated() {
                    let place = place.member("resources[\(index)]")
                    try check(values, of: service, at: place)
                    resources[name, default: []].append(
                        ZoneResource(zone: zone.name, values: values, place: place)
                    )
                }
            }
        }
        for (name, list) in resources.sorted(by: { $0.key < $1.key }) {
            guard let service = services[name] else { continue }
            try checkApart(list, service.definition)
        }
    }

    private func check(
        _ values: [String: [String]],
        of service: PolicyService,
        at place: PolicyPlace
    ) throws(PolicyError) {
        for (level, texts) in values.sorted(by: { $0.key < $1.key }) {
            let place = place.member(level)
            guard !texts.isEmpty, !texts.contains("") else { throw PolicyError(.missing("value"), at: place) }
            // Whether something is in a zone can't hang on who asks.
            guard !texts.contains(where: { $0.contains("{") }) else {
                throw PolicyError(.unsupported("`{…}` in a zone"), at: place)
            }
        }
        guard values.values.contains(where: { !$0.allSatisfy { $0.allSatisfy { $0 == "*" } } }) else {
            throw PolicyError(.contradiction("a zone can't be everything that there is"), at: place)
        }
        var policy = Policy()
        policy.name = place.name
        policy.resources = service.definition.policyResource(values)
        do throws(PolicyError) {
            var builder = try RepositoryBuilder(
                service: service.name.text,
                definition: service.definition,
                options: options
            )
            var types = try AccessTypeTable([], at: place)
            var table = PrincipalTable()
            _ = try builder.build([policy], &types, &table)
        } catch {
            throw PolicyError(error.problem, at: place)
        }
    }

    /// No two zones may hold the same resource, nor one what lies within a resource of the other.
    private func checkApart(_ list: [ZoneResource], _ definition: ServiceDefinition) throws(PolicyError) {
        guard list.count <= PolicyLimits.zoneResourcesPerService else {
            let problem = PolicyProblem.tooMuch(
                of: "resources in zones",
                limit: PolicyLimits.zoneResourcesPerService
            )
            throw PolicyError(problem, at: list.last?.place ?? PolicyPlace("service", definition.name))
        }
        for (index, one) in list.enumerated() {
            for other in list[..<index] where other.zone != one.zone && one.overlaps(other, definition) {
                let text = "some of it lies in zone `\(other.zone)`, too"
                throw PolicyError(.contradiction(text), at: one.place)
            }
        }
    }
}

/// A resource that a zone names.
private struct ZoneResource {
    let zone: String
    let values: [String: [String]]
    let place: PolicyPlace

    /// Whether something may lie in both; levels that one doesn't name hold anything.
    func overlaps(_ other: ZoneResource, _ definition: ServiceDefinition) -> Bool {
        let shared = Set(values.keys).intersection(other.values.keys)
        // Resources of hierarchies that have no level in common are never the same.
        guard !shared.isEmpty else { return false }
        return shared.allSatisfy { level in
            let isNested = definition.resources.first { $0.name == level }?.recursiveSupported ?? false
            return (values[level] ?? []).contains { one in
                (other.values[level] ?? []).contains { GlobOverlap.meets(one, $0, isNested: isNested) }
            }
        }
    }
}

/// Whether two patterns have a text in common.
enum GlobOverlap {
    /// Ignoring case; `*` is any text and `?` any character, also where a level takes them literally.
    ///
    /// With `isNested` a pattern means what lies below it, too.
    static func meets(_ one: String, _ other: String, isNested: Bool) -> Bool {
        let one = Array(one.lowercased().unicodeScalars)
        let other = Array(other.lowercased().unicodeScalars)
        if meets(one, other) { return true }
        guard isNested else { return false }
        return meets(one + below(one), other) || meets(one, other + below(other))
    }

    private static func below(_ pattern: [Unicode.Scalar]) -> [Unicode.Scalar] {
        pattern.last == "/" ? [star] : ["/", star]
    }

    private static let star: Unicode.Scalar = "*"
    private static let question: Unicode.Scalar = "?"

    /// Cost: the product of the lengths.
    private static func meets(_ one: [Unicode.Scalar], _ other: [Unicode.Scalar]) -> Bool {
        // A row for each beginning of `one`: which beginnings of `other` have a text in common with it.
        var row = [Bool](repeating: false, count: other.count + 1)
        row[0] = true
        for index in other.indices { row[index + 1] = row[index] && other[index] == star }
        for ours in one {
            var next = [Bool](repeating: false, count: other.count + 1)
            next[0] = row[0] && ours == star
            for index in other.indices {
                let theirs = other[index]
                if ours == star || theirs == star {
                    next[index + 1] = next[index] || row[index + 1]
                } else {
                    next[index + 1] = row[index] && (ours == theirs || ours == question || theirs == question)
                }
            }
            row = next
        }
        return row[other.count]
    }
}
