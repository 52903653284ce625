import CatalogModel

/// A part of an expression whose type is known.
struct TypedStep: Sendable {
    let type: ScalarType
    let step: Step
}

/// What a part does; operands already have the type that the operation wants.
indirect enum Step: Sendable {
    case constant(Constant)
    /// The position in the batch.
    case column(Int)
    /// The value that an enclosing ``bind`` computed once.
    case held(Int)
    case bind(TypedStep, slot: Int, body: TypedStep)
    case compare(OrderSet, TypedStep, TypedStep)
    case and([TypedStep])
    case or([TypedStep])
    case not(TypedStep)
    case isNull(TypedStep, negated: Bool)
    case isTruth(TypedStep, UInt8, negated: Bool)
    case isDistinct(TypedStep, TypedStep, negated: Bool)
    case like(TypedStep, TypedStep, escape: UInt32?, ignoringCase: Bool)
    case cases([(when: TypedStep, then: TypedStep)], otherwise: TypedStep)
    case coalesce([TypedStep])
    case extreme(SQLExtreme, [TypedStep])
    case negate(TypedStep)
    case arithmetic(SQLOperator, TypedStep, TypedStep)
    case call(SQLFunction, [TypedStep])
    case extract(SQLDateField, TypedStep)
    case truncateDate(SQLDateField, TypedStep)
    /// To the step's own type.
    case cast(TypedStep, SQLCastType)
}

/// A value that is the same for every row.
enum Constant: Sendable {
    case null
    case truth(Bool)
    case integer(Int64)
    case exact(ExactNumber)
    case double(Double)
    case text([UInt8])
}

/// The outcomes of a three-way comparison for which an operator is true: bit 0 less, bit 1 equal, bit 2 greater.
struct OrderSet: Sendable {
    let bits: UInt8

    init?(_ symbol: SQLOperator) {
        switch symbol {
        case .less: bits = 1
        case .equal: bits = 2
        case .lessOrEqual: bits = 3
        case .greater: bits = 4
        case .notEqual: bits = 5
        case .greaterOrEqual: bits = 6
        case .add, .subtract, .multiply, .divide, .remainder, .concatenate: return nil
        }
    }

    init(bits: UInt8) { self.bits = bits }

    /// True when it is `=` or `<>`, for which order doesn't matter.
    var isEquality: Bool { bits == 2 || bits == 5 }

    /// 1 when the operator is true of an order of -1, 0 or 1.
    @inline(__always)
    func holds(_ order: Int) -> UInt8 { bits >> UInt8(truncatingIfNeeded: order &+ 1) & 1 }

    static let equal = OrderSet(bits: 2)
    static let notEqual = OrderSet(bits: 5)
    static let lessOrEqual = OrderSet(bits: 3)
    static let greaterOrEqual = OrderSet(bits: 6)
}
