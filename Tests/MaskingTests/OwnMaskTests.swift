import CatalogModel
import PolicyEngine
import TestSupport
import Testing

@testable import Masking

/// Masks a few values with a call.
func masked(_ text: String, _ type: DataType, _ values: [String?]) throws -> [String?] {
    let result = try MaskFunction(MaskCall(text), on: type).apply(
        to: ColumnVector(values),
        of: ColumnName("c")
    )
    return (0..<result.count).map(result.unmaskedText)
}

@Suite(.aside) struct `Our own masks` {
    @Test
    func `redact shows five stars whatever the length`() throws {
        #expect(
            try masked("redact({col})", .string, ["", "a", nil, "long text"]) == [
                "*****", "*****", nil, "*****",
            ]
        )
        #expect(try MaskFunction(MaskCall("redact({col})"), on: .double).isAlwaysNull)
    }

    @Test
    func `showing some characters never shows more than half of a value`() throws {
        let values: [String?] = ["", "1", "1234", "1234567", "12345678", nil, "4111-1111"]
        #expect(
            try masked("show_last({col}, 4)", .string, values)
                == ["", "*", "****", "*******", "****5678", nil, "*****1111"]
        )
        #expect(
            try masked("show_first({col}, 4)", .varchar(20), values)
                == ["", "*", "****", "*******", "1234****", nil, "4111*****"]
        )
        // The same through the path for text that isn't ASCII.
        #expect(
            try masked("show_last({col}, 2)", .string, ["äöü", "äöüß", "日本語"]) == ["***", "**üß", "***"]
        )
        #expect(try masked("show_last({col}, 0)", .string, ["abc"]) == ["***"])
    }

    @Test
    func `whole grapheme clusters are shown or hidden`() throws {
        let family = "👨‍👩‍👧"
        #expect(
            try masked("show_last({col}, 1)", .string, ["ab\(family)", family, "e\u{301}x"]) == [
                "**\(family)", "*", "*x",
            ]
        )
        #expect(
            try masked("show_first({col}, 1)", .string, ["e\u{301}xy", "\r\n1"]) == ["e\u{301}**", "\r\n*"]
        )
    }

    @Test
    func `an email keeps its domain and anything else is hidden`() throws {
        let values: [String?] = [
            "ana@example.com", "a@b@example.com", "@example.com", "ana@", "plain", "", nil, "ana@localhost",
            "ana@exa mple.com", "ana@4111.1111", "ana@-x.com", "a@x..com", "ana@mail.example.org",
        ]
        #expect(
            try masked("email_domain({col})", .string, values) == [
                "***@example.com", "***", "***", "***", "***", "***", nil, "***", "***", "***", "***", "***",
                "***@mail.example.org",
            ]
        )
    }

    @Test
    func `year keeps the year of dates and timestamps`() throws {
        #expect(
            try masked("year({col})", .date, ["2024-05-17", nil, "-0044-03-15"]) == [
                "2024-01-01", nil, "-0044-01-01",
            ]
        )
        #expect(
            try masked("YEAR( {col} )", .timestamp, ["2024-05-17 10:11:12.345", "1999-12-31 23:59:59"])
                == ["2024-01-01 00:00:00", "1999-01-01 00:00:00"]
        )
    }

    @Test(
        arguments: [
            ("year({col})", DataType.string), ("show_last({col}, 4)", .int), ("email_domain({col})", .date),
            ("mask({col})", .json), ("mask_hash({col})", .complex("array<int>")),
        ]
    )
    func `a mask that does not fit the type is refused`(text: String, type: DataType) {
        #expect(throws: MaskError.self) { try MaskFunction(MaskCall(text), on: type) }
    }

    @Test(
        arguments: [
            "show_last({col})", "show_last({col}, -1)", "show_last({col}, '4')", "redact({col}, 1)", "mask()",
            "mask({other})", "mask({col}, 'a' 'b')", "mask({col}, 'it''s')", "mask({col}, 'a\\b')",
            "mask({col}, 1.5)", "mask({col}, -2)", "mask({col}, {col})", "mask({col},)",
            "mask_first_n({col}, 'x')", "mask({col}, 1114112)", "email_domain(upper({col}))",
            "mask({col}, 'X', 'x', 'n', -1, 1, 1, 1, 10000)", "mask({col}, 99999999999999999999)",
        ]
    )
    func `arguments that a mask does not take are refused`(text: String) {
        #expect(MaskCatalog.isMaskCall(text))
        #expect(throws: MaskError.self) {
            try MaskCatalog.check(Choices.mask("CUSTOM", text), on: nil)
        }
    }

    @Test
    func `only one whole call is a mask call`() {
        #expect(MaskCatalog.isMaskCall(" Mask ( {col} , 'a)' ) "))
        #expect(MaskCatalog.isMaskCall("NULL"))
        #expect(MaskCatalog.isMaskCall("{col}"))
        for text in [
            "", "upper({col})", "year({col}) = 2024", "year(a) + year(b)", "mask", "mask_x({col})",
            "mask({col}",
        ] {
            #expect(!MaskCatalog.isMaskCall(text), "\(text)")
        }
    }

    @Test
    func `a mask without a text is refused`() {
        for choice in [
            Choices.mask("MASK", nil), Choices.mask("MASK", ""), Choices.mask("MASK", " \n"),
            Choices.mask("CUSTOM", nil), Choices.mask("CUSTOM", ""),
        ] {
            #expect(throws: MaskError.unknownMask(choice.maskType)) {
                try MaskCatalog.check(choice, on: .string)
            }
        }
    }

    @Test(
        arguments: [
            (DataType.int, "12x"), (.int, ""), (.int, "2147483648"), (.tinyint, "-129"), (.bigint, "+1"),
            (.bigint, "-"), (.date, "2024-13-01"), (.date, "2024-02-30"), (.date, "17.05.2024"), (.date, ""),
        ]
    )
    func `a value that is not of its type stops the batch without naming it`(type: DataType, value: String)
        throws
    {
        let function = try MaskFunction(MaskCall("mask({col})"), on: type)
        let error = #expect(throws: MaskError.malformedValue(ColumnName("c"))) {
            try function.apply(to: ColumnVector([value]), of: ColumnName("c"))
        }
        #expect(value.isEmpty || error?.description.contains(value) == false)
    }
}
