/// The kinds of source that Steward reads itself.
package enum SourceKind: String, Hashable, Sendable, Codable, CaseIterable {
    /// Comma-separated values, RFC 4180, also gzipped.
    case csv
    /// One JSON object a line, also gzipped.
    case ndjson
    /// An XML document with a repeated row element, also gzipped.
    case xml
    /// A SQLite database file, opened read-only.
    case sqlite
    /// A PostgreSQL database, which statements are sent to.
    case postgres
}

/// A source as it was added to the catalog: where its files lie and how they are read.
package struct SourceDefinition: Hashable, Sendable, Codable {
    /// Unique.
    package let name: SourceName
    /// How its files are read.
    package let kind: SourceKind
    /// A file, or a folder whose files of that kind become a table each; absolute.
    ///
    /// PostgreSQL: the database's URI, without its password.
    package let path: String
    /// The Ranger service whose policies govern its tables.
    package let service: ServiceName
    /// The first part of its tables' names.
    package let database: String
    /// What a row that doesn't fit does to a read.
    package let rowRule: RowRule
    /// How its files differ from the defaults.
    package let options: SourceOptions

    /// A source.
    package init(
        name: SourceName,
        kind: SourceKind,
        path: String,
        service: ServiceName,
        database: String,
        rowRule: RowRule = .fail,
        options: SourceOptions = SourceOptions()
    ) {
        self.name = name
        self.kind = kind
        self.path = path
        self.service = service
        self.database = database
        self.rowRule = rowRule
        self.options = options
    }
}

/// How a source's files differ from the defaults; what a kind doesn't know must be nil.
package struct SourceOptions: Hashable, Sendable, Codable {
    /// CSV: the byte between fields, one ASCII character; nil for a comma.
    package let delimiter: String?
    /// CSV: whether the first record names the columns; nil for yes. Without it columns are `c1`, `c2`, …
    package let header: Bool?
    /// CSV: the unquoted text that stands for NULL; nil for the empty text.
    ///
    /// A quoted field is never NULL.
    package let nullText: String?
    /// XML: the path of the element that is a row, such as `/staff/employee`.
    package let rowElement: String?
    /// PostgreSQL: a schema of the service account's own, for views that carry row filters out; nil for none.
    package let viewSchema: String?

    /// The defaults, or some of them changed.
    package init(
        delimiter: String? = nil,
        header: Bool? = nil,
        nullText: String? = nil,
        rowElement: String? = nil,
        viewSchema: String? = nil
    ) {
        self.delimiter = delimiter
        self.header = header
        self.nullText = nullText
        self.rowElement = rowElement
        self.viewSchema = viewSchema
    }
}

/// A table of the catalog: its columns, and where a source finds it.
package struct TableDefinition: Hashable, Sendable, Codable {
    /// Unique in the catalog.
    package let name: TableName
    /// The source that delivers it.
    package let source: SourceName
    /// The Ranger service whose policies govern it; the source's.
    package let service: ServiceName
    /// The file that holds it (absolute), or the table's name within a SQLite source.
    package let location: String
    /// Its columns in order; names don't repeat.
    package let columns: [ColumnDefinition]
    /// What it is; may be empty.
    package let summary: String
    /// The user who answers for it; nil when nobody does.
    package let owner: UserName?

    /// A table.
    package init(
        name: TableName,
        source: SourceName,
        service: ServiceName,
        location: String,
        columns: [ColumnDefinition],
        summary: String = "",
        owner: UserName? = nil
    ) {
        self.name = name
        self.source = source
        self.service = service
        self.location = location
        self.columns = columns
        self.summary = summary
        self.owner = owner
    }

    /// The columns as a schema; nil when a name repeats.
    package var schema: TableSchema? { TableSchema(columns.map { ColumnSchema($0.name, $0.type) }) }
}

/// A column of a catalogued table.
package struct ColumnDefinition: Hashable, Sendable, Codable {
    /// Unique in its table.
    package let name: ColumnName
    /// How its values are read.
    package let type: DataType
    /// Where the source finds it, when that isn't its name.
    ///
    /// CSV: the header's text. NDJSON: a dotted path such as `address.city`. XML: a path below the row element, such
    /// as `address/city` or `@id`. SQLite: the column's name.
    package let path: String?
    /// What it means; may be empty.
    package let summary: String

    /// A column.
    package init(name: ColumnName, type: DataType, path: String? = nil, summary: String = "") {
        self.name = name
        self.type = type
        self.path = path
        self.summary = summary
    }

    /// Where the source finds it.
    package var sourcePath: String { path ?? name.text }
}
