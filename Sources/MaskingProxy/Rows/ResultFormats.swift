import NIOCore

/// In which of PostgreSQL's formats the values of a result come.
enum ResultFormats: Equatable {
    case all(isBinary: Bool)
    case each([Bool])

    /// What a `Bind` asks for; nil for a message that PostgreSQL refuses.
    init?(bind whole: ByteBuffer) {
        var index = whole.readerIndex + 5
        for _ in 0..<2 {
            guard
                let end = whole.viewBytes(at: index, length: whole.writerIndex - index)?.firstIndex(of: 0)
            else { return nil }
            index = end + 1
        }
        guard ResultFormats.codes(in: whole, &index) != nil,
            let values = whole.getInteger(at: index, as: Int16.self), values >= 0
        else { return nil }
        index += 2
        for _ in 0..<values {
            guard let length = whole.getInteger(at: index, as: Int32.self) else { return nil }
            index += 4 + Int(max(0, length))
        }
        guard let codes = ResultFormats.codes(in: whole, &index), index == whole.writerIndex else {
            return nil
        }
        switch codes.count {
        case 0: self = .all(isBinary: false)
        case 1: self = .all(isBinary: codes[0])
        default: self = .each(codes)
        }
    }

    private static func codes(in whole: ByteBuffer, _ index: inout Int) -> [Bool]? {
        guard let count = whole.getInteger(at: index, as: Int16.self), count >= 0 else { return nil }
        index += 2
        var codes: [Bool] = []
        for _ in 0..<count {
            guard let code = whole.getInteger(at: index, as: Int16.self), code == 0 || code == 1 else {
                return nil
            }
            codes.append(code == 1)
            index += 2
        }
        return codes
    }

    func isBinary(_ position: Int) -> Bool {
        switch self {
        case .all(let isBinary): isBinary
        case .each(let formats): formats.indices.contains(position) && formats[position]
        }
    }
}
