import CatalogModel
import Masking

/// Values as PostgreSQL writes them in JSON.
enum JSONWriting {
    static func apply(
        _ function: Builtin,
        _ a: [Datum],
        _ types: [EngineType]
    ) throws(EngineFault) -> Datum? {
        switch function {
        case .toJSON, .rowToJSON, .arrayToJSON: return .bytes(value(a[0], types[0]))
        case .jsonArray:
            let parts = zip(a, types).map { value($0, $1) }
            return .bytes(
                Array("[".utf8) + Array(parts.joined(separator: Array(", ".utf8))) + Array("]".utf8)
            )
        case .jsonObject: return .bytes(try object(a, types))
        default: return nil
        }
    }

    private static func object(_ a: [Datum], _ types: [EngineType]) throws(EngineFault) -> [UInt8] {
        guard a.count.isMultiple(of: 2) else {
            throw EngineFault("22023", "argument list must have even number of elements")
        }
        var result = Array("{".utf8)
        for index in stride(from: 0, to: a.count, by: 2) {
            if index > 0 { result += Array(", ".utf8) }
            result += try key(a[index], types[index])
            result += Array(" : ".utf8)
            result += value(a[index + 1], types[index + 1])
        }
        return result + Array("}".utf8)
    }

    static func key(_ key: Datum, _ type: EngineType) throws(EngineFault) -> [UInt8] {
        guard !key.isNull else { throw EngineFault("22023", "an object's key must not be null") }
        switch type.kind {
        case .array, .record, .json:
            throw EngineFault("22023", "key value must be scalar, not array, composite, or json")
        default:
            let text = value(key, type)
            return text.first == 34 ? text : quoted(text)
        }
    }

    static func value(_ value: Datum, _ type: EngineType) -> [UInt8] {
        if value.isNull { return Array("null".utf8) }
        switch (value, type.kind) {
        case (.truth(let truth), _): return Array((truth ? "true" : "false").utf8)
        case (.double(let number), _) where !number.isFinite: return quoted(DatumText.bytes(value, type))
        case (.double, _), (.exact, _): return DatumText.bytes(value, type)
        case (.integer(let micros), .timestamp): return moment(micros, "")
        case (.integer(let micros), .timestamptz): return moment(micros, "+00:00")
        case (.integer, .date), (.integer, .time): return quoted(DatumText.bytes(value, type))
        case (.integer, _): return DatumText.bytes(value, type)
        case (.bytes(let bytes), .json): return bytes
        case (.list(let fields), .record(let types)):
            var result = Array("{".utf8)
            for (index, field) in fields.enumerated() {
                if index > 0 { result += Array(",".utf8) }
                result += quoted(Array(types[index].name.utf8))
                result += Array(":".utf8)
                result += self.value(field, types[index].type)
            }
            return result + Array("}".utf8)
        case (.list(let elements), _):
            let element = type.element ?? .text
            let parts = elements.map { self.value($0, element) }
            return Array("[".utf8) + Array(parts.joined(separator: Array(",".utf8))) + Array("]".utf8)
        case (.bytes, _), (.null, _): return quoted(DatumText.bytes(value, type))
        }
    }

    private static func moment(_ micros: Int64, _ zone: String) -> [UInt8] {
        let text = ScalarText.text(timestamp: micros).map { $0 == " " ? "T" : String($0) }.joined()
        return quoted(Array((text + zone).utf8))
    }

    private static func quoted(_ text: [UInt8]) -> [UInt8] {
        var result: [UInt8] = [34]
        for byte in text {
            switch byte {
            case 34: result += [92, 34]
            case 92: result += [92, 92]
            case 8: result += Array("\\b".utf8)
            case 9: result += Array("\\t".utf8)
            case 10: result += Array("\\n".utf8)
            case 12: result += Array("\\f".utf8)
            case 13: result += Array("\\r".utf8)
            case 0..<32:
                result += Array("\\u00".utf8) + DatumText.hexadecimal([byte])
            default: result.append(byte)
            }
        }
        return result + [34]
    }

    /// Whether a text is a JSON document.
    static func isDocument(_ text: [UInt8]) -> Bool {
        String(validating: text, as: UTF8.self) != nil && (try? JSONReader.value(of: text)) != nil
    }
}
