/// One service ready to decide: its policies, those of its tag service as they mean it, and its access types.
final class CompiledService: Sendable {
    let name: String
    let definition: ServiceDefinition
    let resource: Repository
    /// The policies of the tag service; nil without one.
    let tags: Repository?
    let accessTypes: AccessTypeTable
    /// Those who answer by numbers alone, by policy type.
    let plain: [PlainEvaluator]

    init(
        name: String,
        definition: ServiceDefinition,
        resource: Repository,
        tags: Repository?,
        accessTypes: AccessTypeTable
    ) {
        self.name = name
        self.definition = definition
        self.resource = resource
        self.tags = tags
        self.accessTypes = accessTypes
        plain = PolicyType.allCases.map { PlainEvaluator(resource, tags, $0) }
    }

    /// The repository that a decider speaks of; nil for none.
    func repository(of origin: Decider.Origin) -> Repository? {
        switch origin {
        case .none, .sharing, .inline: nil
        case .resource: resource
        case .tag: tags
        }
    }
}
