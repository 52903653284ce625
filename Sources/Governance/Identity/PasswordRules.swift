/// Which texts may be passwords.
enum PasswordRules {
    /// Checks a new password.
    ///
    /// Clients bring passwords into a normal form before they hash them, each as it knows Unicode. So a password may
    /// only hold characters which are their own normal form: no ligatures, no marks apart from their letter, no
    /// spaces but the common one.
    /// - Throws: `.invalidRequest`.
    /// - Source: RFC 4013 (SASLprep), as PostgreSQL's clients do it.
    static func check(_ password: String) throws(GovernanceError) {
        guard (8...1024).contains(password.utf8.count) else {
            throw GovernanceError(.invalidRequest, "a password has 8 to 1,024 bytes")
        }
        guard isItsOwnNormalForm(password) else {
            throw GovernanceError(
                .invalidRequest,
                "a password may not hold characters that clients write in different ways: ligatures, "
                    + "superscripts, invisible characters, unusual spaces, or marks apart from their letter"
            )
        }
        guard !password.unicodeScalars.contains("\0") else {
            throw GovernanceError(.invalidRequest, "a password may not hold a zero byte")
        }
    }

    /// Whether every client hashes the same bytes for it.
    static func isItsOwnNormalForm(_ password: String) -> Bool {
        password.unicodeScalars.allSatisfy { $0.isASCII || isStable($0) }
    }

    private static func isStable(_ scalar: Unicode.Scalar) -> Bool {
        let properties = scalar.properties
        switch properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
            .decimalNumber, .letterNumber, .otherNumber, .connectorPunctuation, .dashPunctuation,
            .openPunctuation, .closePunctuation, .initialPunctuation, .finalPunctuation, .otherPunctuation,
            .mathSymbol, .currencySymbol, .modifierSymbol, .otherSymbol:
            break
        default: return false
        }
        // Hangul's parts join with their neighbours.
        if (0x1100...0x11FF).contains(scalar.value) { return false }
        if !properties.changesWhenNFKCCaseFolded || scalar == "ß" || scalar == "ς" { return true }
        // The property speaks of case too: a capital is stable when its small letter is, and leads back to it.
        let small = properties.lowercaseMapping.unicodeScalars
        guard small.count == 1, let letter = small.first, letter != scalar,
            !letter.properties.changesWhenNFKCCaseFolded
        else { return false }
        return Array(letter.properties.uppercaseMapping.unicodeScalars) == [scalar]
    }
}
