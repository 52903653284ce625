import Governance
import MaskingProxy
import QueryAnalysis

/// Governed statements over files, answered one after another.
enum FileStatements {
    /// The columns and rows of each statement, as text; nil is NULL.
    ///
    /// Must be called on a thread of `ParserThreads`.
    static func answers(
        to statements: [RewrittenStatement],
        in session: StatementSession
    ) -> Result<[(columns: [String], rows: [[String?]])], GovernanceError> {
        let engine = EngineSession(
            relations: SessionRelations(statements: session),
            settings: [:],
            now: { session.now() }
        )
        do throws(EngineFault) {
            var answers: [(columns: [String], rows: [[String?]])] = []
            for statement in statements {
                for command in try engine.statements(of: statement.text) {
                    let outcome = try engine.run(command, isSingle: statements.count == 1)
                    answers.append(
                        (outcome.columns.map(\.name), (0..<outcome.count).map { outcome.texts($0) })
                    )
                }
            }
            return .success(answers)
        } catch {
            let isRefusal = error.sqlState == "0A000" || error.sqlState == "42501"
            return .failure(
                GovernanceError(
                    isRefusal ? .denied : .evaluationFailed,
                    "\(error.message) (SQLSTATE \(error.sqlState))"
                )
            )
        }
    }
}
