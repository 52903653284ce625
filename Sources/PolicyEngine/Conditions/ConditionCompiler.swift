import CatalogModel

/// Turns conditions of policies into rules.
struct ConditionCompiler: Sendable {
    let definition: ServiceDefinition
    let times: ValidityTimes
    let isLenient: Bool

    /// The rule; nil for a condition that counts as true, as Ranger has it.
    ///
    /// - Throws: unless lenient, `.unknown` and `.unsupported` for what Ranger would ignore, `.unreadable` for values that
    ///   can't be read.
    func rule(_ condition: PolicyCondition, at place: PolicyPlace) throws(PolicyError) -> ConditionRule? {
        let known = definition.policyConditions.first { $0.name == condition.type }
        guard let known else {
            if condition.type == "_expression", !isLenient {
                return try script(condition.values.first ?? "", place)
            }
            if isLenient { return nil }
            let names = definition.policyConditions.map(\.name)
            throw PolicyError(.unknown(kind: "condition", name: condition.type, known: names), at: place)
        }
        let values = condition.values
        let evaluator = known.evaluator.split(separator: ".").last.map(String.init) ?? ""
        let option = { (name: String) in known.evaluatorOptions[name] ?? "" }
        switch evaluator {
        case "RangerScriptConditionEvaluator": return try script(values.first ?? "", place)
        case "RangerScriptTemplateConditionEvaluator":
            let isInverted = ["false", "no"].contains((values.first ?? "").lowercased())
            return try script(option("scriptTemplate"), place, isInverted: isInverted)
        case "RangerIpMatcher": return .address(values.map(AddressPattern.init))
        case "RangerTimeOfDayMatcher": return .timeOfDay(try times(values, place))
        case "RangerContextAttributeValueInCondition":
            return .attribute(name: option("attributeName"), values: Set(values), isWanted: true)
        case "RangerContextAttributeValueNotInCondition":
            return .attribute(name: option("attributeName"), values: Set(values), isWanted: false)
        case "RangerSimpleMatcher":
            return .attributePattern(name: option("CONTEXT_NAME"), patterns: values)
        case "RangerAccessedFromClusterCondition":
            return .cluster(values: Set(values), isKind: false, isWanted: true)
        case "RangerAccessedNotFromClusterCondition":
            return .cluster(values: Set(values), isKind: false, isWanted: false)
        case "RangerAccessedFromClusterTypeCondition":
            return .cluster(values: Set(values), isKind: true, isWanted: true)
        case "RangerAccessedNotFromClusterTypeCondition":
            return .cluster(values: Set(values), isKind: true, isWanted: false)
        case "RangerTagsAllPresentConditionEvaluator": return .tags(Set(values), .all)
        case "RangerAnyOfExpectedTagsPresentConditionEvaluator": return .tags(Set(values), .any)
        case "RangerNoneOfExpectedTagsPresentConditionEvaluator": return .tags(Set(values), .none)
        case "RangerHiveResourcesAccessedTogetherCondition":
            return .together(values.compactMap(TogetherPattern.init), isWanted: true)
        case "RangerHiveResourcesNotAccessedTogetherCondition":
            return .together(values.compactMap(TogetherPattern.init), isWanted: false)
        case "RangerActionMatcher": return .action(values)
        case "RangerValidityScheduleConditionEvaluator": return try validity(values.first ?? "", place)
        default:
            if isLenient { return nil }
            throw PolicyError(.unsupported("condition `\(condition.type)`"), at: place)
        }
    }

    private func script(_ text: String, _ place: PolicyPlace, isInverted: Bool = false) throws(PolicyError)
        -> ConditionRule?
    {
        guard !text.trimmed.isEmpty else {
            if isLenient { return nil }
            throw PolicyError(.missing("the expression"), at: place)
        }
        let script = Script(text)
        if case .broken = script.body, !isLenient {
            throw PolicyError(.unreadable(kind: "expression", why: "it is no JavaScript"), at: place)
        }
        if !isLenient { try RegexCheck.check(text, at: place) }
        return .script(script, isInverted: isInverted)
    }

    private func times(_ values: [String], _ place: PolicyPlace) throws(PolicyError) -> [TimeOfDay] {
        let read = values.compactMap(TimeOfDay.init)
        guard isLenient || read.count == values.count else {
            throw PolicyError(.unreadable(kind: "time of day", why: "write such as `9am-5pm`"), at: place)
        }
        return read
    }

    private func validity(_ text: String, _ place: PolicyPlace) throws(PolicyError) -> ConditionRule? {
        do {
            let node = try JSONReader.read(text, isLenient: true)
            let schedule = try JSONNodeDecoder.decode(ValiditySchedule.self, from: node, isStrict: !isLenient)
            return .validity(try schedule.period(times, at: place))
        } catch let error as PolicyError {
            throw error
        } catch {
            if isLenient { return .validity(ValidityPeriod(from: .max, until: .min, recurrences: [])) }
            throw PolicyError(.unreadable(kind: "validity schedule", why: "it is no JSON of one"), at: place)
        }
    }
}
