import QueryAnalysis

/// What a client may ask for at the start, and what it is told.
struct SessionParameters: Equatable {
    let user: String
    let database: String
    /// Settings that go upstream, in PostgreSQL's names.
    private(set) var settings: [String: String] = [:]
    /// How the client wants to sign in; nil when it doesn't say.
    private(set) var signIn: SignInMethod?
    /// What governing its statements depends on.
    private(set) var manner = SessionManner()

    /// The settings that are told to clients; those that say something of the server or of us are ours.
    static let areShown: Set<String> = [
        "client_encoding", "DateStyle", "TimeZone", "integer_datetimes", "standard_conforming_strings",
        "server_version", "server_encoding", "IntervalStyle", "application_name",
        "default_transaction_read_only", "in_hot_standby",
    ]

    /// Reads the parameters of a startup packet.
    ///
    /// - Throws: an error for the client, for what isn't permitted.
    init(_ parameters: [String: String]) throws(ClientError) {
        guard let user = parameters["user"], !user.isEmpty else {
            throw .fatal("28000", "no user name specified in startup packet")
        }
        self.user = user
        database = parameters["database"] ?? user
        // What the packet itself says counts more than its options, as with PostgreSQL.
        if let text = parameters["options"] {
            for (name, value) in try StartOptions.settings(of: text) { try take(name, value) }
        }
        for (name, value) in parameters where !["user", "database", "options"].contains(name) {
            try take(name, value)
        }
    }

    private mutating func take(_ name: String, _ value: String) throws(ClientError) {
        switch name.lowercased() {
        case "client_encoding":
            guard ["utf8", "utf-8", "unicode", "'utf-8'", "'utf8'"].contains(value.lowercased()) else {
                throw .fatal("22023", "client_encoding must be UTF8")
            }
        case "application_name", "timezone": settings[Self.written(name)] = String(value.prefix(200))
        case "datestyle":
            guard value.lowercased().hasPrefix("iso") else {
                throw .fatal("22023", "DateStyle must be ISO, MDY")
            }
        case "extra_float_digits":
            guard let digits = Int(value), digits <= 3 else { throw .fatal("22023", "extra_float_digits") }
            if digits >= 1 { settings["extra_float_digits"] = value }
        case "replication":
            guard ["false", "off", "no", "0"].contains(value.lowercased()) else {
                throw .fatal("42501", "replication is not permitted here")
            }
        case "search_path":
            guard let path = SessionManner.searchPath(value) else {
                throw .fatal("22023", "search_path must be a list of schemas")
            }
            manner.searchPath = path
        case "steward.tools":
            guard let flag = ["on": true, "off": false][value.lowercased()] else {
                throw .fatal("42501", "steward.tools must be on or off")
            }
            manner.obligesTools = flag
        case "steward.sign_in":
            guard let method = SignInMethod(rawValue: value) else {
                throw .fatal("42501", "steward.sign_in must be scram or password")
            }
            signIn = method
        default:
            switch StartSetting(name, value) {
            case .accepted(let name, let value): settings[name] = value
            case .refused:
                throw .fatal("42501", "this value of \"\(name.lowercased())\" is not permitted here")
            case .unknown: throw .fatal("42501", "this startup parameter is not permitted here")
            }
        }
    }

    private static func written(_ name: String) -> String {
        name.lowercased() == "timezone" ? "TimeZone" : name.lowercased()
    }
}

/// The `options` of a startup packet, in which clients write settings as on a server's command line.
enum StartOptions {
    /// Each setting with its value, in order: of `-c name=value`, `-cname=value` and `--name=value`.
    ///
    /// **Source.** `process_postgres_switches` and `pg_split_opts` of PostgreSQL's `postinit.c` and `postgres.c`.
    static func settings(of text: String) throws(ClientError) -> [(name: String, value: String)] {
        var settings: [(name: String, value: String)] = []
        var words = words(of: text)[...]
        while let word = words.popFirst() {
            let setting: Substring
            if word == "-c" {
                setting = words.popFirst().map { $0[...] } ?? ""
            } else if word.hasPrefix("-c") || word.hasPrefix("--") {
                setting = word.dropFirst(2)
            } else {
                setting = ""
            }
            let halves = setting.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard halves.count == 2, !halves[0].isEmpty else {
                throw .fatal("42501", "startup options other than `-c name=value` are not permitted here")
            }
            settings.append((String(halves[0].map { $0 == "-" ? "_" : $0 }), String(halves[1])))
        }
        return settings
    }

    /// The words between spaces; a backslash takes the next character as it is.
    private static func words(of text: String) -> [String] {
        var words: [String] = []
        var word: String?
        var isEscaped = false
        for character in text {
            if isEscaped {
                word = (word ?? "") + String(character)
                isEscaped = false
            } else if character == "\\" {
                isEscaped = true
                word = word ?? ""
            } else if character.isWhitespace {
                if let word { words.append(word) }
                word = nil
            } else {
                word = (word ?? "") + String(character)
            }
        }
        if let word { words.append(word) }
        return words
    }
}
