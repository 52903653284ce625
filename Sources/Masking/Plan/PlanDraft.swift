import CatalogModel
import PolicyEngine

/// A plan under construction: finds the columns that it needs first, then compiles against exactly those.
struct PlanDraft {
    let source: TableSchema
    let output: TableSchema
    let filterExpression: SQLExpression?
    let rowFilter: CompiledExpression?
    let steps: [MaskStep]

    init(decision: Decision, schema: TableSchema, expressions: ExpressionLibrary) throws(MaskError) {
        let filter = try PlanDraft.rowFilter(of: decision, in: expressions)
        var wanted: [ColumnSchema] = []
        var masks: [(column: ColumnSchema, mask: ChosenMask)] = []
        var referenced: Set<ColumnName> = []
        if let filter {
            referenced.formUnion(
                try PlanDraft.compile(filter, decision: decision, schema: schema, for: nil).referencedColumns
            )
        }
        for item in decision.columns {
            guard let type = schema.type(of: item.column) else { throw .unknownColumn(item.column) }
            let mask = try PlanDraft.mask(of: item, type: type, in: expressions)
            let column = ColumnSchema(item.column, type)
            masks.append((column, mask))
            switch mask {
            case .function(let function): if !function.isAlwaysNull { wanted.append(column) }
            case .expression(let expression):
                let draft = try PlanDraft.compile(
                    expression,
                    decision: decision,
                    schema: schema,
                    for: item.column
                )
                referenced.formUnion(draft.referencedColumns)
            }
        }
        let requested = Set(wanted.map(\.name))
        wanted += schema.columns.filter { referenced.contains($0.name) && !requested.contains($0.name) }
        guard let source = TableSchema(wanted) else { throw PlanDraft.repetition(in: decision) }
        var output: [ColumnSchema] = []
        var steps: [MaskStep] = []
        for (column, mask) in masks {
            let (type, work) = try PlanDraft.work(of: mask, for: column, source: source, decision: decision)
            output.append(ColumnSchema(column.name, type))
            steps.append(MaskStep(column: column.name, work: work))
        }
        guard let outputSchema = TableSchema(output) else { throw PlanDraft.repetition(in: decision) }
        self.source = source
        self.output = outputSchema
        self.steps = steps
        filterExpression = filter
        if let filter {
            rowFilter = try PlanDraft.compile(filter, decision: decision, schema: source, for: nil)
        } else {
            rowFilter = nil
        }
    }

    private static func rowFilter(
        of decision: Decision,
        in expressions: ExpressionLibrary
    ) throws(MaskError) -> SQLExpression? {
        guard let filter = decision.rowFilter else { return nil }
        guard let expression = expressions[filter.expression] else { throw .unpublishedExpression(nil) }
        return expression
    }

    private static func mask(
        of item: ColumnDecision,
        type: DataType,
        in expressions: ExpressionLibrary
    ) throws(MaskError) -> ChosenMask {
        switch item.treatment {
        case .denied: throw .deniedColumn(item.column)
        case .clear: return .function(.unchanged)
        case .masked(let choice):
            switch try MaskText(choice) {
            case .call(let call): return .function(try MaskFunction(call, on: type))
            case .expression(let text):
                guard let expression = expressions[text] else { throw .unpublishedExpression(item.column) }
                return .expression(expression)
            }
        }
    }

    private static func work(
        of mask: ChosenMask,
        for column: ColumnSchema,
        source: TableSchema,
        decision: Decision
    ) throws(MaskError) -> (DataType, MaskStep.Work) {
        switch mask {
        case .function(let function):
            let type = function.outputType(of: column.type)
            if function.isAlwaysNull { return (type, .hidden) }
            guard let position = source.position(of: column.name) else { throw .unknownColumn(column.name) }
            return (type, .masked(function, position: position))
        case .expression(let expression):
            let compiled = try compile(expression, decision: decision, schema: source, for: column.name)
            return (compiled.type, .computed(compiled))
        }
    }

    private static func compile(
        _ expression: SQLExpression,
        decision: Decision,
        schema: TableSchema,
        for column: ColumnName?
    ) throws(MaskError) -> CompiledExpression {
        do {
            return try CompiledExpression(
                expression,
                schema: schema,
                subject: decision.subject,
                now: decision.now,
                maskedColumn: column
            )
        } catch { throw .failedExpression(column) }
    }

    private static func repetition(in decision: Decision) -> MaskError {
        var seen: Set<ColumnName> = []
        for item in decision.columns where !seen.insert(item.column).inserted {
            return .repeatedColumn(item.column)
        }
        return .unexpectedColumns
    }
}

/// A column's mask once its text was understood.
private enum ChosenMask {
    case function(MaskFunction)
    case expression(SQLExpression)
}
