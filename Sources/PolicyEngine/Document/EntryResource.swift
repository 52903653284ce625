/// The values of one level: written as one text, a list, or in full.
struct EntryResource: Hashable, Sendable {
    var values: [String]
    var excludes = false
    var recursive = false

    init(_ resource: PolicyResource) {
        values = resource.values
        excludes = resource.isExcludes
        recursive = resource.isRecursive
    }

    var ranger: PolicyResource {
        var resource = PolicyResource()
        resource.values = values
        resource.isExcludes = excludes
        resource.isRecursive = recursive
        return resource
    }
}

extension EntryResource: Codable {
    private enum Name: String, CodingKey, CaseIterable {
        case values, excludes, recursive
    }

    init(from decoder: any Decoder) throws {
        if let text = try? decoder.singleValueContainer().decode(String.self) {
            values = [text]
        } else if let list = try? decoder.singleValueContainer().decode([String].self) {
            values = list
        } else {
            let members = try MemberReader(decoder, names: Name.self, alwaysStrict: true)
            values =
                try (try? members.optional(Name.values, String.self)).flatMap { $0.map { [$0] } }
                ?? members.list(Name.values)
            excludes = try members.value(Name.excludes, default: false)
            recursive = try members.value(Name.recursive, default: false)
        }
    }

    func encode(to encoder: any Encoder) throws {
        guard excludes || recursive else {
            var container = encoder.singleValueContainer()
            if values.count == 1 { try container.encode(values[0]) } else { try container.encode(values) }
            return
        }
        var members = MemberWriter(encoder, names: Name.self)
        try members.put(.values, values)
        try members.put(.excludes, excludes ? true : nil)
        try members.put(.recursive, recursive ? true : nil)
    }
}

/// A condition of a document.
struct EntryCondition: Hashable, Sendable {
    var type: String
    var values: [String]

    init(_ condition: PolicyCondition) {
        type = condition.type
        values = condition.values
    }

    var ranger: PolicyCondition {
        var condition = PolicyCondition()
        condition.type = type
        condition.values = values
        return condition
    }
}

extension EntryCondition: Codable {
    private enum Name: String, CodingKey, CaseIterable {
        case type, values
    }

    init(from decoder: any Decoder) throws {
        let members = try MemberReader(decoder, names: Name.self, alwaysStrict: true)
        type = try members.value(Name.type, default: "")
        values = try members.list(Name.values)
    }

    func encode(to encoder: any Encoder) throws {
        var members = MemberWriter(encoder, names: Name.self)
        try members.put(.type, type)
        try members.put(.values, values)
    }
}

/// A validity period of a document.
struct EntryValidity: Hashable, Sendable {
    var from: String
    var until: String
    var timeZone: String
    var recurrences: [Recurrence]

    init(_ schedule: ValiditySchedule) {
        from = schedule.startTime
        until = schedule.endTime
        timeZone = schedule.timeZone
        recurrences = schedule.recurrences
    }

    var ranger: ValiditySchedule {
        var schedule = ValiditySchedule()
        schedule.startTime = from
        schedule.endTime = until
        schedule.timeZone = timeZone
        schedule.recurrences = recurrences
        return schedule
    }
}

extension EntryValidity: Codable {
    private enum Name: String, CodingKey, CaseIterable {
        case from, until, timeZone, recurrences
    }

    init(from decoder: any Decoder) throws {
        let members = try MemberReader(decoder, names: Name.self, alwaysStrict: true)
        from = try members.value(Name.from, default: "")
        until = try members.value(Name.until, default: "")
        timeZone = try members.value(Name.timeZone, default: "")
        recurrences = try members.list(Name.recurrences)
    }

    func encode(to encoder: any Encoder) throws {
        var members = MemberWriter(encoder, names: Name.self)
        try members.put(.from, from)
        try members.put(.until, until)
        try members.put(.timeZone, timeZone)
        try members.put(.recurrences, recurrences)
    }
}
