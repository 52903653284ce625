package import CatalogModel
package import PolicyEngine

/// The masks that this room knows, for those who publish policies.
package enum MaskCatalog {
    /// Refuses a mask that no plan could apply, so that a policy fails when it is published, not when it is read.
    ///
    /// Without a type only the name and the arguments are looked at. SQL expressions are checked by whoever
    /// parses them: ``isMaskCall(_:)`` tells them apart.
    /// - Throws: `.unknownMask`, `.unsupportedArguments`, `.unfitType`.
    package static func check(_ choice: MaskChoice, on type: DataType?) throws(MaskError) {
        switch try MaskText(choice) {
        case .call(let call): _ = try MaskFunction(call, on: type ?? call.name.exampleType)
        case .expression: return
        }
    }

    /// Whether a transformer's text is one whole call of a mask by name (or `NULL`, or `{col}`); all others are SQL.
    ///
    /// True also for a call whose arguments ``check(_:on:)`` then refuses.
    package static func isMaskCall(_ text: String) -> Bool { MaskCall.isCall(text) }
}

/// What a mask choice means: a call, or the text of a SQL expression.
enum MaskText {
    case call(MaskCall)
    case expression(String)

    init(_ choice: MaskChoice) throws(MaskError) {
        switch choice.maskType {
        case "MASK_NULL": self = .call(.null)
        case "MASK_NONE": self = .call(.unchanged)
        case "CUSTOM":
            guard let text = choice.valueExpression else { throw .unknownMask(choice.maskType) }
            self = try MaskText(text, of: choice.maskType)
        default:
            guard let text = choice.transformer else { throw .unknownMask(choice.maskType) }
            self = try MaskText(text, of: choice.maskType)
        }
    }

    private init(_ text: String, of maskType: String) throws(MaskError) {
        guard text.utf8.contains(where: { $0 > 0x20 }) else { throw .unknownMask(maskType) }
        self = MaskCall.isCall(text) ? .call(try MaskCall(text)) : .expression(text)
    }
}
