import CatalogModel
import Foundation
import Governance
import PolicyEngine

/// Bringing a catalog up to a manifest: what is there already stays, what the manifest says is added or changed.
struct CatalogLoading {
    let workspace: Workspace
    /// Told what was done, when all of it is.
    let report: (String) -> Void

    /// Loads a manifest, all of it or nothing; paths in it count from `folder`.
    func load(_ manifest: CatalogManifest, relativeTo folder: URL) throws(GovernanceError) {
        try Self.checkNames(of: manifest)
        var lines: [String] = []
        try workspace.staged().all(by: workspace.caller) { cases throws(GovernanceError) in
            try load(manifest, relativeTo: folder, with: cases) { lines.append($0) }
        }
        for line in lines { report(line) }
    }

    private func load(
        _ manifest: CatalogManifest,
        relativeTo folder: URL,
        with cases: UseCases,
        report: (String) -> Void
    ) throws(GovernanceError) {
        let caller = workspace.caller
        try cases.policies.apply(services: try services(of: manifest), by: caller)
        try cases.editing.put(principals(of: manifest), by: caller)
        report(
            "\(manifest.users.count) users, \(manifest.groups.count) groups, \(manifest.roles.count) roles, "
                + "\(manifest.tagTypes.count) tag types"
        )
        for source in manifest.sources {
            let definition = SourceDefinition(
                name: source.name,
                kind: source.kind,
                path: URL(filePath: source.path, relativeTo: folder).standardizedFileURL.path,
                service: source.service,
                database: source.database,
                rowRule: source.rowRule,
                options: source.options
            )
            let scan = try cases.editing.add(definition, replacing: true, by: caller)
            let count = scan.added.count + scan.changed.count + scan.unchanged.count
            report(
                "source `\(source.name)`: \(count) \(count == 1 ? "table" : "tables"), \(scan.added.count) new"
            )
        }
        try cases.editing.describe(manifest.tables.map(Self.description), by: caller)
        try cases.editing.put(try lineage(of: manifest), by: caller)
        try cases.editing.set(try tags(of: manifest), by: caller)
        report("\(manifest.tags.count) tags, lineage of \(manifest.lineage.count) columns")
    }

    /// Refuses names that are given twice or are empty, before anything is done.
    private static func checkNames(of manifest: CatalogManifest) throws(GovernanceError) {
        let lists: [(String, [String])] = [
            ("services", manifest.services.map(\.name.text)), ("groups", manifest.groups.map(\.name.text)),
            ("users", manifest.users.map(\.name.text)), ("roles", manifest.roles.map(\.name.text)),
            ("tagTypes", manifest.tagTypes.map(\.name.text)), ("sources", manifest.sources.map(\.name.text)),
            ("tables", manifest.tables.map(\.name.description)),
        ]
        for (list, names) in lists {
            var seen: Set<String> = []
            for name in names {
                guard !name.isEmpty else {
                    throw GovernanceError(.invalidRequest, "\(list): a name is empty")
                }
                guard seen.insert(name).inserted else {
                    throw GovernanceError(.invalidRequest, "\(list): `\(name)` is given twice")
                }
            }
        }
    }

    private func services(of manifest: CatalogManifest) throws(GovernanceError) -> [PolicyService] {
        var services: [PolicyService] = []
        for service in manifest.services {
            services.append(
                PolicyService(
                    name: service.name,
                    definition: try StandardServices.definition(service.type),
                    tagService: service.tagService
                )
            )
        }
        return services
    }

    private func principals(of manifest: CatalogManifest) -> [CatalogChange] {
        manifest.groups.map { .putGroup(Group($0.name, attributes: $0.attributes)) }
            + manifest.users.map { user in
                .putUser(
                    User(user.name, groups: user.groups, attributes: user.attributes, isAdmin: user.admin)
                )
            }
            + manifest.roles.map { role in
                .putRole(Role(role.name, users: role.users, groups: role.groups, roles: role.roles))
            }
            + manifest.tagTypes.map { type in
                .putTagType(
                    TagType(
                        type.name,
                        superTypes: type.superTypes,
                        attributes: type.attributes,
                        summary: type.summary
                    )
                )
            }
    }

    private static func description(of table: CatalogManifest.TableEntry) -> TableDescription {
        TableDescription(
            table: table.name,
            owner: table.owner,
            summary: table.summary,
            columnSummaries: Dictionary(uniqueKeysWithValues: table.columns.map { (ColumnName($0), $1) }),
            columnTypes: Dictionary(uniqueKeysWithValues: table.types.map { (ColumnName($0), $1) })
        )
    }

    private func tags(of manifest: CatalogManifest) throws(GovernanceError) -> [(TagTarget, Tag)] {
        var tags: [(TagTarget, Tag)] = []
        for entry in manifest.tags {
            let target: TagTarget
            switch (entry.column.map { ($0, ColumnReference($0)) }, entry.table) {
            case ((_, let column?)?, nil): target = .column(column)
            case (nil, let table?): target = .table(table)
            case ((let text, nil)?, nil):
                throw GovernanceError(
                    .invalidRequest,
                    "tags: `\(text)` is no column: write `database.table.column`"
                )
            case (nil, nil), (.some, .some):
                throw GovernanceError(.invalidRequest, "tags: each needs either `column` or `table`")
            }
            tags.append(
                (
                    target,
                    Tag(
                        entry.tag,
                        attributes: entry.attributes,
                        validFrom: try Self.instant(entry.validFrom),
                        validUntil: try Self.instant(entry.validUntil, isEnd: true)
                    )
                )
            )
        }
        return tags
    }

    /// A moment as people write it; a day alone is its first moment, or its last one where a time ends.
    static func instant(_ text: String?, isEnd: Bool = false) throws(GovernanceError) -> Instant? {
        guard let text else { return nil }
        if isEnd, text.utf8.count == 10, let day = Instant(text) {
            return Instant(microseconds: day.microseconds + 86_400_000_000 - 1)
        }
        guard let instant = Instant(text) else {
            throw GovernanceError(
                .invalidRequest,
                "`\(text)` is no moment: write 2026-03-01 or 2026-03-01T12:00Z"
            )
        }
        return instant
    }

    private func lineage(
        of manifest: CatalogManifest
    ) throws(GovernanceError) -> [(output: ColumnReference, inputs: [ColumnReference], step: LineageStep)] {
        var result: [(output: ColumnReference, inputs: [ColumnReference], step: LineageStep)] = []
        for entry in manifest.lineage {
            let output = try Self.column(entry.output)
            var inputs: [ColumnReference] = []
            for input in entry.inputs { inputs.append(try Self.column(input)) }
            let step = LineageStep(
                process: entry.process,
                transformation: entry.transformation,
                anonymises: entry.anonymises
            )
            result.append((output, inputs, step))
        }
        return result
    }

    private static func column(_ text: String) throws(GovernanceError) -> ColumnReference {
        guard let column = ColumnReference(text) else {
            throw GovernanceError(
                .invalidRequest,
                "lineage: `\(text)` is no column: write `database.table.column`"
            )
        }
        return column
    }
}
