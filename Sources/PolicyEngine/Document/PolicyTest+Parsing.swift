import CatalogModel

extension PolicyTest {
    /// Reads a sentence.
    ///
    /// - Throws: `.unreadable` with the sentence as its place and the part that isn't understood.
    package init(_ sentence: String) throws(PolicyError) {
        let place = PolicyPlace("test", sentence)
        func refusal(_ why: String) -> PolicyError {
            PolicyError(.unreadable(kind: "test", why: why), at: place)
        }
        var rest = Substring(sentence).trimmed
        guard rest.hasPrefix("as "), let comma = rest.range(of: ", ") else {
            throw refusal("write `as USER, TABLE.COLUMN is clear`")
        }
        let name = rest[..<comma.lowerBound].dropFirst(3).trimmed
        guard !name.isEmpty else { throw refusal("the user is missing") }
        rest = rest[comma.upperBound...].trimmed
        var purpose: String?
        var moment: Instant?
        while let keyword = ["for ", "at "].first(where: { rest.hasPrefix($0) }),
            let comma = rest.range(of: ", ")
        {
            let text = String(rest[..<comma.lowerBound].dropFirst(keyword.count).trimmed)
            if keyword == "for " {
                guard purpose == nil, !text.isEmpty else { throw refusal("one purpose at most") }
                purpose = text
            } else {
                guard moment == nil, let read = Instant(text) else {
                    throw refusal("write the time as `2026-03-01` or `2026-03-01T12:00`")
                }
                moment = read
            }
            rest = rest[comma.upperBound...].trimmed
        }
        self.sentence = sentence
        user = UserName(String(name))
        self.purpose = purpose
        self.moment = moment
        guard let expectation = PolicyExpectation(String(rest)) else {
            throw refusal(PolicyExpectation.complaint(about: String(rest)))
        }
        self.expectation = expectation
    }
}

extension PolicyExpectation {
    fileprivate init?(_ text: String) {
        let text = Substring(text)
        if let verb = text.range(of: " rows ") {
            guard let table = TableName(String(text[..<verb.lowerBound].trimmed)) else { return nil }
            let rest = text[verb.upperBound...].trimmed
            if rest == "are all" {
                self = .allRows(table)
            } else if rest.hasPrefix("where "), !rest.dropFirst(6).trimmed.isEmpty {
                self = .rows(table, filter: String(rest.dropFirst(6).trimmed))
            } else {
                return nil
            }
            return
        }
        guard let verb = text.range(of: " is ") else { return nil }
        var subject = text[..<verb.lowerBound].trimmed
        let word = String(text[verb.upperBound...].trimmed)
        let isTable = subject.hasPrefix("table ")
        if isTable { subject = subject.dropFirst(6).trimmed }
        let parts = subject.split(separator: ".", omittingEmptySubsequences: false).count
        if isTable || parts == 2 {
            guard let table = TableName(String(subject)) else { return nil }
            if word == "denied" {
                self = .denied(table)
            } else if word == "readable" {
                self = .readable(table)
            } else {
                return nil
            }
        } else {
            guard let column = ColumnReference(String(subject)), let treatment = ExpectedTreatment(word: word)
            else { return nil }
            self = .column(column, treatment)
        }
    }

    fileprivate static func complaint(about text: String) -> String {
        let words = ["clear", "denied", "masked"] + ExpectedTreatment.words.keys.sorted()
        return
            "`\(text)` is neither `TABLE.COLUMN is VERDICT` (\(words.joined(separator: ", ")), a mask type), "
            + "`TABLE is denied|readable`, nor `TABLE rows are all` or `TABLE rows where EXPRESSION`"
    }
}

extension Substring {
    /// Without spaces at both ends.
    fileprivate var trimmed: Substring {
        var result = drop { $0 == " " || $0 == "\t" }
        while let last = result.last, last == " " || last == "\t" { result.removeLast() }
        return result
    }

    /// Where a text occurs first.
    fileprivate func range(of text: String) -> Range<Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(text) { return start..<index(start, offsetBy: text.count) }
            start = index(after: start)
        }
        return nil
    }
}
