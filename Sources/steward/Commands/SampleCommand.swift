import ArgumentParser
import Foundation
import Governance
import SampleCompany

/// `steward sample`: the sample company's data.
struct SampleCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sample",
        abstract: "Write the sample company's data, made from a seed.",
        subcommands: [Write.self]
    )

    struct Write: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write the sample company's files; the same seed makes the same files."
        )
        @Argument(help: "The folder to write to; made when it isn't there.") var folder: String

        func run() throws {
            try SampleCompany().write(to: folder)
            Terminal.line("the sample company's files are in `\(folder)`")
        }
    }
}
