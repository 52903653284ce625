/// Why the catalog refuses something: what kind of failure, and the words for it.
///
/// The words are those of Apache Atlas where clients look at them. They name types, attributes and identities, and
/// hold values of attributes only where the caller sent them.
package struct CatalogError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kind of failure.
    package let code: CatalogErrorCode
    /// The words.
    package let message: String

    /// Joins a code and a message.
    package init(_ code: CatalogErrorCode, _ message: String) {
        self.code = code
        self.message = message
    }

    /// The message.
    package var description: String { message }
}

/// The kinds of failure of the catalog; each door maps them in one exhaustive `switch`.
package enum CatalogErrorCode: Hashable, Sendable, CaseIterable {
    // What is asked for is not there, or is there already.
    /// See Docs/Atlas.md.
    case unknownTypeName, unknownTypeID, unknownEntityType, unknownEntity, unknownUniqueValue
    /// See Docs/Atlas.md.
    case unknownReference, unknownRelationship, unknownTag, unknownSearchType, unknownSearchTag, unknownTerm
    /// See Docs/Atlas.md.
    case unknownRelationshipType, unknownEnd, noTags, relationshipDeleted
    /// See Docs/Atlas.md.
    case typeExists, relationshipExists, glossaryExists, termExists, categoryExists, savedSearchExists
    /// See Docs/Atlas.md.
    case typeInUse, typeReferred, nameTaken
    // Definitions.
    /// See Docs/Atlas.md.
    case circularSuperType, incompatibleSuperType, unsuitableCardinality, tagEntityTypes, missingEnds
    /// See Docs/Atlas.md.
    case invalidTypeName, reservedTypeName, mandatoryAttributeAdded, attributeRemoved, superTypeRemoved
    /// See Docs/Atlas.md.
    case containerInAssociation, containerMissing, aggregationWithoutContainer, bothContainers, containedSet,
        listEnd
    /// See Docs/Atlas.md.
    case end1Changed, end2Changed, categoryChanged, applicableTypeRemoved, entityTypeRemoved,
        unsuitableBusinessType
    /// See Docs/Atlas.md.
    case missingStringLength
    /// See Docs/Atlas.md.
    case tagTypesDisjoint, tagTypesBeyondParents
    // Values.
    /// See Docs/Atlas.md.
    case invalidEntity, invalidRelationship, unknownAttribute, noUniqueAttribute, incompleteReference
    /// See Docs/Atlas.md.
    case unsuitablePartialUpdate, otherType
    /// See Docs/Atlas.md.
    case relationshipEndType, unsuitableEndType, otherRelationshipType, otherRelationshipEnd,
        unsuitableTagFlow, tagNotFlowing
    /// See Docs/Atlas.md.
    case tagNotAllowed, tagNotAttached, tagOfOtherEntity, tagSourceAlive
    /// See Docs/Atlas.md.
    case labelTooLong, labelCharacters, customKeyTooLong, customKeyCharacters
    // Requests.
    /// See Docs/Atlas.md.
    case invalidParameters, badRequest, noSearchCriteria, queryTooLong, invalidQuery, unsuitableLineageType
    /// See Docs/Atlas.md.
    case parameterTooLong, unknownOperator, blankFilterName, blankFilterValue, featureDisabled, unknownTopic
    // Glossary.
    /// See Docs/Atlas.md.
    case missingAnchor, missingGlossaryName, missingTermName, missingCategoryName, invalidName,
        unknownPartialField
    /// See Docs/Atlas.md.
    case missingRelationshipID, otherRelationshipID, termAssigned, relatedToItself,
        categoryOfOtherGlossary
    // The caller.
    /// See Docs/Atlas.md.
    case forbidden
    // Documented limits.
    /// See Docs/Atlas.md.
    case tooMany
    /// What is beside the catalog's rules: somebody else was faster, the store fails.
    case conflict, unavailable
    /// A body that is no JSON.
    case malformed
}
