import CatalogModel
import Foundation
import PolicyEngine
import TestSupport
import Testing

@testable import Masking

/// What Hive's own functions return, one row a vector.
@Suite(.aside) struct HiveVectors {
    @Test(.enabled(if: !MaskVector.files.isEmpty), arguments: MaskVector.files)
    func `every vector gives Hive's value or is refused where Hive fails`(file: URL) throws {
        let vectors = try JSONDecoder().decode([MaskVector].self, from: Data(contentsOf: file))
        #expect(!vectors.isEmpty)
        for vector in vectors {
            let outcome = vector.outcome
            let isMatch =
                switch outcome {
                case .success(let text): vector.error_current == nil && text == vector.expected_current
                case .failure: vector.error_current != nil
                }
            #expect(
                isMatch,
                "\(vector.transformer) on \(vector.type) \(vector.input ?? "NULL"): \(outcome), not \(vector.expected_current ?? "NULL") \(vector.error_current ?? "")"
            )
        }
    }

    @Test(.enabled(if: !MaskVector.files.isEmpty), arguments: MaskVector.files)
    func `vectors masked as one batch give what each gives alone`(file: URL) throws {
        let vectors = try JSONDecoder().decode([MaskVector].self, from: Data(contentsOf: file))
        for group in Dictionary(grouping: vectors, by: { "\($0.mask) \($0.transformer) \($0.type)" }).values {
            let first = try #require(group.first)
            let clean = group.filter { $0.error_current == nil }
            guard !clean.isEmpty, let type = DataType(first.type),
                let function = try? MaskFunction(first.call, on: type)
            else { continue }
            let result = try function.apply(to: ColumnVector(clean.map(\.input)), of: ColumnName("c"))
            #expect((0..<result.count).map(result.unmaskedText) == clean.map(\.expected_current))
        }
    }
}

/// One row of a vector file.
struct MaskVector: Decodable, Sendable {
    let mask: String
    let transformer: String
    let type: String
    let input: String?
    let expected_current: String?
    let error_current: String?

    var choice: MaskChoice { Choices.mask(mask, transformer) }

    var call: MaskCall {
        get throws {
            switch try MaskText(choice) {
            case .call(let call): return call
            case .expression: throw MaskError.unpublishedExpression(nil)
            }
        }
    }

    var outcome: Result<String?, any Error> {
        Result {
            let type = try #require(DataType(self.type))
            try MaskCatalog.check(choice, on: type)
            let function = try MaskFunction(call, on: type)
            let result = try function.apply(to: ColumnVector([input]), of: ColumnName("c"))
            return result.unmaskedText(0)
        }
    }

    static let files: [URL] = {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let folder =
            ProcessInfo.processInfo.environment["STEWARD_CONFORMANCE"].map { URL(filePath: $0) }
            ?? root.deletingLastPathComponent().appending(path: "shared/conformance")
        let files = try? FileManager.default.contentsOfDirectory(
            at: folder.appending(path: "masks"),
            includingPropertiesForKeys: nil
        )
        return (files ?? []).filter { $0.pathExtension == "json" }
    }()
}
