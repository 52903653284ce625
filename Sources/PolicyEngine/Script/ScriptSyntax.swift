/// The part of JavaScript that policies really use, as a tree.
indirect enum ScriptExpression: Sendable, Hashable {
    case literal(ScriptLiteral)
    case array([ScriptExpression])
    case object([ScriptProperty])
    case name(String)
    case member(ScriptExpression, String, isOptional: Bool)
    case index(ScriptExpression, ScriptExpression)
    case call(ScriptExpression, [ScriptExpression])
    case unary(String, ScriptExpression)
    case binary(String, ScriptExpression, ScriptExpression)
    case conditional(ScriptExpression, ScriptExpression, ScriptExpression)
    case assign(ScriptExpression, ScriptExpression)
    case function([String], ScriptExpression)
}

/// A value that stands in the text.
enum ScriptLiteral: Sendable, Hashable {
    case undefined, null
    case bool(Bool)
    case number(Double)
    case string(String)
}

/// A member of an object that stands in the text.
struct ScriptProperty: Sendable, Hashable {
    let name: String
    let value: ScriptExpression
}

/// A statement.
indirect enum ScriptStatement: Sendable, Hashable {
    case expression(ScriptExpression)
    case declare(String, ScriptExpression?)
    case branch(ScriptExpression, ScriptStatement, ScriptStatement?)
    case block([ScriptStatement])
    case empty
}

/// Why a script isn't run here.
enum ScriptError: Error, Hashable, Sendable {
    /// Beyond the part of the language that is compiled; a general engine may run it.
    case beyond(String)
    /// Not JavaScript.
    case syntax(String)
    /// Failed while it ran, such as a member of `undefined`.
    case failed(String)
    /// More steps, depth or memory than allowed.
    case limit
}
