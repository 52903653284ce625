/// What a client may ask for at the start, and what it is told.
struct SessionParameters: Equatable {
    let user: String
    let database: String
    /// Settings that go upstream, in PostgreSQL's names.
    let settings: [String: String]
    /// How the client wants to sign in; nil when it doesn't say.
    let signIn: SignInMethod?

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
        var settings: [String: String] = [:]
        var signIn: SignInMethod?
        for (name, value) in parameters where name != "user" && name != "database" {
            switch name.lowercased() {
            case "client_encoding":
                guard ["utf8", "utf-8", "unicode", "'utf-8'", "'utf8'"].contains(value.lowercased()) else {
                    throw .fatal("22023", "client_encoding must be UTF8")
                }
            case "application_name": settings["application_name"] = String(value.prefix(200))
            case "timezone": settings["TimeZone"] = String(value.prefix(200))
            case "datestyle":
                guard value.lowercased().hasPrefix("iso") else {
                    throw .fatal("22023", "DateStyle must be ISO, MDY")
                }
            case "extra_float_digits":
                guard let digits = Int(value), digits <= 3 else {
                    throw .fatal("22023", "extra_float_digits")
                }
                if digits >= 1 { settings["extra_float_digits"] = value }
            case "options":
                signIn = try SessionParameters.signIn(value)
            case "replication":
                guard ["false", "off", "no", "0"].contains(value.lowercased()) else {
                    throw .fatal("42501", "replication is not permitted here")
                }
            case "search_path", "intervalstyle", "statement_timeout", "default_transaction_read_only":
                throw .fatal("42501", "the startup parameter \"\(name.lowercased())\" is not permitted here")
            default: throw .fatal("42501", "this startup parameter is not permitted here")
            }
        }
        self.settings = settings
        self.signIn = signIn
    }

    /// The way to sign in that startup options ask for, such as `-c steward.sign_in=password`; nothing else may be
    /// asked for in them.
    private static func signIn(_ options: String) throws(ClientError) -> SignInMethod? {
        let words = options.split(separator: " ").map(String.init)
        let name = "steward.sign_in="
        var chosen: Substring?
        switch words.count {
        case 0: return nil
        case 1 where words[0].hasPrefix("--\(name)"): chosen = words[0].dropFirst(name.count + 2)
        case 1 where words[0].hasPrefix("-c\(name)"): chosen = words[0].dropFirst(name.count + 2)
        case 2 where words[0] == "-c" && words[1].hasPrefix(name): chosen = words[1].dropFirst(name.count)
        default: break
        }
        guard let method = chosen.flatMap({ SignInMethod(rawValue: String($0)) }) else {
            throw .fatal("42501", "startup options are not permitted here: use SET")
        }
        return method
    }
}
