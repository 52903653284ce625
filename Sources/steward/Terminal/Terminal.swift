import Foundation
import Governance

/// Writing to the terminal: results to standard output, everything else to standard error.
enum Terminal {
    /// Whether colour is wanted on standard output: it is a terminal, and `NO_COLOR` isn't set.
    static var hasColour: Bool {
        isatty(STDOUT_FILENO) == 1 && ProcessInfo.processInfo.environment["NO_COLOR"] == nil
    }

    /// How many cells a line has: as `COLUMNS` says, else as the terminal does, else 100.
    static var width: Int {
        if let said = Int(ProcessInfo.processInfo.environment["COLUMNS"] ?? ""), said > 0 { return said }
        var size = winsize()
        guard isatty(STDOUT_FILENO) == 1, ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0,
            size.ws_col > 0
        else { return 100 }
        return Int(size.ws_col)
    }

    /// Writes a line to standard output.
    static func line(_ text: String = "") { write(Array(text.utf8) + [10]) }

    /// Writes bytes to standard output; ends the program quietly when nobody reads any more.
    static func write(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Foundation.write(STDOUT_FILENO, $0.baseAddress, $0.count) }
            if count < 0 {
                if errno == EINTR { continue }
                Foundation.exit(errno == EPIPE ? 0 : 1)
            }
            rest = rest.dropFirst(count)
        }
    }

    /// Writes a line to standard error.
    static func error(_ text: String) {
        FileHandle.standardError.write(Data((text + "\n").utf8))
    }

    /// A text in a style, when colour is wanted.
    static func styled(_ text: String, _ style: Style) -> String {
        hasColour ? "\u{1B}[\(style.rawValue)m\(text)\u{1B}[0m" : text
    }

    /// A text without its styles.
    static func unstyled(_ text: String) -> String {
        text.replacing(/\u{1B}\[[0-9;]*m/, with: "")
    }

    /// The styles that output uses, by their terminal codes.
    enum Style: String {
        case strong = "1"
        case faint = "2"
        case red = "31"
        case green = "32"
        case yellow = "33"
        case blue = "36"
    }
}
