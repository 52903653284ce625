import Foundation
import TestSupport
import Testing

@testable import PolicyEngine

/// Policies in documents of our own reader are looked into directly; Foundation's decoder is the other way to read them.
@Suite(.aside) struct `Documents of policies` {
    /// What reading comes to: the value, or where it failed.
    private enum Outcome: Equatable {
        case read(Policy)
        case failed([String])
    }

    private func outcome(_ read: () throws -> Policy) -> Outcome {
        do { return .read(try read()) } catch let error as DecodingError {
            switch error {
            case .typeMismatch(_, let context), .valueNotFound(_, let context), .keyNotFound(_, let context),
                .dataCorrupted(let context):
                return .failed(context.codingPath.map(\.pathText))
            @unknown default: return .failed(["?"])
            }
        } catch { return .failed(["\(error)"]) }
    }

    private func expectSame(_ node: JSONNode, isStrict: Bool) {
        let direct = outcome { try JSONNodeDecoder.decode(Policy.self, from: node, isStrict: isStrict) }
        let decoder = JSONDecoder()
        decoder.userInfo[.strictMembers] = isStrict
        let other = outcome { try decoder.decode(Policy.self, from: Data(node.jsonText.utf8)) }
        #expect(direct == other, "\(node.jsonText)")
    }

    @Test(arguments: 1...10 as ClosedRange<UInt64>)
    func `are read alike however they are damaged`(seed: UInt64) throws {
        var random = RandomPolicies(numbers: SeededNumbers(seed &+ 9000))
        for policy in random.policies(40) {
            let node = try JSONReader.read(Array(try JSONEncoder().encode(policy)))
            expectSame(node, isStrict: true)
            for _ in 0..<10 {
                var left = Int(random.numbers.next() % 40)
                let damaged = damaged(node, &left, &random.numbers)
                expectSame(damaged, isStrict: true)
                expectSame(damaged, isStrict: false)
            }
        }
    }

    @Test(arguments: conformanceFiles("golden").prefix(12))
    func `of Ranger's are read alike`(file: String) throws {
        let data = try Data(contentsOf: conformance.appending(path: "golden/\(file)"))
        let document = try JSONReader.read(Array(data))
        for node in document["servicePolicies"]?["policies"]?.list ?? [] { expectSame(node, isStrict: false) }
    }

    /// A document with one value of another kind, or one member of another name; `left` counts down to where.
    private func damaged(_ node: JSONNode, _ left: inout Int, _ numbers: inout SeededNumbers) -> JSONNode {
        left -= 1
        if left == 0 {
            return numbers.pick([
                .null, .bool(true), .integer(7), .number(2), .string("x"), .array([.null]), .array([]),
                .object(JSONMembers()),
            ])
        }
        switch node {
        case .null, .bool, .integer, .number, .string: return node
        case .array(let list): return .array(list.map { damaged($0, &left, &numbers) })
        case .object(let members):
            var result = JSONMembers()
            for (name, value) in zip(members.names, members.values) {
                let isRenamed = left == 1 && numbers.chance(30)
                result.append(isRenamed ? "\(name)2" : name, damaged(value, &left, &numbers))
            }
            return .object(result)
        }
    }
}
