/// The functions that give rows of JSON documents.
///
/// **Source.** `jsonfuncs.c` of PostgreSQL 15.
enum DocumentRows {
    static func rows(
        of function: RowFunction,
        _ document: ArraySlice<UInt8>
    ) throws(EngineFault) -> [[Datum]] {
        let kind = JSONReading.kind(of: document)
        var rows: [[Datum]] = []
        switch function {
        case .jsonElements, .jsonElementTexts:
            guard kind == .array else {
                throw fault("cannot extract elements from \(kind == .object ? "an object" : "a scalar")")
            }
            for element in JSONReading.elements(of: document) {
                rows.append([try value(element, isText: function == .jsonElementTexts)])
            }
        case .jsonMembers, .jsonMemberTexts:
            guard kind == .object else {
                throw fault(
                    kind == .array
                        ? "cannot deconstruct an array as an object" : "cannot deconstruct a scalar"
                )
            }
            for (name, member) in JSONReading.members(of: document) {
                let value = try value(member, isText: function == .jsonMemberTexts)
                rows.append([.bytes(try JSONReading.plain(name)), value])
            }
        case .jsonKeys:
            guard kind == .object else {
                throw fault("cannot call json_object_keys on \(kind == .array ? "an array" : "a scalar")")
            }
            for (name, _) in JSONReading.members(of: document) {
                rows.append([.bytes(try JSONReading.plain(name))])
            }
        case .series, .unnest, .subscripts, .textToTable: break
        }
        return rows
    }

    private static func value(_ part: ArraySlice<UInt8>, isText: Bool) throws(EngineFault) -> Datum {
        isText ? try JSONReading.text(part) : .bytes(Array(part))
    }

    private static func fault(_ message: String) -> EngineFault { EngineFault("22023", message) }
}
