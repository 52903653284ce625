package import CatalogModel

/// Why a plan was refused or a batch was stopped; never holds a row value or a literal of a policy.
package enum MaskError: Error, Hashable, Sendable {
    /// Policy doesn't let the subject read this column.
    case deniedColumn(ColumnName)
    /// The table has no such column.
    case unknownColumn(ColumnName)
    /// The column was asked for twice.
    case repeatedColumn(ColumnName)
    /// No mask of this type, or its definition has no text to apply.
    case unknownMask(String)
    /// The mask of this name was given arguments that it doesn't take.
    case unsupportedArguments(mask: String)
    /// The mask of this name can't be applied to a column of this type.
    case unfitType(mask: String, type: DataType)
    /// A row filter's (nil) or a column's expression isn't among the published ones.
    case unpublishedExpression(ColumnName?)
    /// A row filter's (nil) or a column's expression doesn't compile or can't be evaluated.
    case failedExpression(ColumnName?)
    /// A batch hasn't exactly the columns that the plan asked for.
    case unexpectedColumns
    /// A value isn't of its column's declared type.
    case malformedValue(ColumnName)
    /// The mask's fixed day doesn't exist in the month that it keeps.
    case impossibleDate(ColumnName)
    /// The masked values of one column would pass 2 GiB.
    case oversizedBatch(ColumnName)
}

extension MaskError: CustomStringConvertible {
    /// One line for people, with names and types only.
    package var description: String {
        let owner = { (column: ColumnName?) in column.map { "mask of `\($0)`" } ?? "row filter" }
        return switch self {
        case .deniedColumn(let column): "reading `\(column)` failed: policy denies it"
        case .unknownColumn(let column): "reading `\(column)` failed: the table has no such column"
        case .repeatedColumn(let column): "reading `\(column)` failed: it was asked for twice"
        case .unknownMask(let type): "mask `\(type)` refused: no mask of that type is defined"
        case .unsupportedArguments(let mask): "mask `\(mask)` refused: it does not take these arguments"
        case .unfitType(let mask, let type): "mask `\(mask)` refused: it does not fit type `\(type)`"
        case .unpublishedExpression(let column): "\(owner(column)) refused: its expression was not published"
        case .failedExpression(let column): "\(owner(column)) failed: its expression could not be evaluated"
        case .unexpectedColumns: "masking failed: the source delivered other columns than planned"
        case .malformedValue(let column): "masking `\(column)` failed: a value is not of the declared type"
        case .impossibleDate(let column): "masking `\(column)` failed: the masked day does not exist"
        case .oversizedBatch(let column): "masking `\(column)` failed: the result passes 2 GiB"
        }
    }
}
