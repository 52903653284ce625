import CatalogModel
import PolicyEngine

extension MaskChoice {
    /// The mask as a call: the expression of a custom one, else what the definition says.
    private var call: String {
        (maskType == "CUSTOM" ? valueExpression : transformer)?.lowercased().filter { $0 != " " } ?? ""
    }

    /// Which end of a value it shows four characters of, or more; nil when it doesn't.
    var shownEnd: String? {
        let shown = [("mask_show_last_n({col},", "last"), ("mask_show_first_n({col},", "first")].first {
            call.hasPrefix($0.0)
        }
        if let shown {
            let count = Int(call.dropFirst(shown.0.count).prefix { $0.isNumber }) ?? 4
            return count >= 4 ? shown.1 : nil
        }
        return maskType == "MASK_SHOW_LAST_4" ? "last" : maskType == "MASK_SHOW_FIRST_4" ? "first" : nil
    }

    /// Whether it is a hash that is the same for everybody who computes it.
    var isUnsaltedHash: Bool { maskType == "MASK_HASH" || call.hasPrefix("mask_hash({col})") }
}

extension DataType {
    /// How many characters values have, as far as the type tells.
    enum Characters {
        case atMost(Int)
        case unknown
    }

    var characters: Characters {
        switch self {
        case .boolean: .atMost(5)
        case .tinyint: .atMost(4)
        case .smallint: .atMost(6)
        case .int: .atMost(11)
        case .bigint: .atMost(20)
        case .decimal(let precision, let scale): .atMost(precision + (scale > 0 ? 2 : 1))
        case .varchar(let length), .char(let length): .atMost(length)
        case .date: .atMost(10)
        case .float, .double, .string, .timestamp, .binary, .json, .complex, .void: .unknown
        }
    }

    /// How many values a type with few of them has, in words; nil for the others.
    var differentValues: String? {
        switch self {
        case .boolean: "2 values"
        case .tinyint: "256 values"
        case .date: "some ten thousand values that occur"
        case .smallint, .int, .bigint, .float, .double, .decimal, .string, .varchar, .char, .timestamp,
            .binary,
            .json, .complex, .void:
            nil
        }
    }
}
