/// What came of running one file of tests.
package struct FileReport: Hashable, Sendable {
    /// A case that came out otherwise than the file says.
    package struct Failure: Hashable, Sendable {
        /// The case.
        package let name: String
        /// What the file expects.
        package let expected: String
        /// What came out.
        package let got: String
    }

    /// The file.
    package let path: String
    /// The format that was recognised; nil when none was.
    package internal(set) var format: String?
    /// How many cases came out as expected.
    package internal(set) var passed = 0
    /// The others.
    package internal(set) var failures: [Failure] = []
    /// Why the file couldn't be run; nil when it was.
    package internal(set) var error: String?

    init(path: String) { self.path = path }

    /// Whether everything came out as expected.
    package var isGood: Bool { failures.isEmpty && error == nil }

    mutating func check(_ name: String, expected: String, got: String) {
        if expected == got {
            passed += 1
        } else {
            failures.append(Failure(name: name, expected: expected, got: got))
        }
    }

    mutating func check(_ name: String, _ problems: [(expected: String, got: String)]) {
        if problems.isEmpty {
            passed += 1
        } else {
            failures.append(
                Failure(
                    name: name,
                    expected: problems.map(\.expected).joined(separator: ", "),
                    got: problems.map(\.got).joined(separator: ", ")
                )
            )
        }
    }
}

/// Why a file can't be run, and where in it.
struct VerificationError: Error, Sendable, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }

    init(_ error: any Error, at path: String) {
        switch error {
        case let error as VerificationError: self = error
        case let error as DecodingError: self.init(VerificationError.text(error, path))
        default: self.init(path.isEmpty ? "\(error)" : "`\(path)`: \(error)")
        }
    }

    private static func text(_ error: DecodingError, _ path: String) -> String {
        let context: DecodingError.Context
        switch error {
        case .typeMismatch(_, let found), .valueNotFound(_, let found), .keyNotFound(_, let found),
            .dataCorrupted(let found):
            context = found
        @unknown default: return path
        }
        return path.isEmpty ? context.debugDescription : "in `\(path)`: \(context.debugDescription)"
    }
}
