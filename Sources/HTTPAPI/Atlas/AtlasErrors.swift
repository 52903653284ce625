import Catalog
import CatalogModel
import HTTPTypes

extension CatalogError {
    /// The refusal in Atlas's envelope.
    var answer: Answer {
        var writer = JSONWriter()
        writer.beginObject()
        if code == .malformed {
            writer.pair("error", .string(message))
        } else {
            writer.pair("errorCode", .string(code.atlas.code))
            // Failures beside the catalog's rules are told in general words: details are for the log.
            let text = code == .unavailable ? "Internal server error" : message
            writer.pair("errorMessage", .string(text))
        }
        writer.endObject()
        return Answer(
            status: HTTPResponse.Status(code: code.atlas.status),
            body: .bytes(writer.bytes, mediaType: "application/json")
        )
    }
}

extension Problem {
    /// A failure at the door in Atlas's envelope.
    func atlasJSON() -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        // Atlas's code for what is wrong with a request, whatever it is.
        let number = status.code == 400 ? "029" : "001"
        writer.pair("errorCode", .string("ATLAS-\(status.code)-00-\(number)"))
        writer.pair("errorMessage", .string(detail))
        writer.endObject()
        return writer.bytes
    }
}

extension CatalogErrorCode {
    /// Atlas's status and code; the status doesn't always follow from the code's digits.
    var atlas: (status: Int, code: String) {
        switch self {
        case .circularSuperType: (400, "ATLAS-400-00-002")
        case .incompatibleSuperType: (400, "ATLAS-400-00-003")
        case .unknownSearchType: (400, "ATLAS-400-00-00A")
        case .mandatoryAttributeAdded: (400, "ATLAS-400-00-00C")
        case .attributeRemoved: (400, "ATLAS-400-00-00D")
        case .superTypeRemoved: (400, "ATLAS-400-00-00E")
        case .otherType: (400, "ATLAS-400-00-00F")
        case .unsuitableCardinality: (400, "ATLAS-400-00-012")
        case .noUniqueAttribute: (400, "ATLAS-400-00-013")
        case .unknownEntityType: (400, "ATLAS-400-00-014")
        case .invalidTypeName: (400, "ATLAS-400-00-019")
        case .reservedTypeName: (400, "ATLAS-400-00-102")
        case .invalidParameters: (400, "ATLAS-400-00-01A")
        case .incompleteReference: (400, "ATLAS-400-00-021")
        case .unknownAttribute: (400, "ATLAS-400-00-023")
        case .unsuitablePartialUpdate: (400, "ATLAS-400-00-027")
        case .unknownRelationshipType: (400, "ATLAS-400-00-028")
        case .badRequest: (400, "ATLAS-400-00-029")
        case .missingStringLength: (400, "ATLAS-400-00-02B")
        case .missingEnds: (400, "ATLAS-400-00-02C")
        case .bothContainers: (400, "ATLAS-400-00-02D")
        case .containerInAssociation: (400, "ATLAS-400-00-030")
        case .containerMissing: (400, "ATLAS-400-00-031")
        case .aggregationWithoutContainer: (400, "ATLAS-400-00-032")
        case .containedSet: (400, "ATLAS-400-00-033")
        case .listEnd: (400, "ATLAS-400-00-034")
        case .unsuitableEndType: (400, "ATLAS-400-00-036")
        case .end1Changed: (400, "ATLAS-400-00-037")
        case .end2Changed: (400, "ATLAS-400-00-038")
        case .categoryChanged: (400, "ATLAS-400-00-039")
        case .relationshipEndType: (400, "ATLAS-400-00-045")
        case .unknownSearchTag: (400, "ATLAS-400-00-046")
        case .noSearchCriteria: (400, "ATLAS-400-00-047")
        case .entityTypeRemoved: (400, "ATLAS-400-00-051")
        case .tagEntityTypes: (400, "ATLAS-400-00-052")
        case .tagTypesDisjoint: (400, "ATLAS-400-00-053")
        case .tagTypesBeyondParents: (400, "ATLAS-400-00-054")
        case .tagNotAllowed: (400, "ATLAS-400-00-055")
        case .parameterTooLong: (400, "ATLAS-400-00-057")
        case .queryTooLong: (400, "ATLAS-400-00-058")
        case .invalidQuery: (400, "ATLAS-400-00-059")
        case .otherRelationshipEnd: (404, "ATLAS-400-00-069")
        case .otherRelationshipType: (404, "ATLAS-400-00-06A")
        case .tagOfOtherEntity: (400, "ATLAS-400-00-06B")
        case .tagNotAttached: (400, "ATLAS-400-00-06D")
        case .unknownTerm: (400, "ATLAS-400-00-06E")
        case .tagNotFlowing: (400, "ATLAS-400-00-071")
        case .missingAnchor: (400, "ATLAS-400-00-072")
        case .unknownPartialField: (400, "ATLAS-400-00-074")
        case .missingRelationshipID: (400, "ATLAS-400-00-078")
        case .missingGlossaryName: (400, "ATLAS-400-00-079")
        case .missingTermName: (400, "ATLAS-400-00-07A")
        case .missingCategoryName: (400, "ATLAS-400-00-07B")
        case .unknownEnd: (400, "ATLAS-400-00-07D")
        case .relatedToItself: (400, "ATLAS-400-00-07E")
        case .categoryOfOtherGlossary: (400, "ATLAS-400-00-07F")
        case .otherRelationshipID: (400, "ATLAS-400-00-080")
        case .invalidName: (400, "ATLAS-400-00-083")
        case .termAssigned: (400, "ATLAS-400-00-084")
        case .tagSourceAlive: (400, "ATLAS-400-00-089")
        case .customKeyTooLong: (400, "ATLAS-400-00-08C")
        case .customKeyCharacters: (400, "ATLAS-400-00-08D")
        case .labelTooLong: (400, "ATLAS-400-00-08F")
        case .labelCharacters: (400, "ATLAS-400-00-090")
        case .unsuitableTagFlow: (400, "ATLAS-400-00-091")
        case .applicableTypeRemoved: (400, "ATLAS-400-00-093")
        case .unsuitableBusinessType: (400, "ATLAS-400-00-094")
        case .featureDisabled: (400, "ATLAS-400-00-100")
        case .unknownTopic: (400, "ATLAS-400-00-101")
        case .unknownOperator: (400, "ATLAS-400-00-103")
        case .blankFilterName: (400, "ATLAS-400-00-104")
        case .blankFilterValue: (400, "ATLAS-400-00-105")
        case .tooMany: (400, "ATLAS-400-00-029")
        case .malformed: (400, "ATLAS-400-00-029")
        case .forbidden: (403, "ATLAS-403-00-001")
        case .unknownTypeName: (404, "ATLAS-404-00-001")
        case .unknownTypeID: (404, "ATLAS-404-00-002")
        case .noTags: (404, "ATLAS-404-00-003")
        case .unknownEntity: (404, "ATLAS-404-00-005")
        case .invalidEntity: (404, "ATLAS-404-00-007")
        case .unknownTag: (404, "ATLAS-404-00-008")
        case .unknownUniqueValue: (404, "ATLAS-404-00-009")
        case .unknownReference: (404, "ATLAS-404-00-00A")
        case .unknownRelationship: (404, "ATLAS-404-00-00C")
        case .invalidRelationship: (404, "ATLAS-404-00-00D")
        case .relationshipDeleted: (404, "ATLAS-404-00-00F")
        case .unsuitableLineageType: (404, "ATLAS-404-00-011")
        case .typeExists: (409, "ATLAS-409-00-001")
        case .typeInUse: (409, "ATLAS-409-00-002")
        case .relationshipExists: (409, "ATLAS-409-00-004")
        case .typeReferred: (409, "ATLAS-409-00-005")
        case .savedSearchExists: (409, "ATLAS-409-00-006")
        case .glossaryExists: (409, "ATLAS-409-00-007")
        case .termExists: (409, "ATLAS-409-00-009")
        case .categoryExists: (409, "ATLAS-409-00-00A")
        case .nameTaken, .conflict: (409, "ATLAS-409-00-003")
        case .unavailable: (500, "ATLAS-500-00-001")
        }
    }
}
