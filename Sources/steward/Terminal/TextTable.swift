import Foundation

/// A table of text for a terminal: columns as wide as they need, cut to fit the width.
struct TextTable {
    /// The most cells that a line takes.
    var width = Terminal.width
    private let header: [String]
    private var rows: [[Cell]] = []

    /// A cell, with the style that it is shown in.
    struct Cell {
        let text: String
        let style: Terminal.Style?

        init(_ text: String, _ style: Terminal.Style? = nil) {
            self.text = DisplayText.printable(text)
            self.style = style
        }
    }

    init(_ header: [String]) { self.header = header }

    mutating func add(_ cells: [Cell]) { rows.append(cells) }

    mutating func add(_ cells: [String]) { rows.append(cells.map { Cell($0) }) }

    /// The lines of the table, header first.
    func lines() -> [String] {
        let widths = fittedWidths()
        var lines = [
            zip(header, widths).map { Terminal.styled(DisplayText.fit($0, to: $1), .strong) }.joined(
                separator: "  "
            ),
            widths.map { String(repeating: "─", count: $0) }.joined(separator: "  "),
        ]
        for row in rows {
            let cells = zip(row, widths).map { cell, width in
                let text = DisplayText.fit(cell.text, to: width)
                return cell.style.map { Terminal.styled(text, $0) } ?? text
            }
            lines.append(cells.joined(separator: "  "))
        }
        return lines.map { line in
            var line = line
            while line.last == " " { line.removeLast() }
            return line
        }
    }

    /// The natural widths, the widest made narrower until all fit.
    private func fittedWidths() -> [Int] {
        var widths = header.map(DisplayText.width)
        for row in rows {
            for (index, cell) in row.enumerated() where index < widths.count {
                widths[index] = max(widths[index], DisplayText.width(cell.text))
            }
        }
        let room = width - 2 * (widths.count - 1)
        while widths.reduce(0, +) > room, let widest = widths.indices.max(by: { widths[$0] < widths[$1] }),
            widths[widest] > 6
        {
            widths[widest] -= 1
        }
        return widths
    }
}

/// How text looks on a terminal: its width in cells, cut and padded by cells.
enum DisplayText {
    /// The text with control characters and direction marks shown as symbols, so that a value can't move the cursor.
    static func printable(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x0A: result.append("⏎")
            case 0x09: result.append("⇥")
            case 0x00..<0x20, 0x7F..<0xA0, 0x2028, 0x2029, 0x202A...0x202E, 0x2066...0x2069, 0x200E, 0x200F:
                result.append("·")
            default: result.append(scalar)
            }
        }
        return String(result)
    }

    /// Cells that a text takes: two for wide East Asian characters and emoji, none for combining marks.
    static func width(_ text: String) -> Int { text.reduce(0) { $0 + width($1) } }

    private static func width(_ character: Character) -> Int {
        guard let first = character.unicodeScalars.first else { return 0 }
        if first.properties.isEmojiPresentation || character.unicodeScalars.contains("\u{FE0F}") { return 2 }
        switch first.value {
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF,
            0xFE30...0xFE6F,
            0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1FAFF, 0x20000...0x3FFFD:
            return 2
        default:
            switch first.properties.generalCategory {
            case .nonspacingMark, .enclosingMark, .format: return 0
            default: return 1
            }
        }
    }

    /// The text in lines of at most so many cells, broken at spaces; further lines are indented by four.
    static func wrap(_ text: String, to cells: Int) -> [String] {
        var lines: [String] = []
        var line = ""
        var used = 0
        for (index, word) in text.split(separator: " ", omittingEmptySubsequences: false).enumerated() {
            let next = width(Terminal.unstyled(String(word)))
            if index > 0, used + 1 + next > cells {
                lines.append(line)
                line = "    " + word
                used = 4 + next
            } else {
                line += index == 0 ? String(word) : " " + word
                used += index == 0 ? next : 1 + next
            }
        }
        return lines + [line]
    }

    /// The text cut with `…` or padded with spaces to so many cells.
    static func fit(_ text: String, to cells: Int) -> String {
        let natural = width(text)
        guard natural > cells else { return text + String(repeating: " ", count: cells - natural) }
        var result = ""
        var used = 0
        for character in text {
            let next = width(character)
            if used + next > cells - 1 { break }
            result.append(character)
            used += next
        }
        return result + "…" + String(repeating: " ", count: max(0, cells - 1 - used))
    }
}
