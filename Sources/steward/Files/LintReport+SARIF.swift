import Foundation
import Governance

extension LintReport {
    /// The findings as SARIF.
    ///
    /// - Source: Static Analysis Results Interchange Format 2.1.0, OASIS.
    func sarif() throws -> [UInt8] {
        let rules = PolicyRule.allCases.map { rule in
            SARIF.Rule(id: rule.rawValue, shortDescription: SARIF.Text(text: rule.summary))
        }
        let results = findings.map { finding in
            SARIF.Result(
                ruleId: finding.rule.rawValue,
                level: finding.level.rawValue,
                message: SARIF.Text(text: "\(finding.why). \(finding.advice)"),
                locations: [
                    SARIF.Location(
                        physicalLocation: file(of: finding).map { file in
                            SARIF.File(artifactLocation: SARIF.Artifact(uri: Self.uri(of: file)))
                        },
                        logicalLocations: [
                            SARIF.Place(fullyQualifiedName: finding.place, kind: "resource")
                        ]
                    )
                ]
            )
        }
        let log = SARIF.Log(
            schema: "https://json.schemastore.org/sarif-2.1.0.json",
            version: "2.1.0",
            runs: [
                SARIF.Run(
                    tool: SARIF.Tool(
                        driver: SARIF.Driver(
                            name: "steward policy lint",
                            version: StewardVersion.text,
                            rules: rules
                        )
                    ),
                    results: results
                )
            ]
        )
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(log)) + [10]
    }

    /// A path as a URI: relative ones stay relative.
    private static func uri(of path: String) -> String {
        let text = path.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed) ?? path
        return path.hasPrefix("/") ? "file://\(text)" : text
    }
}

/// The part of SARIF that is written.
private enum SARIF {
    struct Log: Encodable {
        let schema: String
        let version: String
        let runs: [Run]

        enum CodingKeys: String, CodingKey {
            case schema = "$schema"
            case version, runs
        }
    }
    struct Run: Encodable {
        let tool: Tool
        let results: [Result]
    }
    struct Tool: Encodable { let driver: Driver }
    struct Driver: Encodable {
        let name: String
        let version: String
        let rules: [Rule]
    }
    struct Rule: Encodable {
        let id: String
        let shortDescription: Text
    }
    struct Text: Encodable { let text: String }
    struct Result: Encodable {
        let ruleId: String
        let level: String
        let message: Text
        let locations: [Location]
    }
    struct Location: Encodable {
        let physicalLocation: File?
        let logicalLocations: [Place]
    }
    struct File: Encodable { let artifactLocation: Artifact }
    struct Artifact: Encodable { let uri: String }
    struct Place: Encodable {
        let fullyQualifiedName: String
        let kind: String
    }
}
