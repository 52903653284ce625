/// The key words that names are quoted for.
///
/// **Source.** PostgreSQL 15's `kwlist.h`: all that aren't unreserved.
enum KeyWords {
    static let quoted: Set<String> = Set(
        (reserved + functions + columns).split(whereSeparator: { $0 == " " || $0 == "\n" }).map(String.init)
    )

    private static let reserved = """
        all analyse analyze and any array as asc asymmetric both case cast check collate column constraint create
        current_catalog current_date current_role current_time current_timestamp current_user default deferrable desc
        distinct do else end except false fetch for foreign from grant group having in initially intersect into lateral
        leading limit localtime localtimestamp not null offset on only or order placing primary references returning
        select session_user some symmetric table then to trailing true union unique user using variadic when where
        window with

        """
    private static let functions = """
        authorization binary collation concurrently cross current_schema freeze full ilike inner is isnull join left
        like natural notnull outer overlaps right similar tablesample verbose

        """
    private static let columns = """
        between bigint bit boolean char character coalesce dec decimal exists extract float greatest grouping inout int
        integer interval least national nchar none normalize nullif numeric out overlay position precision real row
        setof smallint substring time timestamp treat trim values varchar xmlattributes xmlconcat xmlelement xmlexists
        xmlforest xmlnamespaces xmlparse xmlpi xmlroot xmlserialize xmltable
        """
}
