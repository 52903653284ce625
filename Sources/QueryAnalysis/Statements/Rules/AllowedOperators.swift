/// The operators that statements may use; upstream they resolve in `pg_catalog` alone.
enum AllowedOperators {
    static let names: Set<String> = [
        "=", "<>", "<", "<=", ">", ">=", "+", "-", "*", "/", "%", "^", "||", "|/", "||/", "@", "!", "&", "|",
        "#",
        "~", "<<", ">>", "~~", "!~~", "~~*", "!~~*", "!~", "~*", "!~*", "^@", "->", "->>", "#>", "#>>", "@>",
        "<@",
        "?", "?|", "?&", "&&", "#-", "@?", "@@", "~<~", "~<=~", "~>~", "~>=~",
        // Of ranges and text search; `<->` is also a distance.
        "&<", "&>", "-|-", "<->", "!!",
    ]
}
