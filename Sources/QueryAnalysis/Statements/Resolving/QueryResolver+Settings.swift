/// `set_config(…)`, which clients call where others say `SET`.
enum SettingCall {
    static let name = "set_config"
}

extension QueryResolver {
    /// A call of `set_config`: what `SET` would accept, of literals; a parameter where any value would be.
    mutating func settingCall(_ call: QueryCall) throws(StatementError) -> QueryExpression {
        readsLiterals = true
        let refusal = decoder.refusal("this form of `\(call.function)`", call.place.offset, .setting)
        guard relations.consumersCatalog != nil, call.arguments.count == 3, !call.isStar, !call.isDistinct,
            !call.isVariadic, call.order.isEmpty, call.filter == nil, call.window == nil,
            case .literal(.text(let name)) = CatalogReference.bare(call.arguments[0]),
            case .literal(.boolean) = call.arguments[2]
        else { throw refusal }
        guard let setting = SessionSetting(rawValue: name.lowercased()) else {
            throw decoder.refusal("setting `\(name)`", call.place.offset, .setting)
        }
        guard setting != .searchPath else { throw decoder.fixedPath }
        let value: QueryExpression
        switch CatalogReference.bare(call.arguments[1]) {
        case .literal(.text(let text)):
            guard let accepted = setting.accepted(text) else {
                throw decoder.refusal("this value of `\(setting.rawValue)`", call.place.offset, .setting)
            }
            value = .literal(.text(accepted))
        case .parameter(let number) where setting.takesAnything: value = .parameter(number)
        default: throw refusal
        }
        changesSettings = true
        var result = call
        result.arguments = [.literal(.text(setting.rawValue)), value, call.arguments[2]]
        return .call(result)
    }
}
