/// One level of a service's resources, such as `table`.
package struct ResourceDefinition: Hashable, Sendable {
    /// Its number within the definition.
    package var itemId: Int? = nil
    /// The name that policies use.
    package var name: String = ""
    /// Ranger's kind; kept, never used.
    package var type: String = ""
    /// Orders levels of one path for display.
    package var level: Int = 1
    /// The level above; empty for a root.
    package var parent: String = ""
    /// Whether policies must name it.
    package var mandatory: Bool = false
    /// Whether values can be looked up.
    package var lookupSupported: Bool = false
    /// Whether policies may ask for recursion.
    package var recursiveSupported: Bool = false
    /// Whether policies may exclude values.
    package var excludesSupported: Bool = false
    /// The class name of the matcher; empty for the default one.
    package var matcher: String = ""
    /// Switches of the matcher, such as `wildCard`, `ignoreCase`.
    package var matcherOptions: [String: String] = [:]
    /// What values must look like.
    package var validationRegEx: String = ""
    /// What to say when they do not.
    package var validationMessage: String = ""
    /// How a page shows it.
    package var uiHint: String = ""
    /// What people see.
    package var label: String = ""
    /// What it is for.
    package var description: String = ""
    /// A translation key; kept, never used.
    package var rbKeyLabel: String = ""
    /// A translation key; kept, never used.
    package var rbKeyDescription: String = ""
    /// A translation key; kept, never used.
    package var rbKeyValidationMessage: String = ""
    /// The access types that make sense here; empty for all.
    package var accessTypeRestrictions: [String] = []
    /// Whether a policy may end here, when said.
    package var isValidLeaf: Bool? = nil
    /// How names of resources of this level are put together, such as `{bucket}/{path}`; empty for the usual way.
    package var rrnTemplate: String = ""

    /// Empty; members are set one by one.
    package init() {}
}

extension ResourceDefinition: Codable {
    private enum Name: String, CodingKey, CaseIterable {
        case itemId
        case name
        case type
        case level
        case parent
        case mandatory
        case lookupSupported
        case recursiveSupported
        case excludesSupported
        case matcher
        case matcherOptions
        case validationRegEx
        case validationMessage
        case uiHint
        case label
        case description
        case rbKeyLabel
        case rbKeyDescription
        case rbKeyValidationMessage
        case accessTypeRestrictions
        case isValidLeaf
        case rrnTemplate
    }

    /// Reads Ranger's members; absent and null ones take their defaults.
    package init(from decoder: any Decoder) throws {
        let members = try MemberReader(decoder, names: Name.self)
        itemId = try members.optional(Name.itemId)
        name = try members.value(Name.name, default: "")
        type = try members.value(Name.type, default: "")
        level = try members.value(Name.level, default: 1)
        parent = try members.value(Name.parent, default: "")
        mandatory = try members.flag(Name.mandatory, default: false)
        lookupSupported = try members.flag(Name.lookupSupported, default: false)
        recursiveSupported = try members.flag(Name.recursiveSupported, default: false)
        excludesSupported = try members.flag(Name.excludesSupported, default: false)
        matcher = try members.value(Name.matcher, default: "")
        matcherOptions = try members.options(Name.matcherOptions)
        validationRegEx = try members.value(Name.validationRegEx, default: "")
        validationMessage = try members.value(Name.validationMessage, default: "")
        uiHint = try members.value(Name.uiHint, default: "")
        label = try members.value(Name.label, default: "")
        description = try members.value(Name.description, default: "")
        rbKeyLabel = try members.value(Name.rbKeyLabel, default: "")
        rbKeyDescription = try members.value(Name.rbKeyDescription, default: "")
        rbKeyValidationMessage = try members.value(Name.rbKeyValidationMessage, default: "")
        accessTypeRestrictions = try members.list(Name.accessTypeRestrictions)
        // Files of Ranger's also write it as text, and as no text at all.
        isValidLeaf = try members.optional(Name.isValidLeaf, OptionText.self)?.text.flatMap(Bool.init)
        rrnTemplate = try members.value(Name.rrnTemplate, default: "")
    }

    /// Writes Ranger's members; empty ones are left out.
    package func encode(to encoder: any Encoder) throws {
        var members = MemberWriter(encoder, names: Name.self)
        try members.put(.itemId, itemId)
        try members.put(.name, name)
        try members.put(.type, type)
        try members.put(.level, level)
        try members.put(.parent, parent)
        try members.put(.mandatory, mandatory)
        try members.put(.lookupSupported, lookupSupported)
        try members.put(.recursiveSupported, recursiveSupported)
        try members.put(.excludesSupported, excludesSupported)
        try members.put(.matcher, matcher)
        try members.put(.matcherOptions, matcherOptions)
        try members.put(.validationRegEx, validationRegEx)
        try members.put(.validationMessage, validationMessage)
        try members.put(.uiHint, uiHint)
        try members.put(.label, label)
        try members.put(.description, description)
        try members.put(.rbKeyLabel, rbKeyLabel)
        try members.put(.rbKeyDescription, rbKeyDescription)
        try members.put(.rbKeyValidationMessage, rbKeyValidationMessage)
        try members.put(.accessTypeRestrictions, accessTypeRestrictions)
        try members.put(.isValidLeaf, isValidLeaf)
        try members.put(.rrnTemplate, rrnTemplate)
    }
}
