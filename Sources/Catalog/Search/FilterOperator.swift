/// How a filter compares.
enum FilterOperator: Sendable {
    case less, greater, lessOrEqual, greaterOrEqual, equal, notEqual, oneOf, like, startsWith, endsWith
    case contains, containsNot, containsAny, containsAll, isNull, isNotNull, isNotEmpty, timeRange

    /// Reads an operator in any of Atlas's spellings; nil for none.
    init?(_ text: String) {
        switch text.lowercased() {
        case "<", "lt": self = .less
        case ">", "gt": self = .greater
        case "<=", "lte": self = .lessOrEqual
        case ">=", "gte": self = .greaterOrEqual
        case "=", "==", "eq": self = .equal
        case "!=", "neq": self = .notEqual
        case "in": self = .oneOf
        case "like": self = .like
        case "startswith", "begins_with", "beginswith": self = .startsWith
        case "endswith", "ends_with": self = .endsWith
        case "contains": self = .contains
        case "not_contains", "notcontains": self = .containsNot
        case "contains_any", "containsany": self = .containsAny
        case "contains_all", "containsall": self = .containsAll
        case "isnull", "is_null": self = .isNull
        case "notnull", "not_null": self = .isNotNull
        case "notempty", "not_empty": self = .isNotEmpty
        case "timerange": self = .timeRange
        default: return nil
        }
    }

    var needsValue: Bool {
        switch self {
        case .isNull, .isNotNull, .isNotEmpty: false
        case .less, .greater, .lessOrEqual, .greaterOrEqual, .equal, .notEqual, .oneOf, .like, .startsWith,
            .endsWith, .contains, .containsNot, .containsAny, .containsAll, .timeRange:
            true
        }
    }
}

/// A text pattern in which `*` stands for any text and `?` for one character, compared without regard to case.
struct WildcardPattern: Hashable, Sendable {
    private let parts: [Character]

    init(_ text: String) { parts = Array(text.lowercased()) }

    func matches(_ text: String) -> Bool {
        let text = Array(text.lowercased())
        var (part, position) = (0, 0)
        var star: (part: Int, position: Int)?
        while position < text.count {
            if part < parts.count, parts[part] == "?" || parts[part] == text[position] && parts[part] != "*" {
                part += 1
                position += 1
            } else if part < parts.count, parts[part] == "*" {
                star = (part, position)
                part += 1
            } else if let last = star {
                part = last.part + 1
                position = last.position + 1
                star = (last.part, last.position + 1)
            } else {
                return false
            }
        }
        return parts[part...].allSatisfy { $0 == "*" }
    }
}
