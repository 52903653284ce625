import CPolicyFiles
import Foundation
import TestSupport
import Testing

@Suite(.aside) struct `Files in the program` {
    @Test func `are those of the folders, byte for byte`() throws {
        var embedded: [String: String] = [:]
        for index in 0..<steward_file_count() {
            embedded[String(cString: steward_file_name(index))] = String(cString: steward_file_text(index))
        }
        let policies = Program.root.appending(path: "Policies")
        let found = FileManager.default.enumerator(at: policies, includingPropertiesForKeys: nil)
        let files = (found?.compactMap { $0 as? URL } ?? []).filter {
            ["json", "yaml"].contains($0.pathExtension)
        }
        #expect(files.count >= 8)
        for file in files {
            let name = file.standardizedFileURL.path.replacingOccurrences(of: policies.path + "/", with: "")
            #expect(
                embedded.removeValue(forKey: name) == (try String(contentsOf: file, encoding: .utf8)),
                "\(name)"
            )
        }
        let manifest = Program.root.appending(path: "SampleData/catalog.yaml")
        #expect(
            embedded.removeValue(forKey: "SampleData/catalog.yaml")
                == (try String(contentsOf: manifest, encoding: .utf8))
        )
        #expect(embedded.isEmpty, "in the program only: \(embedded.keys.sorted())")
    }
}
