import NIOCore

/// Writes the messages that a server sends.
extension ByteBuffer {
    /// A message of a kind: its length is filled in.
    mutating func writeMessage(_ kind: Character, _ body: (inout ByteBuffer) -> Void) {
        writeInteger(kind.asciiValue ?? 0)
        let start = writerIndex
        writeInteger(Int32(0))
        body(&self)
        setInteger(Int32(writerIndex - start), at: start)
    }

    mutating func writeZeroEnded(_ text: String) {
        writeString(text)
        writeInteger(UInt8(0))
    }

    mutating func writeAuthenticationOK() { writeMessage("R") { $0.writeInteger(Int32(0)) } }

    mutating func writeCleartextPasswordRequest() { writeMessage("R") { $0.writeInteger(Int32(3)) } }

    mutating func writeSASLRequest(_ mechanisms: [String]) {
        writeMessage("R") { buffer in
            buffer.writeInteger(Int32(10))
            for mechanism in mechanisms { buffer.writeZeroEnded(mechanism) }
            buffer.writeInteger(UInt8(0))
        }
    }

    mutating func writeSASLContinue(_ text: String) {
        writeMessage("R") {
            $0.writeInteger(Int32(11))
            $0.writeString(text)
        }
    }

    mutating func writeSASLFinal(_ text: String) {
        writeMessage("R") {
            $0.writeInteger(Int32(12))
            $0.writeString(text)
        }
    }

    mutating func writeParameterStatus(_ name: String, _ value: String) {
        writeMessage("S") {
            $0.writeZeroEnded(name)
            $0.writeZeroEnded(value)
        }
    }

    mutating func writeBackendKey(process: Int32, secret: Int32) {
        writeMessage("K") {
            $0.writeInteger(process)
            $0.writeInteger(secret)
        }
    }

    mutating func writeReady(_ status: UInt8) { writeMessage("Z") { $0.writeInteger(status) } }

    /// The version that is spoken and the options that aren't known.
    mutating func writeNegotiation(unknownOptions: [String]) {
        writeMessage("v") {
            $0.writeInteger(Int32(0))
            $0.writeInteger(Int32(unknownOptions.count))
            for option in unknownOptions { $0.writeZeroEnded(option) }
        }
    }

    mutating func writeError(_ error: ClientError) {
        writeMessage("E") { buffer in
            for (field, value) in [
                ("S", error.severity), ("V", error.severity), ("C", error.sqlState), ("M", error.message),
            ] {
                buffer.writeString(field)
                buffer.writeZeroEnded(value)
            }
            if let position = error.position {
                buffer.writeString("P")
                buffer.writeZeroEnded(String(position))
            }
            buffer.writeInteger(UInt8(0))
        }
    }

    // What goes upstream.

    mutating func writeQuery(_ text: String) { writeMessage("Q") { $0.writeZeroEnded(text) } }

    mutating func writeParse(name: String, text: String, types: [UInt32]) {
        writeMessage("P") { buffer in
            buffer.writeZeroEnded(name)
            buffer.writeZeroEnded(text)
            buffer.writeInteger(Int16(types.count))
            for type in types { buffer.writeInteger(type) }
        }
    }

    mutating func writeNamed(_ kind: Character, _ target: Character, _ name: String) {
        writeMessage(kind) {
            $0.writeInteger(target.asciiValue ?? 0)
            $0.writeZeroEnded(name)
        }
    }

    mutating func writeExecute(portal: String, limit: Int32) {
        writeMessage("E") {
            $0.writeZeroEnded(portal)
            $0.writeInteger(limit)
        }
    }

    mutating func writeEmpty(_ kind: Character) { writeMessage(kind) { _ in } }
}
