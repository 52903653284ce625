/// The names of the glossary's types.
package enum GlossaryTypes {
    /// A glossary.
    package static let glossary = "AtlasGlossary"
    /// A term of a glossary.
    package static let term = "AtlasGlossaryTerm"
    /// A category of terms.
    package static let category = "AtlasGlossaryCategory"
    /// The relationship between a glossary and its terms.
    package static let termAnchor = "AtlasGlossaryTermAnchor"
    /// The relationship between a glossary and its categories.
    package static let categoryAnchor = "AtlasGlossaryCategoryAnchor"
    /// The relationship between a category and its terms.
    package static let categorization = "AtlasGlossaryTermCategorization"
    /// The relationship between a category and those below it.
    package static let hierarchy = "AtlasGlossaryCategoryHierarchyLink"

    /// The relationships between two terms, with the attribute at each end.
    package static let pairs: [(type: String, one: String, other: String)] = [
        ("AtlasGlossaryRelatedTerm", "seeAlso", "seeAlso"), ("AtlasGlossarySynonym", "synonyms", "synonyms"),
        ("AtlasGlossaryAntonym", "antonyms", "antonyms"),
        ("AtlasGlossaryPreferredTerm", "preferredTerms", "preferredToTerms"),
        ("AtlasGlossaryReplacementTerm", "replacedBy", "replacementTerms"),
        ("AtlasGlossaryTranslation", "translatedTerms", "translationTerms"),
        ("AtlasGlossaryIsARelationship", "classifies", "isA"),
        ("AtlasGlossaryValidValue", "validValuesFor", "validValues"),
    ]
}
