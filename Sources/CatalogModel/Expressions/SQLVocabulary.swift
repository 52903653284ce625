/// A value written in a policy.
///
/// A quoted text has no type of its own until it meets one, as in PostgreSQL: `'2024-01-01'` is a date beside a date.
package enum SQLLiteral: Hashable, Sendable {
    /// `NULL`.
    case null
    /// `TRUE`, `FALSE`.
    case boolean(Bool)
    /// A whole number; of type integer when it fits 32 bits, else bigint.
    case integer(Int64)
    /// Any other number, as its digits; numeric.
    case numeric(String)
    /// A quoted text.
    case text(String)
}

/// A sign before a number.
package enum SQLSign: String, Hashable, Sendable {
    /// The number as it is.
    case plus = "+"
    /// The number's opposite.
    case minus = "-"
}

/// An operator between two operands; `rawValue` is its spelling in SQL.
package enum SQLOperator: String, Hashable, Sendable, CaseIterable {
    /// Comparisons.
    case equal = "="
    case notEqual = "<>"
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
    /// Arithmetic.
    case add = "+"
    case subtract = "-"
    case multiply = "*"
    case divide = "/"
    case remainder = "%"
    /// Text after text.
    case concatenate = "||"
}

/// What `IS …` asks of a truth value.
package enum SQLTruth: String, Hashable, Sendable {
    /// Known and true.
    case isTrue = "TRUE"
    /// Known and false.
    case isFalse = "FALSE"
    /// Not known: NULL.
    case isUnknown = "UNKNOWN"
}

/// Which end of the order is wanted.
package enum SQLExtreme: String, Hashable, Sendable {
    /// The last in order.
    case greatest
    /// The first in order.
    case least
}

/// A function of the subset; `rawValue` is its name in SQL.
package enum SQLFunction: String, Hashable, Sendable, CaseIterable {
    /// On text.
    case lower, upper, length, reverse, replace, concat, left, right, lpad, rpad, md5
    case repeatText = "repeat"
    case substring = "substr"
    case trim = "btrim"
    case trimStart = "ltrim"
    case trimEnd = "rtrim"
    case position = "strpos"
    case startsWith = "starts_with"
    case splitPart = "split_part"
    /// On numbers.
    case abs, round, floor, ceil, mod, sign
    /// Of the moment of the request, in UTC.
    case now
    case currentDate = "current_date"
}

/// A part of a date or timestamp.
package enum SQLDateField: String, Hashable, Sendable, CaseIterable {
    /// From the largest to the smallest, then the others.
    case year, quarter, month, week, day, hour, minute, second, dow, isodow, doy, isoyear, epoch
}

/// A type that an expression may cast to.
package enum SQLCastType: Hashable, Sendable {
    /// Truth values.
    case boolean
    /// Whole numbers of 16, 32 and 64 bits.
    case smallint, integer, bigint
    /// Exact decimals, rounded to a scale where one is given.
    case numeric(precision: Int?, scale: Int)
    /// IEEE 754.
    case real, double
    /// Text, cut to a number of characters where one is given.
    case text(limit: Int?)
    /// A day.
    case date
    /// A moment without a time zone.
    case timestamp
}
