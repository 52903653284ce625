/// A kind of condition that policies and items may use.
package struct ConditionDefinition: Hashable, Sendable {
    /// Its number within the definition.
    package var itemId: Int? = nil
    /// The name that policies use.
    package var name: String = ""
    /// The class that decides it; its last part counts.
    package var evaluator: String = ""
    /// Its switches.
    package var evaluatorOptions: [String: String] = [:]
    /// What people see.
    package var label: String = ""
    /// What it is for.
    package var description: String = ""
    /// A translation key; kept, never used.
    package var rbKeyLabel: String = ""
    /// A translation key; kept, never used.
    package var rbKeyDescription: String = ""
    /// What values must look like.
    package var validationRegEx: String = ""
    /// What to say when they do not.
    package var validationMessage: String = ""
    /// How a page shows it.
    package var uiHint: String = ""
    /// A translation key; kept, never used.
    package var rbKeyValidationMessage: String = ""

    /// Empty; members are set one by one.
    package init() {}
}

extension ConditionDefinition: Codable {
    private enum Name: String, CodingKey, CaseIterable {
        case itemId
        case name
        case evaluator
        case evaluatorOptions
        case label
        case description
        case rbKeyLabel
        case rbKeyDescription
        case validationRegEx
        case validationMessage
        case uiHint
        case rbKeyValidationMessage
    }

    /// Reads Ranger's members; absent and null ones take their defaults.
    package init(from decoder: any Decoder) throws {
        let members = try MemberReader(decoder, names: Name.self)
        itemId = try members.optional(Name.itemId)
        name = try members.value(Name.name, default: "")
        evaluator = try members.value(Name.evaluator, default: "")
        evaluatorOptions = try members.options(Name.evaluatorOptions)
        label = try members.value(Name.label, default: "")
        description = try members.value(Name.description, default: "")
        rbKeyLabel = try members.value(Name.rbKeyLabel, default: "")
        rbKeyDescription = try members.value(Name.rbKeyDescription, default: "")
        validationRegEx = try members.value(Name.validationRegEx, default: "")
        validationMessage = try members.value(Name.validationMessage, default: "")
        uiHint = try members.value(Name.uiHint, default: "")
        rbKeyValidationMessage = try members.value(Name.rbKeyValidationMessage, default: "")
    }

    /// Writes Ranger's members; empty ones are left out.
    package func encode(to encoder: any Encoder) throws {
        var members = MemberWriter(encoder, names: Name.self)
        try members.put(.itemId, itemId)
        try members.put(.name, name)
        try members.put(.evaluator, evaluator)
        try members.put(.evaluatorOptions, evaluatorOptions)
        try members.put(.label, label)
        try members.put(.description, description)
        try members.put(.rbKeyLabel, rbKeyLabel)
        try members.put(.rbKeyDescription, rbKeyDescription)
        try members.put(.validationRegEx, validationRegEx)
        try members.put(.validationMessage, validationMessage)
        try members.put(.uiHint, uiHint)
        try members.put(.rbKeyValidationMessage, rbKeyValidationMessage)
    }
}
