import CatalogModel

extension CatalogManifest {
    init(from decoder: any Decoder) throws {
        let members = try StrictMembers(
            decoder,
            known: [
                "services", "groups", "users", "roles", "tagTypes", "sources", "tables", "tags", "lineage",
            ]
        )
        services = try members.optional("services") ?? []
        groups = try members.optional("groups") ?? []
        users = try members.optional("users") ?? []
        roles = try members.optional("roles") ?? []
        tagTypes = try members.optional("tagTypes") ?? []
        sources = try members.optional("sources") ?? []
        tables = try members.optional("tables") ?? []
        tags = try members.optional("tags") ?? []
        lineage = try members.optional("lineage") ?? []
    }
}

extension CatalogManifest.Service {
    init(from decoder: any Decoder) throws {
        let members = try StrictMembers(decoder, known: ["name", "type", "tagService"])
        name = try members.required("name")
        type = try members.required("type")
        tagService = try members.optional("tagService")
    }
}

extension CatalogManifest.GroupEntry {
    init(from decoder: any Decoder) throws {
        let members = try StrictMembers(decoder, known: ["name", "attributes"])
        name = try members.required("name")
        attributes = try members.optional("attributes") ?? [:]
    }
}

extension CatalogManifest.UserEntry {
    init(from decoder: any Decoder) throws {
        let members = try StrictMembers(decoder, known: ["name", "groups", "attributes", "admin"])
        name = try members.required("name")
        groups = try members.optional("groups") ?? []
        attributes = try members.optional("attributes") ?? [:]
        admin = try members.optional("admin") ?? false
    }
}

extension CatalogManifest.RoleEntry {
    init(from decoder: any Decoder) throws {
        let members = try StrictMembers(decoder, known: ["name", "users", "groups", "roles"])
        name = try members.required("name")
        users = try members.optional("users") ?? []
        groups = try members.optional("groups") ?? []
        roles = try members.optional("roles") ?? []
    }
}

extension CatalogManifest.TagTypeEntry {
    init(from decoder: any Decoder) throws {
        let members = try StrictMembers(decoder, known: ["name", "superTypes", "attributes", "summary"])
        name = try members.required("name")
        superTypes = try members.optional("superTypes") ?? []
        attributes = try members.optional("attributes") ?? []
        summary = try members.optional("summary") ?? ""
    }
}

extension CatalogManifest.SourceEntry {
    init(from decoder: any Decoder) throws {
        let members = try StrictMembers(
            decoder,
            known: ["name", "kind", "path", "service", "database", "rowRule", "options"]
        )
        name = try members.required("name")
        kind = try members.required("kind")
        path = try members.required("path")
        service = try members.required("service")
        database = try members.required("database")
        rowRule = try members.optional("rowRule") ?? .fail
        options = (try members.optional("options") as Options?)?.value ?? SourceOptions()
    }

    private struct Options: Decodable {
        let value: SourceOptions

        init(from decoder: any Decoder) throws {
            let members = try StrictMembers(
                decoder,
                known: ["delimiter", "header", "nullText", "rowElement", "viewSchema"]
            )
            value = SourceOptions(
                delimiter: try members.optional("delimiter"),
                header: try members.optional("header"),
                nullText: try members.optional("nullText"),
                rowElement: try members.optional("rowElement"),
                viewSchema: try members.optional("viewSchema")
            )
        }
    }
}

extension CatalogManifest.TableEntry {
    init(from decoder: any Decoder) throws {
        let members = try StrictMembers(decoder, known: ["name", "owner", "summary", "columns", "types"])
        name = try members.required("name")
        owner = try members.optional("owner")
        summary = try members.optional("summary")
        columns = try members.optional("columns") ?? [:]
        types = try members.optional("types") ?? [:]
    }
}

extension CatalogManifest.TagEntry {
    init(from decoder: any Decoder) throws {
        let members = try StrictMembers(
            decoder,
            known: ["column", "table", "tag", "attributes", "validFrom", "validUntil"]
        )
        column = try members.optional("column")
        table = try members.optional("table")
        tag = try members.required("tag")
        attributes = try members.optional("attributes") ?? [:]
        validFrom = try members.optional("validFrom")
        validUntil = try members.optional("validUntil")
    }
}

extension CatalogManifest.LineageEntry {
    init(from decoder: any Decoder) throws {
        let members = try StrictMembers(
            decoder,
            known: ["process", "output", "inputs", "transformation", "anonymises"]
        )
        process = try members.required("process")
        output = try members.required("output")
        inputs = try members.required("inputs")
        transformation = try members.optional("transformation") ?? ""
        anonymises = try members.optional("anonymises") ?? false
    }
}
