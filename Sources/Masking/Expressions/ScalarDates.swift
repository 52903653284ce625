import CatalogModel

/// Parts of dates and timestamps.
enum ScalarDates {
    private static let dayLength: Int64 = 86_400_000_000

    /// A part as a number.
    static func extract(_ field: SQLDateField, _ values: ScalarValues, _ type: ScalarType) -> ScalarValues {
        guard case .integers(let slots) = values else { preconditionFailure("a date or timestamp") }
        let isDate = type == .date
        let result = slots.values.indices.map { row in
            slots.isNull(row) ? ExactNumber(0, scale: 0) : part(field, slots.values[row], isDate: isDate)
        }
        return .exacts(Slots(result, nulls: slots.nulls))
    }

    private static func part(_ field: SQLDateField, _ value: Int64, isDate: Bool) -> ExactNumber {
        let days = isDate ? value : value.flooredDivision(by: dayLength)
        let time = isDate ? 0 : value - days * dayLength
        let date = CivilDate(daysSinceEpoch: Int(days))
        func whole(_ number: Int) -> ExactNumber { ExactNumber(Int128(number), scale: 0) }
        switch field {
        case .year: return whole(date.year)
        case .quarter: return whole((date.month + 2) / 3)
        case .month: return whole(date.month)
        case .day: return whole(date.day)
        case .hour: return whole(Int(time / 3_600_000_000))
        case .minute: return whole(Int(time / 60_000_000 % 60))
        case .second: return ExactNumber(Int128(time % 60_000_000), scale: 6)
        case .dow: return whole(isoDay(days) % 7)
        case .isodow: return whole(isoDay(days))
        case .doy: return whole(Int(days) - firstDay(of: date.year) + 1)
        case .week, .isoyear:
            // The week belongs to the year of its Thursday.
            let thursday = Int(days) - isoDay(days) + 4
            let year = CivilDate(daysSinceEpoch: thursday).year
            return whole(field == .isoyear ? year : (thursday - firstDay(of: year)) / 7 + 1)
        case .epoch:
            return isDate ? whole(Int(days) * 86_400) : ExactNumber(Int128(value), scale: 6)
        }
    }

    /// The day of the week, from 1 for Monday to 7 for Sunday; 1970-01-01 was a Thursday.
    private static func isoDay(_ days: Int64) -> Int {
        Int((days + 3) - (days + 3).flooredDivision(by: 7) * 7) + 1
    }

    private static func firstDay(of year: Int) -> Int { day(year, 1) }

    private static func day(_ year: Int, _ month: Int) -> Int {
        CivilDate(year: year, month: month, day: 1)?.daysSinceEpoch ?? 0
    }

    /// The beginning of the unit that each moment lies in.
    static func truncate(_ values: ScalarValues, to field: SQLDateField) -> ScalarValues {
        guard case .integers(var slots) = values else { preconditionFailure("a timestamp") }
        for row in slots.values.indices where !slots.isNull(row) {
            slots.values[row] = start(of: field, slots.values[row])
        }
        return .integers(slots)
    }

    private static func start(of field: SQLDateField, _ value: Int64) -> Int64 {
        let days = value.flooredDivision(by: dayLength)
        let date = CivilDate(daysSinceEpoch: Int(days))
        switch field {
        case .year: return Int64(day(date.year, 1)) * dayLength
        case .quarter: return Int64(day(date.year, (date.month - 1) / 3 * 3 + 1)) * dayLength
        case .month: return Int64(day(date.year, date.month)) * dayLength
        case .week: return (days - Int64(isoDay(days)) + 1) * dayLength
        case .day: return days * dayLength
        case .hour: return value.flooredDivision(by: 3_600_000_000) * 3_600_000_000
        case .minute: return value.flooredDivision(by: 60_000_000) * 60_000_000
        case .second: return value.flooredDivision(by: 1_000_000) * 1_000_000
        case .dow, .isodow, .doy, .isoyear, .epoch: preconditionFailure("a unit that the parser allows")
        }
    }
}
