/// One policy of a document.
package struct PolicyEntry: Hashable, Sendable {
    var name = ""
    var service = ""
    var id: Int64?
    var guid = ""
    var description = ""
    var enabled = true
    var audit = true
    var priority = EntryPriority.normal
    var labels: [String] = []
    var zone = ""
    var denyAllElse = false
    var options: [String: String] = [:]
    var conditions: [EntryCondition] = []
    var validity: [EntryValidity] = []
    var resources: [String: EntryResource] = [:]
    var additionalResources: [[String: EntryResource]] = []
    var allow: [EntryItem] = []
    var deny: [EntryItem] = []
    var allowExceptions: [EntryItem] = []
    var denyExceptions: [EntryItem] = []
    var mask: [EntryItem] = []
    var rowFilter: [EntryItem] = []
}

/// Whether a policy beats normal ones.
enum EntryPriority: String, Hashable, Sendable, Codable {
    case normal, override
}

extension PolicyEntry: Codable {
    private enum Name: String, CodingKey, CaseIterable {
        case name, service, id, guid, description, enabled, audit, priority, labels, zone, denyAllElse
        case options, conditions, validity, resources, additionalResources
        case allow, deny, allowExceptions, denyExceptions, mask, rowFilter
    }

    /// Reads the author form; unknown members are refused.
    package init(from decoder: any Decoder) throws {
        let members = try MemberReader(decoder, names: Name.self, alwaysStrict: true)
        name = try members.value(Name.name, default: "")
        service = try members.value(Name.service, default: "")
        id = try members.optional(Name.id)
        guid = try members.value(Name.guid, default: "")
        description = try members.value(Name.description, default: "")
        enabled = try members.value(Name.enabled, default: true)
        audit = try members.value(Name.audit, default: true)
        priority = try members.value(Name.priority, default: .normal)
        labels = try members.list(Name.labels)
        zone = try members.value(Name.zone, default: "")
        denyAllElse = try members.value(Name.denyAllElse, default: false)
        options = try members.options(Name.options)
        conditions = try members.list(Name.conditions)
        validity = try members.list(Name.validity)
        resources = try members.value(Name.resources, default: [:])
        additionalResources = try members.list(Name.additionalResources)
        allow = try members.list(Name.allow)
        deny = try members.list(Name.deny)
        allowExceptions = try members.list(Name.allowExceptions)
        denyExceptions = try members.list(Name.denyExceptions)
        mask = try members.list(Name.mask)
        rowFilter = try members.list(Name.rowFilter)
    }

    /// Writes the author form; empty members and those with their usual value are left out.
    package func encode(to encoder: any Encoder) throws {
        var members = MemberWriter(encoder, names: Name.self)
        try members.put(.name, name)
        try members.put(.service, service)
        try members.put(.id, id)
        try members.put(.guid, guid)
        try members.put(.description, description)
        try members.put(.enabled, enabled ? nil : false)
        try members.put(.audit, audit ? nil : false)
        try members.put(.priority, priority == .normal ? nil : priority)
        try members.put(.labels, labels)
        try members.put(.zone, zone)
        try members.put(.denyAllElse, denyAllElse ? true : nil)
        try members.put(.options, options)
        try members.put(.conditions, conditions)
        try members.put(.validity, validity)
        try members.put(.resources, resources)
        try members.put(.additionalResources, additionalResources)
        try members.put(.allow, allow)
        try members.put(.deny, deny)
        try members.put(.allowExceptions, allowExceptions)
        try members.put(.denyExceptions, denyExceptions)
        try members.put(.mask, mask)
        try members.put(.rowFilter, rowFilter)
    }
}
