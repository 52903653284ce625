import ArgumentParser
import Foundation
import Governance

/// The command line: every act of the service for whoever may read the data folder, and the service itself.
@main
struct Steward: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "steward",
        abstract: "Share data, and show exactly the rows and columns that policy allows.",
        discussion: """
            Start with `steward demo`: three people read one table three different ways, each with the reason.

            Commands work on a data folder (--data, or STEWARD_DATA, or ./steward-data) and may be used while
            `steward serve` runs on the same folder: a tag that you set is in force for the server's next answer.
            """,
        version: StewardVersion.text,
        subcommands: [
            DemoCommand.self, ServeCommand.self, ProxyCommand.self, ReadCommand.self, SQLCommand.self,
            ExplainCommand.self, CheckCommand.self,
            TagCommand.self, PolicyCommand.self, ZoneCommand.self, ServiceCommand.self, SharingCommand.self,
            SourceCommand.self,
            CatalogCommand.self, AuditCommand.self,
            UserCommand.self, TokenCommand.self, SampleCommand.self, BenchCommand.self,
        ]
    )

    static func main() async {
        signal(SIGPIPE, SIG_IGN)
        do {
            var command = try parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch let error as GovernanceError {
            Terminal.error("steward: \(error.message) [\(error.code.rawValue)]")
            Foundation.exit(error.code == .denied || error.code == .forbidden ? 3 : 1)
        } catch {
            exit(withError: error)
        }
    }
}

/// The version of this program.
enum StewardVersion {
    static let text = "0.1.0"
}
