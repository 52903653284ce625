/// The functions and operators that statements over files can use.
enum Builtin: String, Sendable {
    // Arithmetic; the type of the arguments says which.
    case add, subtract, multiply, divide, remainder, negate, absolute
    case bitAnd, bitOr, bitXor, bitNot, shiftLeft, shiftRight
    case round, roundTo, truncate, truncateTo, floor, ceiling, sign, power, squareRoot, cubeRoot
    case exponential, logarithm, logarithm10, mod, div, pi, degrees, radians, gcd, lcm, scaleOf, trimScale
    case sine, cosine, tangent, arcSine, arcCosine, arcTangent, arcTangent2
    // Texts.
    case concatenate, concat, concatWithSeparator, lower, upper, length, byteLength, bitLength, reverse, md5
    case left, right, leftPad, rightPad, trim, trimStart, trimEnd, substring, substringTo, position, replace
    case repeatText, splitPart, startsWith, ascii, character, initialCapitals, translate, overlay, overlayTo
    case quoteIdentifier, quoteLiteral, quoteNullable, format, toHexadecimal
    case matchesExpression, matchesExpressionIgnoringCase
    case encode, decode, convertTo, convertFrom, sha256
    // Moments.
    case addDays, subtractDays, daysBetween, datePart, extract, dateTruncate, makeDate, isFinite
    // Arrays.
    case arrayAppend, arrayPrepend, arrayConcatenate, arrayLength, arrayUpper, arrayLower, cardinality
    case arrayPosition, arrayRemove, arrayReplace, arrayToText, textToArray, arrayContains, arrayOverlaps
    case countNulls, countNonNulls
    // JSON.
    case toJSON, rowToJSON, arrayToJSON, jsonObject, jsonArray
    case jsonField, jsonFieldText, jsonElement, jsonElementText, jsonPath, jsonPathText
    case jsonArrayLength, jsonTypeof
    // Facts.
    case version, now
    // The session's.
    case changeSetting, releaseLocks

    /// Whether a NULL argument makes it NULL.
    var isStrict: Bool {
        switch self {
        case .concat, .concatWithSeparator, .format, .quoteNullable, .arrayAppend, .arrayPrepend,
            .arrayConcatenate, .arrayPosition, .arrayRemove, .arrayReplace, .countNulls, .countNonNulls,
            .jsonObject, .jsonArray, .textToArray, .arrayToText:
            false
        default: true
        }
    }
}

/// The aggregates; the type of the argument says which sum.
enum AggregateFunction: String, Sendable {
    case count, sum, avg, min, max
    case arrayAgg = "array_agg"
    case stringAgg = "string_agg"
    case jsonAgg = "json_agg"
    case jsonObjectAgg = "json_object_agg"
    case boolAnd = "bool_and"
    case boolOr = "bool_or"
    case every
    case bitAnd = "bit_and"
    case bitOr = "bit_or"
    case stddev
    case stddevSamp = "stddev_samp"
    case stddevPop = "stddev_pop"
    case variance
    case varSamp = "var_samp"
    case varPop = "var_pop"
    case mode
    case percentileCont = "percentile_cont"
    case percentileDisc = "percentile_disc"
}

/// The functions that need a window.
enum WindowFunction: String, Sendable {
    case rowNumber = "row_number"
    case rank
    case denseRank = "dense_rank"
    case percentRank = "percent_rank"
    case cumeDist = "cume_dist"
    case ntile, lag, lead
    case firstValue = "first_value"
    case lastValue = "last_value"
    case nthValue = "nth_value"
}

/// The functions that give rows.
enum RowFunction: String, Sendable {
    case series = "generate_series"
    case unnest
    case subscripts = "generate_subscripts"
    case textToTable = "string_to_table"
    case jsonElements = "json_array_elements"
    case jsonElementTexts = "json_array_elements_text"
    case jsonMembers = "json_each"
    case jsonMemberTexts = "json_each_text"
    case jsonKeys = "json_object_keys"
}
