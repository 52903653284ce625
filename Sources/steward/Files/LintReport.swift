import CatalogModel
import Foundation
import Governance
import PolicyEngine

/// Findings about policies, for people and for programs.
struct LintReport {
    let findings: [PolicyFinding]
    /// The files that the policies came from; nil for those in force.
    let files: PolicyFiles?

    var errors: Int { findings.count { $0.level == .error } }
    var warnings: Int { findings.count { $0.level == .warning } }

    /// Findings for a terminal, and the sums.
    var lines: [String] {
        var lines: [String] = []
        for finding in findings {
            let level = Terminal.styled(finding.level.rawValue, finding.level == .error ? .red : .yellow)
            let file = file(of: finding).map { "\($0): " } ?? ""
            lines.append("\(level) [\(finding.rule.rawValue)] \(file)\(finding.place)")
            lines.append("  why: \(finding.why)")
            lines.append("  do:  \(finding.advice)")
        }
        lines.append(
            "\(errors) \(errors == 1 ? "error" : "errors"), \(warnings) \(warnings == 1 ? "warning" : "warnings")"
        )
        return lines
    }

    func file(of finding: PolicyFinding) -> String? {
        files?.origins[[finding.service, finding.policy]]
    }

    /// What `--json` writes.
    var summary: Summary {
        Summary(
            errors: errors,
            warnings: warnings,
            findings: findings.map { finding in
                Summary.Finding(
                    rule: finding.rule.rawValue,
                    level: finding.level.rawValue,
                    file: file(of: finding),
                    service: finding.service,
                    policy: finding.policy,
                    member: finding.member,
                    column: finding.column?.description,
                    why: finding.why,
                    advice: finding.advice
                )
            }
        )
    }

    struct Summary: Encodable {
        let errors: Int
        let warnings: Int
        let findings: [Finding]

        struct Finding: Encodable {
            let rule: String
            let level: String
            let file: String?
            let service: String
            let policy: String
            let member: String
            let column: String?
            let why: String
            let advice: String
        }
    }
}

extension LintReport {
    /// JUnit's XML: a test for each finding, failed for errors; and a passed one for each rule that found nothing.
    var junit: String {
        var cases: [String] = []
        for rule in PolicyRule.allCases {
            let own = findings.filter { $0.rule == rule }
            if own.isEmpty {
                cases.append("    <testcase classname=\"\(rule.rawValue)\" name=\"no finding\"/>")
            }
            for finding in own {
                let text = "\(finding.why). \(finding.advice)"
                let inside =
                    finding.level == .error
                    ? "<failure type=\"\(rule.rawValue)\" message=\"\(Self.escaped(finding.why))\">"
                        + "\(Self.escaped(text))</failure>"
                    : "<system-out>\(Self.escaped(text))</system-out>"
                cases.append(
                    "    <testcase classname=\"\(rule.rawValue)\" name=\"\(Self.escaped(finding.place))\">"
                        + "\(inside)</testcase>"
                )
            }
        }
        return """
            <?xml version="1.0" encoding="UTF-8"?>
            <testsuites tests="\(cases.count)" failures="\(errors)">
              <testsuite name="steward policy lint" tests="\(cases.count)" failures="\(errors)">
            \(cases.joined(separator: "\n"))
              </testsuite>
            </testsuites>

            """
    }

    /// Text for XML; characters that XML can't hold become `?`.
    private static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "\t", "\n", "\r": result += "&#\(scalar.value);"
            default:
                let isAllowed = scalar.value >= 0x20 && scalar.value != 0xFFFE && scalar.value != 0xFFFF
                result.unicodeScalars.append(isAllowed ? scalar : "?")
            }
        }
        return result
    }
}
