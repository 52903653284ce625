/// The functions that statements may call, by their name in `pg_catalog`.
///
/// A name is here only when every overload of it in PostgreSQL 15 depends on its arguments, the transaction's moment
/// and harmless settings alone. Left out on purpose: what takes SQL text or names of objects, reads files, catalogs,
/// settings, sequences or large objects, sleeps, locks, signals, or tells real time (an oracle).
enum AllowedFunctions {
    static func contains(_ name: String) -> Bool { scalar.contains(name) || rows[name] != nil }

    /// Names that stand for one value.
    static let scalar: Set<String> = Set(
        (texts + numbers + moments + documents + arrays + ranges + searches + aggregates + windows + grammar
            + leaving)
            .split(
                separator: " "
            )
            .map(String.init)
    )

    /// The functions that may stand in `FROM`, with the names of their columns; empty for one column of the function's own name.
    static let rows: [String: [String]] = [
        "generate_series": [], "unnest": [], "generate_subscripts": [],
        "regexp_split_to_table": [], "regexp_matches": [], "string_to_table": [],
        "json_object_keys": [], "jsonb_object_keys": [],
        "json_array_elements": ["value"], "jsonb_array_elements": ["value"],
        "json_array_elements_text": ["value"], "jsonb_array_elements_text": ["value"],
        "json_each": ["key", "value"], "jsonb_each": ["key", "value"],
        "jsonb_path_query": [], "jsonb_path_query_tz": [],
        "json_each_text": ["key", "value"], "jsonb_each_text": ["key", "value"],
        "_pg_expandarray": ["x", "n"], "pg_partition_ancestors": [],
        "pg_get_keywords": ["word", "catcode", "barelabel", "catdesc", "baredesc"],
    ]

    private static let texts = """
        ascii bit_length btrim char_length character_length chr concat concat_ws format initcap left length lower lpad \
        ltrim md5 normalize is_normalized octet_length overlay position quote_ident quote_literal quote_nullable \
        regexp_count regexp_instr regexp_like regexp_match regexp_replace regexp_split_to_array regexp_substr repeat \
        replace reverse right rpad rtrim split_part starts_with string_to_array strpos substr substring to_ascii \
        to_char to_hex to_number translate upper unistr encode decode sha224 sha256 sha384 sha512 get_byte get_bit \
        bit_count convert_to convert_from \

        """

    private static let numbers = """
        abs cbrt ceil ceiling degrees div exp factorial floor gcd lcm ln log log10 min_scale mod pi power radians \
        round scale sign sqrt trim_scale trunc width_bucket acos acosd asin asind atan atand atan2 atan2d cos cosd cot \
        cotd sin sind tan tand sinh cosh tanh asinh acosh atanh \

        """

    private static let moments = """
        age date_bin date_part date_trunc extract isfinite justify_days justify_hours justify_interval make_date \
        make_interval make_time make_timestamp make_timestamptz now to_date to_timestamp transaction_timestamp \
        timezone overlaps \

        """

    private static let documents = """
        to_json to_jsonb array_to_json row_to_json json_build_array jsonb_build_array json_build_object \
        jsonb_build_object json_object jsonb_object json_extract_path jsonb_extract_path json_extract_path_text \
        jsonb_extract_path_text json_array_length jsonb_array_length json_typeof jsonb_typeof json_strip_nulls \
        jsonb_strip_nulls jsonb_set jsonb_set_lax jsonb_insert jsonb_pretty \
        jsonb_path_exists jsonb_path_match jsonb_path_query_array jsonb_path_query_first jsonb_path_exists_tz \
        jsonb_path_match_tz jsonb_path_query_array_tz jsonb_path_query_first_tz \

        """

    private static let arrays = """
        array_append array_cat array_dims array_fill array_length array_lower array_ndims array_position \
        array_positions array_prepend array_remove array_replace array_to_string array_upper cardinality trim_array \
        num_nulls num_nonnulls \

        """

    private static let ranges = """
        int4range int8range numrange tsrange tstzrange daterange int4multirange int8multirange nummultirange \
        tsmultirange tstzmultirange datemultirange isempty lower_inc upper_inc lower_inf upper_inf range_merge \
        multirange \

        """

    /// Without those that take SQL text: `ts_rewrite`, `ts_stat`.
    private static let searches = """
        to_tsvector to_tsquery plainto_tsquery phraseto_tsquery websearch_to_tsquery ts_rank ts_rank_cd ts_headline \
        setweight strip numnode ts_delete ts_filter tsquery_phrase tsvector_to_array array_to_tsvector \
        json_to_tsvector jsonb_to_tsvector \

        """

    static let aggregateNames: Set<String> = Set(aggregates.split(separator: " ").map(String.init))

    private static let aggregates = """
        count sum avg min max array_agg string_agg json_agg jsonb_agg json_object_agg jsonb_object_agg bool_and bool_or \
        every bit_and bit_or bit_xor corr covar_pop covar_samp regr_avgx regr_avgy regr_count regr_intercept regr_r2 \
        regr_slope regr_sxx regr_sxy regr_syy stddev stddev_pop stddev_samp variance var_pop var_samp mode \
        range_agg range_intersect_agg \
        percentile_cont percentile_disc rank dense_rank percent_rank cume_dist \

        """

    private static let windows = """
        row_number ntile lag lead first_value last_value nth_value \

        """

    /// What the grammar itself makes of syntax, such as `LIKE … ESCAPE`.
    private static let grammar = """
        like_escape similar_to_escape similar_escape \

        """

    /// What clients call when they give a session back; there are no locks that it could give up.
    private static let leaving = "pg_advisory_unlock_all"

    /// Facts about the session that are calls: the rewrite puts the consumer's own in their place.
    static let sessionFacts: Set<String> = [
        "current_database", "current_schema", "current_schemas", "version",
    ]
}
