/// A governed text with holes for the literals of a consumer's text.
///
/// **Promise.** Filled with the literals of another text of the same shape, it is the text that ``StatementRewriter``
/// would have made of that one. It is so because nothing but the printer looks at what fills a hole: see
/// ``StatementRewriter/rewriteForReuse(_:_:for:masks:)``.
package struct RewriteTemplate: Sendable {
    /// The governed statement that it was made with; its text is that of one filling.
    package let statement: RewrittenStatement
    /// Pieces of text; behind each but the last comes the hole of the same position.
    private let pieces: [[UInt8]]
    /// For each hole the literal that fills it, by its position among the shape's literals.
    private let holes: [Int]
    /// What those literals must be that fill no hole; nil for those that do.
    private let fixed: [[UInt8]?]

    init?(_ statement: RewrittenStatement, pieces: [[UInt8]], holes: [Int], fixed: [[UInt8]?]) {
        guard pieces.count == holes.count + 1 else { return nil }
        self.statement = statement
        self.pieces = pieces
        self.holes = holes
        self.fixed = fixed
    }

    /// What it takes in memory, about.
    package var size: Int {
        pieces.reduce(statement.text.utf8.count + 500) { $0 + $1.count + 32 }
            + fixed.reduce(0) { $0 + ($1?.count ?? 0) + 16 }
    }

    /// Whether the literals that fill no hole are the same in another text.
    func fits(_ text: [UInt8], _ literals: [StatementShape.Literal]) -> Bool {
        guard literals.count == fixed.count else { return false }
        for (literal, value) in zip(literals, fixed) {
            if let value, !text[literal.range].elementsEqual(value) { return false }
        }
        return true
    }

    /// The governed text of another text; nil when it is longer than one may be.
    func filled(from text: [UInt8], _ literals: [StatementShape.Literal]) -> String? {
        var count = pieces.reduce(0) { $0 + $1.count }
        for hole in holes { count += literals[hole].range.count }
        guard count <= QueryPrinter.sizeLimit else { return nil }
        return String(unsafeUninitializedCapacity: count) { buffer in
            var end = 0
            func append(_ bytes: some Collection<UInt8>) {
                for byte in bytes {
                    buffer[end] = byte
                    end += 1
                }
            }
            for (piece, hole) in zip(pieces, holes) {
                append(piece)
                append(text[literals[hole].range])
            }
            append(pieces[holes.count])
            return end
        }
    }
}

/// A text that may be answered from a template.
package struct ShapedText: Sendable {
    /// Its shape.
    package let shape: StatementShape
    private let text: [UInt8]
    private let literals: [StatementShape.Literal]

    /// Nil for a text that has no shape.
    package init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard let (shape, literals) = StatementShape.scan(bytes) else { return nil }
        self.shape = shape
        self.literals = literals
        self.text = bytes
    }

    /// The governed statement by a template of the same shape; nil when that is for other literals.
    package func rewritten(by template: RewriteTemplate) -> RewrittenStatement? {
        guard template.fits(text, literals), let text = template.filled(from: text, literals) else {
            return nil
        }
        let known = template.statement
        return RewrittenStatement(
            text: text,
            effect: known.effect,
            reads: known.reads,
            fingerprint: known.fingerprint,
            late: known.late
        )
    }

    /// The template of a statement that was made of this text, by one that was made of ``withSentinels(_:avoiding:)``.
    func template(
        of statement: RewrittenStatement,
        _ sentinels: [Int: [UInt8]],
        in other: RewrittenStatement
    ) -> RewriteTemplate? {
        let output = Array(other.text.utf8)
        var pieces: [[UInt8]] = []
        var holes: [Int] = []
        var start = 0
        var index = 0
        while index < output.count {
            guard LiteralKind.mayBegin(output[index]),
                let (hole, sentinel) = sentinels.first(where: { output.has($0.value, at: index) })
            else {
                index += 1
                continue
            }
            pieces.append(Array(output[start..<index]))
            holes.append(hole)
            index += sentinel.count
            start = index
        }
        pieces.append(Array(output[start...]))
        let fixed = literals.enumerated().map { position, literal in
            sentinels[position] == nil ? Array(text[literal.range]) : nil
        }
        guard Set(holes) == Set(sentinels.keys),
            let template = RewriteTemplate(statement, pieces: pieces, holes: holes, fixed: fixed),
            template.filled(from: text, literals) == statement.text
        else { return nil }
        return template
    }

    /// The positions of those literals that stand at some places of the text.
    func literals(at places: Set<Int>) -> [Int] {
        literals.indices.filter { places.contains(literals[$0].range.lowerBound) }
    }

    /// The text with other literals of the same class in some places, which occur nowhere in a governed text of it.
    func withSentinels(_ holes: [Int], avoiding governed: String) -> (text: [UInt8], [Int: [UInt8]])? {
        let known = Array(governed.utf8)
        var sentinels: [Int: [UInt8]] = [:]
        var salt = 0
        for hole in holes {
            repeat {
                salt += 1
                guard salt < 10_000 else { return nil }
                sentinels[hole] = Array(literals[hole].kind.sentinel(salt).utf8)
            } while sentinels[hole].map { sentinel in
                known.indices.contains { LiteralKind.mayBegin(known[$0]) && known.has(sentinel, at: $0) }
            } ?? true
        }
        var result: [UInt8] = []
        var start = 0
        for hole in holes {
            result += text[start..<literals[hole].range.lowerBound] + (sentinels[hole] ?? [])
            start = literals[hole].range.upperBound
        }
        return (result + text[start...], sentinels)
    }
}

extension LiteralKind {
    /// Whether a sentinel may begin with a byte.
    fileprivate static func mayBegin(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "8") || byte == UInt8(ascii: "'")
    }

    /// A literal of this class that nobody writes.
    fileprivate func sentinel(_ salt: Int) -> String {
        switch self {
        case .small: String(812_730_000 + salt)
        case .large: String(812_736_450_918_270_000 + salt)
        case .decimal: "\(812_740_000 + salt).\(375_610_000 + salt)"
        case .text: "'steward sentinel \(100_000 + salt)'"
        }
    }
}

extension [UInt8] {
    /// Whether some bytes stand at a place.
    fileprivate func has(_ part: [UInt8], at start: Int) -> Bool {
        guard start + part.count <= count else { return false }
        for index in part.indices where self[start + index] != part[index] { return false }
        return true
    }
}
