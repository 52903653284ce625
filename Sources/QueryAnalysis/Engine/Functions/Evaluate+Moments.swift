import CatalogModel
import Masking

/// What functions of dates and moments give.
enum MomentFunctions {
    static func apply(
        _ function: Builtin,
        _ a: [Datum],
        _ types: [EngineType]
    ) throws(EngineFault) -> Datum? {
        switch function {
        case .datePart:
            return .double(try part(a[0].string, a[1].integer, types[1]).double)
        case .extract: return .exact(try part(a[0].string, a[1].integer, types[1]))
        case .dateTruncate: return .integer(try truncated(a[0].string, a[1].integer))
        case .makeDate:
            guard (0...9999).contains(a[0].integer) else {
                throw .missing("dates outside of the years 1 to 9999")
            }
            guard
                let date = CivilDate(
                    year: Int(a[0].integer),
                    month: Int(a[1].integer),
                    day: Int(a[2].integer)
                ), date.year > 0
            else { throw .dateOutOfRange }
            return .integer(Int64(date.daysSinceEpoch))
        case .isFinite: return .truth(true)
        default: return nil
        }
    }

    private static func part(
        _ name: String,
        _ value: Int64,
        _ type: EngineType
    ) throws(EngineFault) -> ExactNumber {
        let isDate = type.kind == .date
        let day = isDate ? value : value.flooredDivision(by: Casting.day)
        let micros = isDate ? 0 : value - day * Casting.day
        let date = CivilDate(daysSinceEpoch: Int(day))
        func whole(_ number: Int) -> ExactNumber { ExactNumber(Int128(number), scale: 0) }
        switch name.lowercased() {
        case "year": return whole(date.year)
        case "month": return whole(date.month)
        case "day": return whole(date.day)
        case "quarter": return whole((date.month - 1) / 3 + 1)
        case "decade": return whole(date.year / 10)
        case "century": return whole((date.year + 99) / 100)
        case "millennium": return whole((date.year + 999) / 1000)
        case "dow": return whole(weekday(day))
        case "isodow": return whole(weekday(day) == 0 ? 7 : weekday(day))
        case "doy": return whole(Int(day) - start(of: date.year) + 1)
        case "week": return whole(week(day).week)
        case "isoyear": return whole(week(day).year)
        case "epoch":
            return isDate
                ? ExactNumber(Int128(day) * 86_400, scale: 0) : ExactNumber(Int128(value), scale: 6)
        case "hour" where !isDate: return whole(Int(micros / 3_600_000_000))
        case "minute" where !isDate: return whole(Int(micros / 60_000_000 % 60))
        case "second" where !isDate: return ExactNumber(Int128(micros % 60_000_000), scale: 6)
        case "milliseconds" where !isDate: return ExactNumber(Int128(micros % 60_000_000), scale: 3)
        case "microseconds" where !isDate: return whole(Int(micros % 60_000_000))
        case "hour", "minute", "second", "milliseconds", "microseconds":
            throw EngineFault("0A000", "this unit is not supported for type date")
        default: throw unknown(name)
        }
    }

    private static func start(of year: Int) -> Int {
        CivilDate(year: year, month: 1, day: 1)?.daysSinceEpoch ?? 0
    }

    /// 0 for Sunday.
    private static func weekday(_ day: Int64) -> Int { Int(((day + 4) % 7 + 7) % 7) }

    /// The week of ISO 8601, with the year that it belongs to.
    private static func week(_ day: Int64) -> (year: Int, week: Int) {
        let thursday = Int(day) - (weekday(day) + 6) % 7 + 3
        let year = CivilDate(daysSinceEpoch: thursday).year
        return (year, (thursday - start(of: year)) / 7 + 1)
    }

    private static func truncated(_ unit: String, _ value: Int64) throws(EngineFault) -> Int64 {
        let day = value.flooredDivision(by: Casting.day)
        let date = CivilDate(daysSinceEpoch: Int(day))
        func first(_ year: Int, _ month: Int) -> Int64 {
            Int64(CivilDate(year: year, month: month, day: 1)?.daysSinceEpoch ?? 0) * Casting.day
        }
        func whole(_ size: Int64) -> Int64 { value.flooredDivision(by: size) * size }
        switch unit.lowercased() {
        case "microseconds": return value
        case "milliseconds": return whole(1000)
        case "second": return whole(1_000_000)
        case "minute": return whole(60_000_000)
        case "hour": return whole(3_600_000_000)
        case "day": return day * Casting.day
        case "week": return (day - Int64((weekday(day) + 6) % 7)) * Casting.day
        case "month": return first(date.year, date.month)
        case "quarter": return first(date.year, (date.month - 1) / 3 * 3 + 1)
        case "year": return first(date.year, 1)
        // The year 1 begins the first century, the year 0 the first decade: dates here begin with the year 1.
        case "decade":
            guard date.year >= 10 else { throw .missing("dates before the year 1") }
            return first(date.year / 10 * 10, 1)
        case "century": return first((date.year + 99) / 100 * 100 - 99, 1)
        case "millennium": return first((date.year + 999) / 1000 * 1000 - 999, 1)
        default: throw unknown(unit)
        }
    }

    /// Words that PostgreSQL knows and this engine doesn't are refused as such.
    private static func unknown(_ unit: String) -> EngineFault {
        let unit = unit.lowercased()
        let known = [
            "y", "yr", "yrs", "years", "mon", "mons", "months", "d", "days", "h", "hr", "hrs", "hours", "m",
            "min", "mins",
            "minutes", "s", "sec", "secs", "seconds", "ms", "msec", "msecs", "msecond", "mseconds",
            "millisecond", "us",
            "usec", "usecs", "usecond", "useconds", "microsecond", "weeks", "w", "qtr", "c", "cent",
            "centuries", "dec",
            "decs", "decades", "mil", "mils", "millennia", "julian", "timezone", "timezone_h", "timezone_m",
            "timezone_hour", "timezone_minute",
        ]
        return known.contains(unit) ? .missing("the unit `\(unit)`") : .badArgument
    }
}
