import Foundation
import TestSupport
import Testing

@Suite(.aside) struct `The rooms` {
    @Test func `are all known to this test`() throws {
        let folders = try FileManager.default.contentsOfDirectory(atPath: Rooms.root.path + "/Sources")
        #expect(Set(folders.filter { $0.firstMatch(of: /^C[A-Z]/) == nil }) == Set(Rooms.imports.keys))
    }

    @Test(arguments: Rooms.imports.keys.sorted())
    func `import only what they may`(room: String) throws {
        let files = try Rooms.files(of: room)
        #expect(!files.isEmpty)
        let modifiers: Set<Substring> = [
            "package", "public", "internal", "private", "fileprivate", "@preconcurrency",
        ]
        for file in files {
            for line in file.lines {
                let words = line.split(separator: " ").drop { modifiers.contains($0) }
                #expect(words.first != "@testable", "\(room): \(file.name) uses @testable")
                guard words.first == "import", let module = words.last.map(String.init) else { continue }
                #expect(
                    Rooms.imports[room, default: []].contains(module),
                    "\(room): \(file.name) imports \(module)"
                )
            }
        }
    }

    @Test(arguments: Rooms.imports.keys.sorted())
    func `document every package declaration`(room: String) throws {
        let declaration =
            /^\s*package (?:static |mutating |indirect |final |private\(set\) )*(func|var|let|struct|enum|class|actor|protocol|init|subscript|typealias)\b/
        for file in try Rooms.files(of: room) {
            for (number, line) in file.lines.enumerated() where line.firstMatch(of: declaration) != nil {
                let above = file.lines[..<number].last {
                    !$0.trimmingCharacters(in: .whitespaces).hasPrefix("@")
                }
                #expect(
                    (above ?? "").contains("///"),
                    "\(room): \(file.name):\(number + 1) has no doc comment"
                )
            }
        }
    }

    @Test(arguments: Rooms.imports.keys.sorted())
    func `keep files short and free of what crashes`(room: String) throws {
        for file in try Rooms.files(of: room) {
            #expect(file.lines.count <= 401, "\(room): \(file.name) has \(file.lines.count) lines")
            for (number, line) in file.lines.enumerated() {
                let code = line.trimmingCharacters(in: .whitespaces)
                guard !code.hasPrefix("//") else { continue }
                for word in ["try!", " as! ", "unsafeBitCast", "fatalError(", "TODO", "FIXME"] {
                    #expect(!code.contains(word), "\(room): \(file.name):\(number + 1) has `\(word)`")
                }
            }
        }
    }

    @Test(arguments: Rooms.pure)
    func `that are pure read no clock, no chance and no file`(room: String) throws {
        for file in try Rooms.files(of: room) {
            for (number, line) in file.lines.enumerated() {
                let code = line.trimmingCharacters(in: .whitespaces)
                guard !code.hasPrefix("//") else { continue }
                for word in [
                    "SystemRandomNumberGenerator", "ContinuousClock", ".random(", "async ", "await ",
                    "Mutex<",
                ] {
                    #expect(!code.contains(word), "\(room): \(file.name):\(number + 1) has `\(word)`")
                }
            }
        }
    }

    @Test func `have tests that leave the pool to what they test`() throws {
        for file in try Rooms.files(under: "Tests") {
            let hasTests = file.lines.contains { $0.hasPrefix("    @Test") }
            let suites = file.lines.indices.filter {
                file.lines[$0].hasPrefix("struct `") || file.lines[$0].hasPrefix("@Suite")
            }
            for index in suites {
                let isAside = file.lines[max(0, index - 9)..<min(index + 9, file.lines.count)].contains {
                    $0.contains(".aside")
                }
                #expect(isAside, "\(file.name):\(index + 1) has no `.aside`")
            }
            let isAside = file.lines.contains { $0.contains(".aside") || $0.hasPrefix("extension `") }
            #expect(!hasTests || isAside, "\(file.name) has tests and no `.aside`")
        }
    }

    @Test func `stand on a top level where nothing else is`() throws {
        let allowed: Set = [
            "Package.swift", "Sources", "Tests", "Policies", "SampleData", "Docs", "README.md",
        ]
        let found = try FileManager.default.contentsOfDirectory(atPath: Rooms.root.path)
        let ignored: Set = ["Package.resolved", "steward-data"]
        let extra = Set(found).subtracting(allowed).subtracting(ignored).filter { !$0.hasPrefix(".") }
        #expect(extra.isEmpty, "at the top level: \(extra.sorted())")
    }
}
