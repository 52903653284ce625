package import CatalogModel

extension LineageGraph {
    /// The tags in force on a column: its own, its table's, and those that flowed along lineage.
    ///
    /// **Shape.** Own tags first, then the table's, then flowed ones, nearest first; a tag that is equal in name and
    /// attributes counts once, in its nearest form. May be empty.
    /// **Promise.** A tag flows from a column, or from its table, to every column made from it over edges of which
    /// none anonymises; the path in its origin is a shortest one. Cycles are walked once.
    /// **Cost.** The columns and edges upstream of the column, up to anonymising edges.
    ///
    /// - Parameters:
    ///   - column: The column in question.
    ///   - columnTags: The tags set on a column itself.
    ///   - tableTags: The tags set on a table itself.
    /// - Returns: The tags with their origins.
    package func effectiveTags(
        of column: ColumnReference,
        columnTags: (ColumnReference) -> [Tag],
        tableTags: (TableName) -> [Tag]
    ) -> [EffectiveTag] {
        var result: [EffectiveTag] = []
        var seen: Set<Tag> = []
        for tag in columnTags(column) where seen.insert(tag).inserted {
            result.append(EffectiveTag(tag, origin: .column))
        }
        for tag in tableTags(column.table) where seen.insert(tag).inserted {
            result.append(EffectiveTag(tag, origin: .table))
        }
        // Breadth first towards the sources, each column with the path from it down to the one in question.
        var queue: [[ColumnReference]] = [[column]]
        var reached: Set = [column]
        var next = 0
        while next < queue.count {
            let path = queue[next]
            next += 1
            for edge in edges(into: path[0]) where !edge.anonymises && reached.insert(edge.input).inserted {
                let longer = [edge.input] + path
                queue.append(longer)
                for tag in columnTags(edge.input) + tableTags(edge.input.table)
                where tag.propagates && seen.insert(tag).inserted {
                    result.append(EffectiveTag(tag, origin: .lineage(path: longer)))
                }
            }
        }
        return result
    }
}
