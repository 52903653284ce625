import CatalogModel
import Foundation
import Governance
import HTTPTypes
import Synchronization

/// Makes sure who a caller is, from the `Authorization` header.
struct SignIn: Sendable {
    let services: Services

    /// The visitor that a header names.
    ///
    /// A password that was proven before passes at once; others queue for scrypt, and are refused unseen after too many
    /// failures.
    /// - Parameters:
    ///   - headers: The request's header.
    ///   - request: The request's identity.
    ///   - remote: The address that the request came from.
    /// - Returns: The visitor.
    /// - Throws: `unauthenticated`, `too-many-sign-ins`, `busy`.
    func visitor(_ headers: HTTPFields, request: String, from remote: String) async throws -> Visitor {
        guard let header = headers[.authorization] else {
            throw Problem(GovernanceError(.unauthenticated, "send a name and password, or a token"))
        }
        guard let credentials = Credentials(header) else {
            throw Problem(
                GovernanceError(
                    .unauthenticated,
                    "`Authorization` must be `Basic …`, or `Bearer …` with a token"
                )
            )
        }
        return try await authenticated(credentials, request: request, from: remote) {
            cases,
            caller throws(GovernanceError) in
            let standing = try cases.browsing.standing(of: caller)
            return Visitor(caller: caller, isAdmin: standing.isAdmin, isOfZone: standing.isOfZone)
        }
    }

    /// Makes sure that a password or token is right, and goes on in the same breath.
    ///
    /// - Throws: as ``visitor(_:request:from:)``, and what `then` throws.
    func authenticated<Value: Sendable>(
        _ credentials: Credentials,
        request: String,
        from remote: String,
        then: @escaping @Sendable (UseCases, Caller) throws(GovernanceError) -> Value
    ) async throws -> Value {
        let (cases, workers) = (services.cases, services.workers)
        do {
            switch credentials {
            case .token(let token):
                try services.failures.check(name: nil, from: remote)
                return try await workers.catalog { () throws(GovernanceError) in
                    try then(cases, try cases.authentication.caller(token: token, request: request))
                }
            case .password(let user, let password):
                let proven = try await workers.catalog { () throws(GovernanceError) -> Value? in
                    let caller = try cases.authentication.provenCaller(
                        user: user,
                        password: password,
                        request: request
                    )
                    guard let caller else { return nil }
                    return try then(cases, caller)
                }
                if let proven { return proven }
                try services.failures.check(name: user.text, from: remote)
                return try await workers.secret { () throws(GovernanceError) in
                    let caller = try cases.authentication.caller(
                        user: user,
                        password: password,
                        request: request
                    )
                    return try then(cases, caller)
                }
            }
        } catch let error as GovernanceError where error.code == .unauthenticated {
            services.failures.record(name: credentials.name, from: remote)
            services.metrics.countFailedSignIn()
            throw error
        }
    }
}

/// What an `Authorization` header holds.
enum Credentials: Sendable {
    case password(UserName, String)
    case token(String)

    /// Reads a header; nil when it is neither Basic nor Bearer, or longer than anything that could be right.
    init?(_ header: String) {
        guard header.utf8.count <= 4096, let space = header.firstIndex(of: " ") else { return nil }
        let rest = header[space...].trimmingCharacters(in: .whitespaces)
        switch header[..<space].lowercased() {
        case "bearer":
            guard !rest.isEmpty, rest.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { return nil }
            self = .token(rest)
        case "basic":
            guard let data = Data(base64Encoded: rest), let text = String(validating: data, as: UTF8.self),
                let colon = text.firstIndex(of: ":"),
                text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F })
            else { return nil }
            let name = String(text[..<colon])
            guard !name.isEmpty, name.utf8.count <= 255 else { return nil }
            self = .password(UserName(name), String(text[text.index(after: colon)...]))
        default: return nil
        }
    }

    /// The name that is claimed; nil for a token.
    var name: String? {
        switch self {
        case .password(let user, _): user.text
        case .token: nil
        }
    }
}

/// Counts failed sign-ins by minute, for a name from an address and for an address.
final class FailureCounter: Sendable {
    private struct Key: Hashable {
        let address: String
        let name: String?
    }

    private struct State {
        var window: Int64 = 0
        var counts: [Key: Int] = [:]
    }

    private let limits: HTTPLimits
    private let now: @Sendable () -> Instant
    private let state = Mutex(State())

    init(limits: HTTPLimits, now: @escaping @Sendable () -> Instant) {
        self.limits = limits
        self.now = now
    }

    /// Refuses when too many have failed in this minute.
    func check(name: String?, from address: String) throws(Problem) {
        let (window, left) = minute()
        let isOver = state.withLock { state in
            guard state.window == window else { return false }
            let forName = state.counts[Key(address: address, name: name ?? ""), default: 0]
            let fromAddress = state.counts[Key(address: address, name: nil), default: 0]
            return fromAddress >= limits.failuresFromAddress
                || name != nil && forName >= limits.failuresForName
        }
        guard isOver else { return }
        throw Problem(
            .tooManySignIns,
            "too many wrong passwords or tokens: try again in \(left) seconds",
            headers: [.retryAfter: String(left)]
        )
    }

    /// Counts a failure.
    func record(name: String?, from address: String) {
        let (window, _) = minute()
        state.withLock { state in
            if state.window != window { state = State(window: window) }
            state.counts[Key(address: address, name: nil), default: 0] += 1
            // An address can't fail more often than its limit, so names are bounded with addresses.
            if let name { state.counts[Key(address: address, name: name), default: 0] += 1 }
        }
    }

    private func minute() -> (window: Int64, secondsLeft: Int64) {
        let seconds = now().microseconds / 1_000_000
        return (seconds / 60, 60 - seconds % 60)
    }
}
