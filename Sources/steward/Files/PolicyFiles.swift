import CatalogModel
import Foundation
import Governance
import PolicyEngine

/// Policies and their tests as files hold them.
struct PolicyFiles {
    private(set) var policies: [Policy] = []
    private(set) var tests: [PolicyTest] = []
    private(set) var files: [String] = []
    /// The file of each policy, by service and name; relative to the working folder when it lies in it.
    private(set) var origins: [[String]: String] = [:]

    /// Reads files and folders: `.yaml` and `.yml` in the author's form, `.json` as Ranger exports policies.
    ///
    /// Folders are read whole, in the order of their paths; service definitions in them are left out.
    /// - Throws: what is wrong, with file and line; nothing is kept then.
    init(paths: [String]) throws(GovernanceError) {
        for path in paths {
            for file in try Self.files(at: URL(filePath: path)) { try add(file) }
        }
        guard !files.isEmpty else {
            throw GovernanceError(
                .notFound,
                "no policy files (.yaml, .yml, .json) in \(paths.joined(separator: ", "))"
            )
        }
    }

    /// Reads texts that are part of the program.
    init(texts: [(name: String, text: String)]) throws(GovernanceError) {
        for (name, text) in texts { try add(text, name: name) }
    }

    private mutating func add(_ file: URL) throws(GovernanceError) {
        let known = policies.count
        try add(try YAMLFile.text(of: file), name: file.lastPathComponent)
        let here = FileManager.default.currentDirectoryPath + "/"
        let path = file.path.hasPrefix(here) ? String(file.path.dropFirst(here.count)) : file.path
        for policy in policies[known...] { origins[[policy.service, policy.name]] = path }
    }

    private mutating func add(_ text: String, name: String) throws(GovernanceError) {
        files.append(name)
        if name.hasSuffix(".json") {
            policies += try YAMLFile.decode(RangerExport.self, text: text, name: name).policies
            return
        }
        let document = try YAMLFile.decode(PolicyDocument.self, text: text, name: name)
        do throws(PolicyError) { policies += try document.policies } catch {
            throw GovernanceError(.invalidPolicy, "\(name): \(error)")
        }
        for sentence in document.tests {
            do throws(PolicyError) { tests.append(try PolicyTest(sentence)) } catch {
                throw GovernanceError(.invalidPolicy, "\(name): \(error)")
            }
        }
    }

    private static func files(at url: URL) throws(GovernanceError) -> [URL] {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder) else {
            throw GovernanceError(.notFound, "there is no file or folder `\(url.path)`")
        }
        guard isFolder.boolValue else { return [url] }
        let found = FileManager.default.enumerator(at: url, includingPropertiesForKeys: nil)
        let files = (found?.compactMap { $0 as? URL } ?? []).filter { file in
            ["yaml", "yml", "json"].contains(file.pathExtension)
                && !file.pathComponents.contains("ServiceDefinitions")
        }
        return files.sorted { $0.path < $1.path }
    }
}

/// What Ranger Admin exports: an object with `policies`, or a bare list.
private struct RangerExport: Decodable {
    let policies: [Policy]

    init(from decoder: any Decoder) throws {
        if let list = try? decoder.singleValueContainer().decode([Policy].self) {
            policies = list
            return
        }
        let container = try decoder.container(keyedBy: StrictMembers.AnyKey.self)
        policies = try container.decode([Policy].self, forKey: StrictMembers.AnyKey("policies"))
    }
}
