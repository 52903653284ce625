/// The access types of one service as bits, with what each brings along.
struct AccessTypeTable: Sendable {
    private(set) var names: [String] = []
    /// Their names, folded.
    private(set) var bits = NameTable()
    private var grants: [UInt128] = []
    /// How many the definition itself has: what orders policies by breadth.
    private(set) var definedCount = 0
    /// The bits of the definition's own types, in the order in which Ranger walks them for any access.
    private(set) var defined: [Int] = []

    private static let categories = ["CREATE", "READ", "UPDATE", "DELETE", "MANAGE"]

    init(_ types: [AccessTypeDefinition], at place: PolicyPlace) throws(PolicyError) {
        for type in types { defined.append(try bit(of: type.name, at: place.member("accessTypes"))) }
        definedCount = types.count
        defined = JavaOrder.positions(types.map(\.name)).map { defined[$0] }
        for type in types {
            for implied in type.impliedGrants {
                try grant(implied, with: type.name, at: place.member("accessTypes.impliedGrants"))
            }
        }
        try addMarkers(types, at: place)
    }

    /// The bit of a name, ignoring case, given out on first sight.
    mutating func bit(of name: String, at place: @autoclosure () -> PolicyPlace) throws(PolicyError) -> Int {
        if let bit = find(name) { return bit }
        guard names.count < PolicyLimits.accessTypesPerService else {
            throw PolicyError(
                .tooMuch(of: "access types", limit: PolicyLimits.accessTypesPerService),
                at: place()
            )
        }
        _ = bits.intern(name.lowercased())
        grants.append(1 << UInt128(names.count))
        names.append(name)
        return names.count - 1
    }

    /// The bit of a name; nil when nothing has it.
    func find(_ name: String) -> Int? {
        let exact = bits.find(name)
        if exact >= 0 { return Int(exact) }
        let folded = bits.find(name.lowercased())
        return folded >= 0 ? Int(folded) : nil
    }

    /// The bits that a name grants, itself included.
    func grants(of bit: Int) -> UInt128 { grants[bit] }

    private mutating func grant(_ implied: String, with name: String, at place: PolicyPlace)
        throws(PolicyError)
    {
        let from = try bit(of: name, at: place)
        let to = try bit(of: implied, at: place)
        grants[from] |= 1 << UInt128(to)
    }

    /// Adds Ranger's marker types `_READ` and so on: names for all types of a category, and `_ALL` for all types.
    private mutating func addMarkers(_ types: [AccessTypeDefinition], at place: PolicyPlace)
        throws(PolicyError)
    {
        for category in AccessTypeTable.categories {
            try addMarker("_\(category)", of: types.filter { $0.category == category }, at: place)
        }
        try addMarker("_ALL", of: types, at: place)
    }

    private mutating func addMarker(
        _ name: String,
        of types: [AccessTypeDefinition],
        at place: PolicyPlace
    ) throws(PolicyError) {
        guard !types.contains(where: { $0.name == name }) else { return }
        _ = try bit(of: name, at: place)
        for type in types {
            try grant(type.name, with: name, at: place)
            for implied in type.impliedGrants { try grant(implied, with: name, at: place) }
        }
    }
}
