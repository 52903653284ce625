import CPolicyFiles
import CatalogModel
import Foundation
import Governance
import PolicyEngine

/// The service definitions that are part of the program, and the services that every catalog starts with.
enum StandardServices {
    /// The service of sources that don't say another.
    static let files = "files"
    /// The tag service of that service.
    static let tags = "tags"

    /// The service whose policies say who may do what with the catalog itself.
    static let catalog = "catalog"

    /// The tag types that every catalog starts with.
    static let tagTypes: [TagType] = {
        let pii = TagName("PII")
        let kinds = [
            ("PERSON_NAME", "names a person"), ("EMAIL", "an e-mail address of a person"),
            ("PHONE", "a phone number of a person"), ("ADDRESS", "where a person lives"),
            ("BIRTH_DATE", "the day a person was born"), ("NATIONAL_ID", "a number a state gave to a person"),
            ("IBAN", "a bank account"), ("CARD_NUMBER", "the number of a payment card"),
            ("IP_ADDRESS", "the network address of a person"), ("FREE_TEXT", "text with anything in it"),
        ]
        let general = [
            TagType(pii, attributes: ["kind"], summary: "says something about a person"),
            TagType(TagName("CONFIDENTIAL"), summary: "for few eyes only"),
        ]
        return general + kinds.map { TagType(TagName($0.0), superTypes: [pii], summary: $0.1) }
    }()

    /// The services that every catalog starts with.
    static func all() throws(GovernanceError) -> [PolicyService] {
        [
            PolicyService(name: ServiceName(tags), definition: try definition("tag"), tagService: nil),
            PolicyService(
                name: ServiceName(files),
                definition: try definition("file"),
                tagService: ServiceName(tags)
            ),
            PolicyService(name: ServiceName(catalog), definition: try definition("atlas"), tagService: nil),
        ]
    }

    /// The definition of a type of service, such as `hive`.
    ///
    /// - Throws: `.notFound` with the types there are.
    static func definition(_ type: String) throws(GovernanceError) -> ServiceDefinition {
        guard let text = EmbeddedFiles.text("ServiceDefinitions/\(type).json") else {
            let known = EmbeddedFiles.names.filter { $0.hasPrefix("ServiceDefinitions/") }
                .map { $0.dropFirst("ServiceDefinitions/".count).dropLast(".json".count) }
            throw GovernanceError(
                .notFound,
                "there is no service type `\(type)`; known: \(known.sorted().joined(separator: ", "))"
            )
        }
        do { return try JSONDecoder().decode(ServiceDefinition.self, from: Data(text.utf8)) } catch {
            throw GovernanceError(.internalError, "the definition of service type `\(type)` can't be read")
        }
    }
}

/// The files under `Policies`, and the sample's manifest, as the program carries them.
enum EmbeddedFiles {
    /// Their names, relative to `Policies`.
    static var names: [String] { (0..<steward_file_count()).map { String(cString: steward_file_name($0)) } }

    /// The text of a file; nil when there is none of that name.
    static func text(_ name: String) -> String? {
        for index in 0..<steward_file_count() where String(cString: steward_file_name(index)) == name {
            return String(cString: steward_file_text(index))
        }
        return nil
    }
}
