package import CatalogModel

/// A mask or row filter that policy may choose for somebody on a table: what publishing checks against its columns.
package struct PossibleOutcome: Sendable {
    /// The policy and item.
    package let place: PolicyPlace
    /// The column that a mask is for; nil for a row filter.
    package let column: ColumnName?
    /// The mask; nil for a row filter.
    package let mask: MaskChoice?
    /// The row filter's expression; nil for a mask.
    package let rowFilter: String?
}

extension PolicySet {
    /// Every mask and row filter that some policy has for a table, whoever asks and whenever; may hold repetitions.
    ///
    /// Policies whose resources depend on the user are left out. Cost: the policies that may match, for each column.
    package func possibleOutcomes(
        service name: ServiceName,
        table: TableName,
        columns: [ColumnName],
        tableTags: [EffectiveTag],
        columnTags: [[EffectiveTag]]
    ) -> [PossibleOutcome] {
        guard let service = compiled[name] else { return [] }
        let services = [service] + (zonesOfService[name].map { Array($0.services(touching: table)) } ?? [])
        return services.flatMap { outcomes(of: $0, table, columns, tableTags, columnTags) }
            + (sharing[name]?.outcomes(service, table, columns) ?? [])
    }

    private func outcomes(
        of service: CompiledService,
        _ table: TableName,
        _ columns: [ColumnName],
        _ tableTags: [EffectiveTag],
        _ columnTags: [[EffectiveTag]]
    ) -> [PossibleOutcome] {
        guard let path = service.columnPath(parts: table.parts.count), let columnLevel = path.last else {
            return []
        }
        var found: [PossibleOutcome] = []
        var elements = RequestElements(levelCount: service.resource.levels.count)
        for (level, part) in zip(path, table.parts) {
            elements.set(level, to: part)
        }
        found += service.resource.outcomes(.rowFilter, on: elements, column: nil, of: service.definition)
        let mark = elements.mark
        for (column, own) in zip(columns, columnTags) {
            elements.set(columnLevel, to: column.text)
            found += service.resource.outcomes(
                .dataMask,
                on: elements,
                column: column,
                of: service.definition
            )
            elements.cut(to: mark, without: columnLevel)
            guard let tags = service.tags, let level = tags.levels["tag"] else { continue }
            for tag in Set((tableTags + own).map(\.tag.name)) {
                var tagElements = RequestElements(levelCount: tags.levels.count)
                tagElements.set(level, to: tag.text)
                found += tags.outcomes(.dataMask, on: tagElements, column: column, of: service.definition)
            }
        }
        return found
    }
}

extension Repository {
    fileprivate func outcomes(
        _ type: PolicyType,
        on elements: RequestElements,
        column: ColumnName?,
        of definition: ServiceDefinition
    ) -> [PossibleOutcome] {
        var found: [PossibleOutcome] = []
        let facts = RequestFacts(AccessRequest(), now: Instant(microseconds: 0))
        for position in CandidateQueue.all(self, type, elements) {
            let compiled = policies[Int(position)]
            let matches = compiled.maps.contains { index in
                let match = match(maps[Int(index)], elements, type: type, facts: facts)
                return match == .same || match == .sameAndAllBelow
            }
            guard matches else { continue }
            let policy = sources[Int(compiled.source)]
            let items = type == .dataMask ? policy.dataMaskPolicyItems : policy.rowFilterPolicyItems
            let list = type == .dataMask ? "dataMaskPolicyItems" : "rowFilterPolicyItems"
            for (index, item) in items.enumerated() {
                found.append(
                    PossibleOutcome(
                        place: PolicyPlace(
                            "policy",
                            policy.name,
                            service: policy.service,
                            member: "\(list)[\(index)]"
                        ),
                        column: column,
                        mask: item.dataMaskInfo.map { MaskChoice($0, of: definition) },
                        rowFilter: item.rowFilterInfo?.filterExpr
                    )
                )
            }
        }
        return found
    }
}

extension MaskChoice {
    /// The mask that an item chooses, with the definition's text for its type.
    init(_ mask: DataMaskInfo, of definition: ServiceDefinition) {
        let types = definition.dataMaskDef?.maskTypes ?? []
        let transformer = types.first { $0.name == mask.dataMaskType }?.transformer
        self.init(
            maskType: mask.dataMaskType,
            transformer: transformer.flatMap { $0.isEmpty ? nil : $0 },
            valueExpression: mask.valueExpr.isEmpty ? nil : mask.valueExpr
        )
    }
}

extension CompiledSharing {
    /// Every mask and row filter of shared resources that a table, or something of it, belongs to.
    fileprivate func outcomes(
        _ service: CompiledService,
        _ table: TableName,
        _ columns: [ColumnName]
    ) -> [PossibleOutcome] {
        guard let path = service.columnPath(parts: table.parts.count) else { return [] }
        var request = AccessRequest()
        for (level, part) in zip(path, table.parts) {
            request.elements[service.definition.resources[level].name] = [part]
        }
        let facts = RequestFacts(request, now: Instant(microseconds: 0))
        var found: [PossibleOutcome] = []
        for (position, _) in outerFinder.find(outerFinder.repository.elements(of: request), facts: facts) {
            let source = resources[position].source
            let place = PolicyPlace("shared resource", source.name.isEmpty ? "\(source.id)" : source.name)
            if !source.rowFilter.isEmpty {
                found.append(
                    PossibleOutcome(
                        place: place.member("rowFilter"),
                        column: nil,
                        mask: nil,
                        rowFilter: source.rowFilter
                    )
                )
            }
            guard source.subResourceType == "column" else { continue }
            for (index, mask) in source.masks.enumerated() {
                guard let chosen = mask.mask else { continue }
                for column in columns
                where mask.values.contains(where: { CompiledSharing.covers($0, column.text) }) {
                    found.append(
                        PossibleOutcome(
                            place: place.member("subResourceMasks[\(index)]"),
                            column: column,
                            mask: MaskChoice(chosen, of: service.definition),
                            rowFilter: nil
                        )
                    )
                }
            }
        }
        return found
    }
}
