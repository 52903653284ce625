/// How one policy value matches, decided once from its text and the level's matcher.
struct Pattern: Sendable, BitwiseCopyable {
    enum Kind: UInt8, Sendable, BitwiseCopyable {
        /// Equal.
        case equals
        /// Begins so.
        case prefix
        /// Ends so.
        case suffix
        /// With `*` and `?`.
        case glob
        /// A path: itself, or anything below it.
        case below
        /// A path with wildcards, of which any leading part may match.
        case globBelow
        /// As `globBelow`, for a URL with its scheme.
        case urlBelow
        /// Filled in for each request.
        case template
    }

    let kind: Kind
    /// Part of the hash of its text, to tell most others apart without looking at it.
    let hash: UInt32
    /// Where its text lies, as bytes.
    let text: Stretch
}

/// The matcher of one level of one policy resource.
struct ElementMatcher: Sendable, BitwiseCopyable {
    struct Traits: OptionSet, Sendable, BitwiseCopyable {
        let rawValue: UInt8
        static let namesWholeValues = Traits(rawValue: 1)
        static let namesBeginnings = Traits(rawValue: 2)
        static let matchesAny = Traits(rawValue: 4)
        static let isExcludes = Traits(rawValue: 8)
        static let isRecursive = Traits(rawValue: 16)
        static let ignoresCase = Traits(rawValue: 32)
    }

    /// Numbers of its patterns.
    let patterns: Stretch
    /// How its level compares: a position among the repository's rules.
    let rules: UInt8
    let traits: Traits
    /// The quote that makes a value's case count; 0 for none.
    let caseQuote: UInt8
    let separator: UInt8

    /// Whether each of them is a value that must be there letter by letter.
    var namesWholeValues: Bool { traits.contains(.namesWholeValues) }
    /// Whether each of them is the beginning of values.
    var namesBeginnings: Bool { traits.contains(.namesBeginnings) }
    var matchesAny: Bool { traits.contains(.matchesAny) }
    var isExcludes: Bool { traits.contains(.isExcludes) }
    /// Whether what lies below a path counts.
    var isRecursive: Bool { traits.contains(.isRecursive) }
    var ignoresCase: Bool { traits.contains(.ignoresCase) }
}

/// How the values of one level are compared, from the definition's matcher and its options.
struct LevelRules: Hashable, Sendable {
    enum Family: Hashable, Sendable { case plain, path, url }

    let family: Family
    let ignoresCase: Bool
    let hasWildcards: Bool
    let isQuotedCaseSensitive: Bool
    let quote: UInt8
    let separator: UInt8
    let replacesTokens: Bool
    let resolvesExpressions: Bool
    let tokens: TokenMarks

    /// Nil when the matcher is none that is known.
    init?(_ definition: ResourceDefinition) {
        let matcher = definition.matcher.split(separator: ".").last.map(String.init) ?? ""
        switch matcher {
        case "", "RangerDefaultResourceMatcher", "RangerAbstractResourceMatcher": family = .plain
        case "RangerPathResourceMatcher": family = .path
        case "RangerURLResourceMatcher": family = .url
        default: return nil
        }
        let options = definition.matcherOptions
        let flag = { (name: String, fallback: Bool) in
            options[name].map { $0.lowercased() == "true" } ?? fallback
        }
        ignoresCase = flag("ignoreCase", true)
        hasWildcards = flag("wildCard", true)
        isQuotedCaseSensitive = flag("quotedCaseSensitive", false)
        quote = options["quoteChars"]?.utf8.first ?? 34
        separator = options["pathSeparatorChar"]?.utf8.first ?? 47
        replacesTokens = flag("replaceTokens", true)
        resolvesExpressions = flag("replaceReqExpressions", true)
        var tokens = TokenMarks()
        if let start = options["tokenDelimiterStart"], start.count == 1 { tokens.start = start }
        if let end = options["tokenDelimiterEnd"], end.count == 1 { tokens.end = end }
        if let escape = options["tokenDelimiterEscape"], escape.count == 1 { tokens.escape = escape }
        tokens.prefix = options["tokenDelimiterPrefix"] ?? ""
        self.tokens = tokens
    }
}
