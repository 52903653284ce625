import Crypto
import NIOCore
import QueryAnalysis

/// What a session has prepared, so that any connection can prepare it again.
final class KeptStatement {
    /// Its name on connections, made from what it says: equal statements of several sessions are one.
    ///
    /// Empty for the unnamed one.
    let name: String
    /// The text and the parameters' types, as `Parse` carries them after the name.
    let content: ByteBuffer
    /// What running it does to the session.
    let effects: [StatementEffect]
    /// Whether running it may set a time zone.
    let saysZone: Bool
    private let zone: Zone

    /// The time zone in which it was prepared: PostgreSQL reads literals of moments then.
    enum Zone: Equatable {
        /// Nil is the one that the session began with.
        case known(String?)
        /// It was set in the same transaction.
        case unknown
    }

    /// What begins the names on connections; no name of a client's goes there that does.
    static let prefix = "steward_"

    init(_ content: ByteBuffer, _ effects: [StatementEffect], isNamed: Bool, zone: Zone) {
        // Its own memory: what it was cut from is much larger.
        self.content = ByteBuffer(bytes: content.readableBytesView)
        self.effects = effects
        self.zone = zone
        saysZone = PooledSession.saysZone(content, effects)
        guard isNamed else {
            name = ""
            return
        }
        var hash = SHA256()
        switch zone {
        case .known(let zone): hash.update(data: Array((zone ?? "").utf8) + [0])
        case .unknown: hash.update(data: [0] + [UInt8].random(count: 16))
        }
        content.withUnsafeReadableBytes { hash.update(bufferPointer: $0) }
        name = KeptStatement.prefix + Array(hash.finalize()).base64
    }

    /// The zone, if it is known; nil in it is the one that the session began with.
    var knownZone: String?? { if case .known(let zone) = zone { .some(zone) } else { nil } }

    /// Whether it would mean the same if it were prepared while a time zone is set.
    func means(sameIn zone: Zone) -> Bool { zone != .unknown && self.zone == zone }

    /// Bytes of memory, about.
    var size: Int { content.readableBytes + 200 }
}

extension ByteBuffer {
    /// A `Parse` of what is kept.
    mutating func writeParse(_ statement: KeptStatement, name: String) {
        writeMessage("P") { buffer in
            buffer.writeZeroEnded(name)
            buffer.writeImmutableBuffer(statement.content)
        }
    }
}
