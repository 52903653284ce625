import CatalogModel

extension PolicyTest {
    /// What is wrong with a decision: `expected …, got … because …`; nil when it is as the sentence says.
    ///
    /// The decision must have been made for this test's user, table, purpose and columns.
    package func failure(of decision: Decision) -> String? {
        switch expectation {
        case .column(let column, let expected):
            guard let found = decision.columns.first(where: { $0.column == column.column }) else {
                return "expected \(expected), got no decision: the table has no such column"
            }
            return expected.failure(of: found)
        case .readable:
            if decision.columns.contains(where: { $0.treatment != .denied }) { return nil }
            return "expected readable, got denied" + PolicyTest.because(decision.columns.first?.reason)
        case .denied:
            guard let open = decision.columns.first(where: { $0.treatment != .denied }) else { return nil }
            return "expected denied, got `\(open.column)` \(open.treatment.word)"
                + PolicyTest.because(open.reason)
        case .allRows:
            guard let filter = decision.rowFilter else { return nil }
            return "expected all rows, got a row filter" + PolicyTest.because(filter.reason)
        case .rows(_, let expected):
            guard let filter = decision.rowFilter else { return "expected a row filter, got all rows" }
            let fold = { (text: String) in text.split { $0 == " " || $0 == "\n" || $0 == "\t" } }
            if fold(filter.expression) == fold(expected) { return nil }
            return "expected rows where \(expected), got another filter" + PolicyTest.because(filter.reason)
        }
    }

    fileprivate static func because(_ reason: Reason?) -> String { reason.map { " because \($0)" } ?? "" }
}

extension ExpectedTreatment {
    fileprivate func failure(of decision: ColumnDecision) -> String? {
        let isMet: Bool
        switch (self, decision.treatment) {
        case (.clear, .clear), (.denied, .denied), (.masked, .masked): isMet = true
        case (.mask(_, let types), .masked(let choice)): isMet = types.contains(choice.maskType)
        case (.clear, .masked), (.clear, .denied), (.denied, .clear), (.denied, .masked), (.masked, .clear),
            (.masked, .denied), (.mask, .clear), (.mask, .denied):
            isMet = false
        }
        if isMet { return nil }
        return "expected \(self), got \(decision.treatment.word)" + PolicyTest.because(decision.reason)
    }
}

extension Treatment {
    /// One word for people: `clear`, `denied`, a word such as `last-4`, or the mask type where there is none.
    package var word: String {
        switch self {
        case .clear: return "clear"
        case .denied: return "denied"
        case .masked(let choice):
            let known = ExpectedTreatment.words.filter { $0.value.contains(choice.maskType) }
            return known.keys.min() ?? choice.maskType
        }
    }
}

extension Reason: CustomStringConvertible {
    /// One line, such as ``policy `mask e-mails` of northsea, dataMaskPolicyItems[0], group analysts; tag EMAIL``.
    package var description: String { steps.map(\.description).joined(separator: "; ") }
}

extension ReasonStep: CustomStringConvertible {
    /// The step in words.
    package var description: String {
        switch self {
        case .policy(let policy):
            return
                "policy `\(policy.name)` of \(policy.service), \(policy.list)[\(policy.item)], \(policy.principal)"
        case .tag(let effective):
            switch effective.origin {
            case .column: return "tag \(effective.tag.name)"
            case .table: return "tag \(effective.tag.name) of the table"
            case .lineage(let path):
                return "tag \(effective.tag.name) from " + path.map(\.description).joined(separator: " > ")
            }
        case .noPolicy: return "no policy allows it"
        case .superUser(let name, let service): return "\(name) is a super user of \(service)"
        case .shared(let citation): return "shared by \(citation.names)"
        case .zone(let name): return "in zone \(name)"
        }
    }
}
