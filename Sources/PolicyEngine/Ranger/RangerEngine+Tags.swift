package import CatalogModel

extension RangerEngine {
    /// The tags of a request's resource that are in force.
    package func tags(of request: AccessRequest, now: Instant) -> [AttachedTag] {
        facts(of: request, now: now).tags
    }
}

extension ServiceDefinition {
    /// A tag service's definition as one component sees it, and the names of its accesses and masks then.
    package func asSeen(by component: ServiceDefinition) -> ServiceDefinition {
        normalised(for: component.name)
    }

    /// What an access type grants, itself included, by name; markers such as `_ALL` among them.
    ///
    /// - Throws: `.tooMuch` for more access types than are allowed.
    package func grants(of accessType: String) throws(PolicyError) -> Set<String> {
        let types = try AccessTypeTable(accessTypes, at: PolicyPlace("service definition", name))
        guard let bit = types.find(accessType) else { return [] }
        return Set(types.names(in: types.grants(of: bit)))
    }

    /// Checks that it can be compiled.
    ///
    /// - Throws: what is wrong with its levels, access types or matchers.
    package func check() throws(PolicyError) {
        _ = try RepositoryBuilder(service: name, definition: self, options: CompileOptions())
        _ = try AccessTypeTable(accessTypes, at: PolicyPlace("service definition", name))
    }
}
