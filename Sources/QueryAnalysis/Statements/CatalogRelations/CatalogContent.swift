/// A visible catalog with an identifier for each object, written as the lists that governed catalogs read.
struct CatalogContent: Sendable {
    /// The relations that a name without a schema can mean, and the schemas in which they are looked up.
    let searchPath: [String]
    private let visible: VisibleCatalog
    private var schemas: [String: UInt32] = [:]
    private var relations: [RelationName: UInt32] = [:]
    private var indexes: [RelationName: UInt32] = [:]
    private var ordered: [String] = []
    /// The relations that refer to one, or that one refers to.
    private var joined: Set<RelationName> = []

    init(_ visible: VisibleCatalog, searchPath: [String]) {
        self.visible = visible
        self.searchPath = searchPath
        var identifiers = CatalogIdentifiers()
        schemas = ["pg_catalog": 11, "public": 2200]
        let named = Set(visible.relations.map(\.name.schema)).union(searchPath).sorted()
        for schema in named where schemas[schema] == nil {
            schemas[schema] = identifiers.next("schema", schema)
        }
        ordered = Set(named + ["pg_catalog"]).sorted()
        for relation in visible.relations {
            for case .reference(let other, _, _) in relation.keys.map(\.kind) {
                joined.formUnion([relation.name, other])
            }
            relations[relation.name] = identifiers.next("relation", relation.name.description)
        }
        for relation in visible.relations {
            for index in relation.indexes {
                let name = RelationName(schema: relation.name.schema, name: index.name)
                indexes[name] = identifiers.next("index", name.description)
            }
        }
    }

    /// The identifier of a relation or index by its name; nil for what isn't visible.
    func identifier(of name: RelationName) -> UInt32? { relations[name] ?? indexes[name] }

    /// The identifier of a schema; nil for what isn't visible.
    func schema(_ name: String) -> UInt32? { schemas[name] }

    /// The name by which a relation is shown: without its schema where it is found without.
    func shown(_ name: RelationName) -> String {
        let own = CatalogName.quoted(name.name)
        return isInPath(name) ? own : CatalogName.quoted(name.schema) + "." + own
    }

    private func isInPath(_ name: RelationName) -> Bool {
        searchPath.first { identifier(of: RelationName(schema: $0, name: name.name)) != nil } == name.schema
    }

    /// The rows of a list.
    func rows(of table: CatalogTable, user: String, database: String) -> CatalogRows {
        var rows = CatalogRows()
        switch table {
        case .session:
            rows.row {
                $0.add(user)
                $0.add(database)
            }
        case .schemas:
            for schema in ordered {
                rows.row {
                    $0.add(schemas[schema] ?? 0)
                    $0.add(schema)
                    $0.add(CatalogName.quoted(schema))
                }
            }
        case .relations: for relation in visible.relations { add(relation, to: &rows) }
        case .columns: for relation in visible.relations { addColumns(of: relation, to: &rows) }
        case .indexes:
            for relation in visible.relations {
                for index in relation.indexes { add(index, of: relation, to: &rows) }
            }
        case .constraints: addConstraints(to: &rows)
        case .names: addNames(to: &rows)
        case .types: BuiltInTypes.add(to: &rows)
        }
        return rows
    }

    private func add(_ relation: VisibleRelation, to rows: inout CatalogRows) {
        rows.row {
            $0.add(relations[relation.name] ?? 0)
            $0.add(relation.name.name)
            $0.add(schemas[relation.name.schema] ?? 0)
            $0.add(relation.isView ? "v" : "r")
            $0.add(relation.columns.count)
            $0.add(!relation.indexes.isEmpty)
            $0.add(joined.contains(relation.name))
            $0.add(relation.isView ? UInt32(0) : 2)
            $0.add(isInPath(relation.name))
        }
        for index in relation.indexes {
            let name = RelationName(schema: relation.name.schema, name: index.name)
            rows.row {
                $0.add(indexes[name] ?? 0)
                $0.add(index.name)
                $0.add(schemas[relation.name.schema] ?? 0)
                $0.add("i")
                $0.add(index.columns.count)
                $0.add(false)
                $0.add(false)
                $0.add(CatalogContent.methods[index.method] ?? 403)
                $0.add(isInPath(name))
            }
        }
    }

    /// The identifiers of PostgreSQL's own ways to build an index.
    private static let methods: [String: UInt32] = [
        "btree": 403, "hash": 405, "gist": 783, "gin": 2742, "brin": 3580, "spgist": 4000,
    ]

    private func addColumns(of relation: VisibleRelation, to rows: inout CatalogRows) {
        func add(_ owner: UInt32, _ number: Int, _ column: VisibleColumn) {
            rows.row {
                $0.add(owner)
                $0.add(column.name)
                $0.add(CatalogName.quoted(column.name))
                $0.add(number)
                $0.add(column.type)
                $0.add(column.modifier)
                $0.add(column.isRequired)
            }
        }
        for (index, column) in relation.columns.enumerated() {
            add(relations[relation.name] ?? 0, index + 1, column)
        }
        let columns = Dictionary(relation.columns.map { ($0.name, $0) }, uniquingKeysWith: { $1 })
        for index in relation.indexes {
            let owner = indexes[RelationName(schema: relation.name.schema, name: index.name)] ?? 0
            for (position, column) in index.columns.enumerated() {
                if let column = columns[column] { add(owner, position + 1, column) }
            }
        }
    }

    private func add(_ index: RelationIndex, of relation: VisibleRelation, to rows: inout CatalogRows) {
        rows.row {
            $0.add(indexes[RelationName(schema: relation.name.schema, name: index.name)] ?? 0)
            $0.add(relations[relation.name] ?? 0)
            $0.add(index.isUnique)
            $0.add(index.isPrimary)
            $0.add(index.columns.count)
            $0.add(index.keyCount)
            $0.add(relation.numbers(of: index.columns).map(String.init).joined(separator: " "))
            $0.add(index.options.map(String.init).joined(separator: " "))
            $0.add(index.definition(on: relation.name))
        }
    }

    private func addConstraints(to rows: inout CatalogRows) {
        var identifiers = CatalogIdentifiers()
        let byName = Dictionary(visible.relations.map { ($0.name, $0) }, uniquingKeysWith: { $1 })
        for relation in visible.relations {
            for key in relation.keys {
                var other = RelationName(schema: "", name: "")
                var (letter, columns) = ("p", [String]())
                var rules = ReferenceRules(
                    update: " ",
                    delete: " ",
                    match: " ",
                    isDeferrable: false,
                    isDeferred: false
                )
                switch key.kind {
                case .primary: break
                case .unique: letter = "u"
                case .reference(let name, let named, let own):
                    (letter, other, columns, rules) = ("f", name, named, own)
                }
                rows.row {
                    $0.add(identifiers.next("constraint", "\(relation.name).\(key.name)"))
                    $0.add(key.name)
                    $0.add(schemas[relation.name.schema] ?? 0)
                    $0.add(letter)
                    $0.add(relations[relation.name] ?? 0)
                    $0.add(key.index.flatMap { indexes[$0] } ?? 0)
                    $0.add(relations[other] ?? 0)
                    for part in [rules.update, rules.delete, rules.match] { $0.add(part) }
                    $0.add(rules.isDeferrable)
                    $0.add(rules.isDeferred)
                    for numbers in [
                        relation.numbers(of: key.columns), byName[other]?.numbers(of: columns) ?? [],
                    ] {
                        $0.add("{" + numbers.map(String.init).joined(separator: ",") + "}")
                    }
                    $0.add(key.definition { shown($0) })
                }
            }
        }
    }

    private func addNames(to rows: inout CatalogRows) {
        func add(_ name: RelationName, _ identifier: UInt32, _ shown: String) {
            rows.row {
                $0.add(identifier)
                $0.add(shown)
                $0.add(CatalogName.quoted(name.schema) + "." + CatalogName.quoted(name.name))
            }
        }
        for (name, identifier) in relations.sorted(by: { $0.key < $1.key }) {
            add(name, identifier, shown(name))
        }
        for (name, identifier) in indexes.sorted(by: { $0.key < $1.key }) {
            add(name, identifier, shown(name))
        }
        for (name, identifier) in CatalogIdentifiers.catalogs.sorted(by: { $0.key < $1.key }) {
            add(RelationName(schema: "pg_catalog", name: name), identifier, name)
        }
    }
}
