package import CatalogModel
package import PolicyEngine

/// A kind of test file.
protocol VerificationFormat: Sendable {
    /// What it is called in reports.
    static var name: String { get }
    /// Whether a document is of this kind.
    static func recognises(_ document: JSONNode, path: String) -> Bool
    /// Runs every case of a document.
    static func run(_ document: JSONNode, _ context: VerificationContext, _ report: inout FileReport) throws
}

/// What files of tests need from outside: other files, time zones, a script engine, the time.
package struct VerificationContext: Sendable {
    /// The file that is run; other files are looked for around it.
    var path = ""
    /// The moment that requests without one are made at.
    let now: Instant
    private let timeZones: TimeZoneDatabase
    private let scripts: (any ScriptEngine)?
    private let read: @Sendable (String) throws -> [UInt8]

    /// Takes a reader of files by path, which throws for files that aren't there.
    package init(
        now: Instant,
        timeZones: TimeZoneDatabase,
        scripts: (any ScriptEngine)?,
        read: @escaping @Sendable (String) throws -> [UInt8]
    ) {
        self.now = now
        self.timeZones = timeZones
        self.scripts = scripts
        self.read = read
    }

    var zones: TimeZoneDatabase { timeZones }

    /// Options of an engine on a machine of a time zone.
    func options(zone: String) throws -> RangerEngine.Options {
        guard let localZone = timeZones.zone(zone) else {
            throw VerificationError("the time zone `\(zone)` isn't known on this machine")
        }
        var options = RangerEngine.Options()
        options.timeZones = timeZones
        options.localZone = localZone
        options.scripts = scripts
        return options
    }

    /// The document of a file that this one names, looked for in its folder and those above.
    func companion(_ name: String) throws -> JSONNode {
        let bytes = try companionBytes(name)
        do { return try JSONReader.read(bytes, isLenient: true) } catch {
            throw VerificationError("`\(name)`: \(error)")
        }
    }

    /// The bytes of a file that this one names.
    func companionBytes(_ name: String) throws -> [UInt8] {
        let relative = name.hasPrefix("/") ? String(name.dropFirst()) : name
        var folder = path[..<(path.lastIndex(of: "/") ?? path.startIndex)]
        while true {
            for candidate in [relative, relative.split(separator: "/").last.map(String.init) ?? relative] {
                let place = folder.isEmpty ? candidate : "\(folder)/\(candidate)"
                if let bytes = try? read(place) { return bytes }
            }
            if folder.isEmpty { break }
            folder = folder[..<(folder.lastIndex(of: "/") ?? folder.startIndex)]
        }
        throw VerificationError("the file `\(name)` that it names isn't there")
    }

    /// A value of one of Ranger's shapes in a file that this one names.
    func decode<Value: Decodable>(_ name: String, _ type: Value.Type = Value.self) throws -> Value {
        do {
            return try JSONNodeDecoder.decode(
                type,
                from: Strays.removed(from: try companion(name)),
                isStrict: true
            )
        } catch {
            throw VerificationError(error, at: name)
        }
    }

    /// A service definition that Ranger installs, or that its tests bring along.
    func definition(_ name: String) throws -> ServiceDefinition { try decode(name) }

    fileprivate func bytes() throws -> [UInt8] { try read(path) }
}

/// Runs files of tests in Ranger's formats.
package enum Verifier {
    static var formats: [any VerificationFormat.Type] {
        [
            GoldenFile.self, EngineFile.self, ListingFile.self, ElementMatcherFile.self,
            PolicyMatcherFile.self,
            SharingFile.self, PluginFile.self, InlineFile.self, ScheduleFile.self, TagFinderFile.self,
            CapabilityFile.self, AdminFile.self, AuthorizationFile.self, ComparisonFile.self,
            DocumentFile.self,
        ]
    }

    /// Runs one file.
    ///
    /// Never throws: what goes wrong stands in the report, a file of an unknown format among it.
    package static func verify(_ path: String, _ context: VerificationContext) -> FileReport {
        var report = FileReport(path: path)
        var context = context
        context.path = path
        do {
            let document = try JSONReader.read(try context.bytes(), isLenient: true)
            guard let format = formats.first(where: { $0.recognises(document, path: path) }) else {
                throw VerificationError("no format that is known here")
            }
            report.format = format.name
            try format.run(document, context, &report)
        } catch {
            report.error = VerificationError(error, at: "").description
        }
        return report
    }
}
