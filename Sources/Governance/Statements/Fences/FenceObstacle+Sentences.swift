import QueryAnalysis

extension StatementFence {
    /// How the relation's filter is carried out, and why so, such as `view governed.v_1f…`.
    var sentence: String {
        switch fence {
        case .view(let view): "view \(view.name)"
        case .inPlace(let obstacle): "in place: \(obstacle.sentence)"
        }
    }
}

extension FenceObstacle {
    fileprivate var sentence: String {
        switch self {
        case .noSchema: "no schema for views is named or used here"
        case .isView: "it is a view itself"
        case .isOnly: "the statement says ONLY"
        case .momentInLiteral: "a literal in its filter may mean another moment each time"
        case .unproven: "its view could not be proved"
        case .upstream(let why): why
        }
    }
}
