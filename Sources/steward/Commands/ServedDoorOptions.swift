import ArgumentParser
import Logging
import MaskingProxy

/// The SQL door beside HTTP, in one process.
struct ServedDoorOptions: ParsableArguments {
    @Option(help: "Open the SQL door on this port too; 0 for any that is free.") var proxyPort: Int?
    @Option(help: "The address of the SQL door (default: --host).") var proxyHost: String?
    @Flag(help: "Let SQL clients in without TLS; what they read then travels readable.")
    var proxyWithoutTLS = false
    @OptionGroup(title: "SQL door") var door: SQLDoorOptions

    func validate() throws {
        guard let proxyPort else {
            guard proxyHost == nil, !proxyWithoutTLS else {
                throw ValidationError("--proxy-host and --proxy-without-tls need --proxy-port")
            }
            return
        }
        guard (0...65_535).contains(proxyPort) else {
            throw ValidationError("--proxy-port takes 0 to 65535")
        }
        guard !proxyWithoutTLS || !door.needsTLS else { throw SQLDoorOptions.tlsIsMissing }
    }

    /// Checks what depends on how HTTP is served.
    func validate(beside server: ServerOptions) throws {
        guard proxyPort == nil || server.tlsCertificate != nil || proxyWithoutTLS else {
            throw ValidationError(
                "--proxy-port needs --tls-certificate and --tls-key, or --proxy-without-tls"
            )
        }
    }

    /// The SQL door, when one is wanted.
    func door(beside server: ServerOptions, on workspace: Workspace, logger: Logger) throws -> SQLDoor? {
        guard let proxyPort else { return nil }
        return try door.door(
            at: (proxyHost ?? server.host, proxyPort, proxyWithoutTLS ? nil : server.tlsFiles),
            on: workspace,
            logger: logger
        )
    }
}
