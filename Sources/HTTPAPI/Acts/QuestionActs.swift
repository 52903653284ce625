import CatalogModel
import Governance
import HTTPTypes
import PolicyEngine

/// Asking what policy would say.
enum QuestionActs {
    @Sendable static func check(_ call: Call, _ visitor: Visitor) async throws -> Answer {
        try await answer(call, visitor, .check)
    }

    @Sendable static func explain(_ call: Call, _ visitor: Visitor) async throws -> Answer {
        try await answer(call, visitor, .explain)
    }

    private static func answer(_ call: Call, _ visitor: Visitor, _ act: AuditAct) async throws -> Answer {
        let asked = try AskedQuestions(call.body)
        let answers = try await call.run { cases throws(GovernanceError) in
            try cases.questions.answer(
                // Each way is tried on a copy: worth it for one question, not for a thousand.
                act == .explain && !asked.isBatch ? asked.questions.map(\.wantingWays) : asked.questions,
                act: act,
                for: visitor.caller
            )
        }
        guard asked.isBatch else {
            guard let answer = answers.first else {
                throw GovernanceError(.internalError, "a question without an answer")
            }
            return .json(json(try answer.get(), act, visitor))
        }
        let items = answers.map { answer -> JSONText in
            switch answer {
            case .success(let answer): return json(answer, act, visitor)
            case .failure(let error):
                let problem = Problem(error, isAdministrative: visitor.isAdmin)
                return .object([("allowed", .bool(false)), ("problem", problem.json(request: call.request))])
            }
        }
        return .json(.object([("answers", .array(items))]))
    }

    private static func json(_ answer: PolicyAnswer, _ act: AuditAct, _ visitor: Visitor) -> JSONText {
        let columns = answer.columns.enumerated().map { index, column -> JSONText in
            var members: [(String, JSONText)] = [("name", .string(column.name.text))]
            members += treatmentMembers(column.treatment)
            if column.treatment != .denied { members.append(("type", .string(column.type.description))) }
            if act == .explain { members.append(("why", .strings(column.why))) }
            if column.treatment != .clear, let ways = answer.ways, ways.mayKnowChanges {
                members.append(WaysText.member(for: ways.changes[index]))
            }
            return .object(members)
        }
        var rows: [(String, JSONText)] = [("filtered", .bool(answer.rowFilter != nil))]
        if act == .explain, let filter = answer.rowFilter {
            if let expression = filter.expression { rows.append(("expression", .string(expression))) }
            rows.append(("why", .strings(filter.why)))
        }
        return .object(
            [
                ("allowed", .bool(answer.isAllowed)), ("user", .string(answer.user.text)),
                ("table", .string(answer.table.description)), ("version", .integer(Int(answer.version))),
                ("columns", .array(columns)), ("rows", .object(rows)),
            ] + (answer.ways.map(WaysText.members) ?? [])
        )
    }

    /// `treatment`, and `mask` where there is one.
    static func treatmentMembers(_ treatment: Treatment) -> [(String, JSONText)] {
        switch treatment {
        case .clear: [("treatment", .string("clear"))]
        case .masked(let mask): [("treatment", .string("masked")), ("mask", .string(mask.maskType))]
        case .denied: [("treatment", .string("denied"))]
        }
    }
}

/// What would show more, in an answer to `explain`.
private enum WaysText {
    /// The most changes that are told for a column; they come sorted, the most open first.
    static let mostChanges = 20

    static func member(for changes: [OpeningChange]) -> (String, JSONText) {
        let texts = changes.prefix(mostChanges).map { change -> JSONText in
            let steps = change.steps.map { step -> JSONText in
                switch step {
                case .joinGroup(let group): .object([("joinGroup", .string(group.text))])
                case .holdRole(let role): .object([("holdRole", .string(role.text))])
                case .namePurpose(let purpose): .object([("namePurpose", .string(purpose))])
                }
            }
            return .object([("steps", .array(steps))] + QuestionActs.treatmentMembers(change.treatment))
        }
        return ("changes", .array(texts))
    }

    /// The members of the whole answer.
    static func members(_ ways: WaysToSeeMore) -> [(String, JSONText)] {
        var members: [(String, JSONText)] = []
        if let without = ways.withoutColumns {
            members.append(("leaveOut", .strings(without.map(\.text))))
        }
        if ways.untried > 0 { members.append(("changesNotTried", .integer(ways.untried))) }
        if !ways.mayKnowChanges {
            members.append(("ask", .string(ways.owner?.text ?? "an administrator")))
        }
        return members
    }
}

/// The questions of a body: one object, or `{"questions": […]}`.
struct AskedQuestions: Sendable {
    private(set) var questions: [PolicyQuestion] = []
    private(set) var isBatch = false

    /// Reads a body.
    ///
    /// - Throws: `malformed-body`; `limit-exceeded` past 1,000 questions.
    init(_ body: [UInt8]) throws(Problem) {
        var read: [PolicyQuestion] = []
        var isBatch = false
        var single = Draft()
        var tooMany = false
        try PayloadReader.checkSyntax(of: body) { reader throws(JSONError) in
            try reader.object { reader, name throws(JSONError) in
                guard name == "questions" else {
                    try single.read(name, from: &reader)
                    return
                }
                isBatch = true
                try reader.array { reader throws(JSONError) in
                    var draft = Draft()
                    try reader.object { reader, name throws(JSONError) in try draft.read(name, from: &reader)
                    }
                    if read.count >= 1000 {
                        tooMany = true
                    } else {
                        read.append(try draft.question(at: reader))
                    }
                }
            }
            guard isBatch else {
                read.append(try single.question(at: reader))
                return
            }
            if !single.isEmpty {
                throw reader.failure(
                    "beside `questions` there may be nothing: each question names its own table"
                )
            }
        }
        guard !tooMany else {
            throw Problem(
                GovernanceError(.limitExceeded, "at most 1,000 questions at once: ask in several requests")
            )
        }
        questions = read
        self.isBatch = isBatch
    }

    /// A question as far as it was read.
    private struct Draft {
        var user: String?
        var table: TableName?
        var columns: [ColumnName]?
        var purpose: String?
        var isEmpty: Bool { user == nil && table == nil && columns == nil && purpose == nil }

        mutating func read(_ name: String, from reader: inout JSONReader) throws(JSONError) {
            switch name {
            case "user": user = try reader.optionalString()
            case "purpose": purpose = try reader.optionalString()
            case "table":
                let text = try reader.string()
                guard let name = TableName(text) else {
                    throw reader.failure("`table` must be `database.table`")
                }
                table = name
            case "columns":
                guard try reader.kind() != .null else {
                    try reader.null()
                    return
                }
                var names: [ColumnName] = []
                try reader.array { reader throws(JSONError) in
                    if names.count == 1000 { throw reader.failure("at most 1,000 columns") }
                    names.append(ColumnName(try reader.string()))
                }
                columns = names
            default:
                throw reader.failure(
                    "a member that isn't known; known: `columns`, `purpose`, `table`, `user`"
                )
            }
        }

        func question(at reader: JSONReader) throws(JSONError) -> PolicyQuestion {
            guard let table else { throw reader.failure("`table` is missing") }
            return PolicyQuestion(
                user: user.map { UserName($0) },
                table: table,
                columns: columns,
                purpose: purpose
            )
        }
    }
}

extension JSONReader {
    /// Reads a string or `null`.
    mutating func optionalString() throws(JSONError) -> String? {
        if try kind() == .null {
            try null()
            return nil
        }
        return try string()
    }
}
