import Foundation
import TestSupport
import Testing

@testable import HTTPAPI

@Suite(.aside) struct `The JSON reader` {
    private static func accepts(_ bytes: [UInt8]) -> Bool {
        do {
            var reader = try JSONReader(bytes)
            try reader.skip()
            try reader.end()
            return true
        } catch {
            return false
        }
    }

    @Test func `takes what RFC 8259 allows, and nothing else`() {
        for text in [
            "0", "-0", "-1.5e+10", "1E2", "\"\"", "\"\\u00e9\\ud83d\\ude00\\/\"", "[]", "[ ]", "{}",
            " {\"a\":[null,true]} ",
            "\u{FEFF}[]", "{\"a\":1,\"b\":1}",
        ] {
            #expect(Self.accepts(Array(text.utf8)), "\(text)")
        }
        for text in [
            "", " ", "01", "-", "1.", ".5", "+1", "1e", "0x1", "NaN", "nul", "True", "'a'", "\"", "\"\\x\"",
            "\"\\u12\"",
            "\"\\ud800\"", "\"\\ud800\\u0041\"", "\"\\udc00\"", "\"\n\"", "[1,]", "[,1]", "[1 2]", "{\"a\"}",
            "{\"a\":}",
            "{a:1}", "{\"a\":1,}", "{\"a\":1,\"a\":2}", "{\"a\":1,\"\\u0061\":2}", "[]]", "[", "{\"a\":1",
            "[1]x", "//",
        ] {
            #expect(!Self.accepts(Array(text.utf8)), "\(text)")
        }
        #expect(!Self.accepts([0x22, 0xFF, 0x22]))
        #expect(!Self.accepts([0x22, 0xED, 0xA0, 0x80, 0x22]))
        #expect(
            Self.accepts(Array((String(repeating: "[", count: 64) + String(repeating: "]", count: 64)).utf8))
        )
        #expect(!Self.accepts([UInt8](repeating: UInt8(ascii: "["), count: 1_000_000)))
    }

    @Test func `says line and byte of what is wrong`() throws {
        let bytes = Array("{\"a\":1,\n\"b\":x}".utf8)
        var reader = try JSONReader(bytes)
        let error = #expect(throws: JSONError.self) { try reader.skip() }
        #expect(error?.offset == 12)
        #expect(error?.line(in: bytes) == 2)
        let invalid = #expect(throws: JSONError.self) { _ = try JSONReader([0x22, 0x61, 0xC3, 0x28, 0x22]) }
        #expect(invalid?.offset == 2)
    }

    /// Whatever bytes come, the reader ends, and agrees with Foundation on whether they are JSON, but for what only we
    /// refuse, names given twice and lone surrogates, and for numbers that are too large for Foundation.
    @Test func `agrees with Foundation on thousands of mutations`() throws {
        let seed = TestSeed.value()
        var dice = SplitMix(state: seed)
        let seeds = [
            #"{"columns":[{"label":"who","origin":"shop.people.name"}],"rows":[["A",1.50e-3,null,{"x":[true,""]}]]}"#,
            #"[0,-1,"\ué\n",{"a":{"b":[[],{}]}}," "]"#,
        ].map { Array($0.utf8) }
        let alphabet =
            Array("{}[]\",:\\0123456789.eE+-truefalsn \n\u{e9}".utf8) + [0, 0x1F, 0x7F, 0xFF, 0xC3, 0xED]
        for _ in 0..<20_000 {
            var bytes = seeds[Int(dice.next() % UInt64(seeds.count))]
            for _ in 0..<(1 + dice.next() % 4) where !bytes.isEmpty {
                let place = Int(dice.next() % UInt64(bytes.count))
                switch dice.next() % 4 {
                case 0: bytes.remove(at: place)
                case 1: bytes.insert(alphabet[Int(dice.next() % UInt64(alphabet.count))], at: place)
                case 2: bytes[place] = alphabet[Int(dice.next() % UInt64(alphabet.count))]
                default: bytes.removeSubrange(place...)
                }
            }
            let ours = Self.accepts(bytes)
            guard ours else { continue }
            // What we take must be JSON to others too.
            guard String(decoding: bytes, as: UTF8.self).firstMatch(of: /[eE]\+?[0-9]{3}/) == nil else {
                continue
            }
            let theirs = try? JSONSerialization.jsonObject(with: Data(bytes), options: [.fragmentsAllowed])
            #expect(theirs != nil, "seed \(seed): \(String(decoding: bytes, as: UTF8.self))")
        }
    }
}

/// Numbers from a seed.
struct SplitMix {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
