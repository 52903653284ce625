import CatalogModel

/// A mask that can be applied to the values of a result on their way back from PostgreSQL.
package struct LateMask: Hashable, Sendable {
    /// What PostgreSQL has to deliver in the masked column's place, as an expression over `{col}`; it has the type
    /// that the mask's own expression has.
    package let input: String
    /// PostgreSQL's identifier of that type.
    package let type: UInt32
    /// What is done to each value.
    package let values: ValueMask

    /// The mask of a function on a column; nil where PostgreSQL is as quick, or where it isn't sure that the bytes are
    /// the same.
    init?(_ function: MaskFunction, on type: DataType) {
        guard let values = ValueMask(function) else { return nil }
        self.values = values
        switch type {
        case .string, .varchar, .char:
            input = PostgreSQLText.value(of: type)
            self.type = 25
        case .smallint: (input, self.type) = ("CAST({col} AS int2)", 21)
        case .int: (input, self.type) = ("CAST({col} AS int4)", 23)
        case .bigint: (input, self.type) = ("CAST({col} AS int8)", 20)
        // PostgreSQL has no type of one byte: its expression counts in two, Hive's function in one.
        case .tinyint, .boolean, .float, .double, .decimal, .date, .timestamp, .binary, .json, .complex,
            .void:
            return nil
        }
    }
}

/// A mask on the bytes of single values, as PostgreSQL sends them; holds no memory of its own.
///
/// **Promise.** Gives the bytes that PostgreSQL would have given for the mask's expression, for every value that a
/// database in UTF-8 can hold, in text and in binary format. NULL stays NULL and is never handed to it.
package struct ValueMask: Hashable, Sendable {
    let work: Work

    enum Work: Hashable, Sendable {
        case characters(CharacterBytes)
        case hash
        case emailDomain
        case clusters(ClusterMask)
        case integer(IntegerMask)
    }

    init?(_ function: MaskFunction) {
        switch function {
        case .characters(let mask):
            guard let bytes = CharacterBytes(mask) else { return nil }
            work = .characters(bytes)
        case .hash: work = .hash
        case .emailDomain: work = .emailDomain
        case .clusters(let mask):
            guard mask.shown <= ValueMask.shownLimit else { return nil }
            work = .clusters(mask)
        case .integer(let mask): work = .integer(mask)
        case .unchanged, .null, .redacted, .date, .yearOfTimestamp: return nil
        }
    }

    /// Characters that a mask may be asked to show; PostgreSQL's own functions take no more than 32 bits.
    private static let shownLimit = 1 << 20

    /// Bytes by which a masked value can be longer than the value.
    package var growth: Int {
        switch work {
        case .characters, .clusters: 0
        case .hash: 64
        case .emailDomain: 3
        case .integer: 20
        }
    }
}
