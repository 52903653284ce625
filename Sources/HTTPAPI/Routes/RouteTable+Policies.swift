import HTTPTypes

extension RouteTable {
    /// Policies, the zones that they are in, and settings of services.
    static func policies(_ limits: HTTPLimits) -> [Route] {
        [
            Route(
                method: .get,
                path: "/api/v1/policies",
                name: "listPolicies",
                summary:
                    "List the policies in force, in Apache Ranger's JSON; those of their zones for zones' people.",
                answer: .json("PolicyList", "The policies."),
                act: .zonePeople(PolicyActs.list)
            ),
            Route(
                method: .post,
                path: "/api/v1/policies",
                name: "applyPolicies",
                summary:
                    "Publish policies, all or none, when the tests with them hold; administrators of zones without tests.",
                body: .json("PolicyDocument", limits.policyBytes),
                answer: .json("PublishedPolicies", "What was published."),
                problems: Problems.policy,
                act: .zonePeople(PolicyActs.apply)
            ),
            Route(
                method: .post,
                path: "/api/v1/policies/test",
                name: "testPolicies",
                summary: "Run tests with policies put in first; nothing is published.",
                body: .json("PolicyDocument", limits.policyBytes),
                answer: .json("PolicyTestResults", "How each test came out."),
                problems: Problems.policy,
                act: .administrators(PolicyActs.test)
            ),
            Route(
                method: .delete,
                path: "/api/v1/policies/{id}",
                name: "deletePolicy",
                summary: "Take a policy away.",
                answer: .nothing("It is gone."),
                problems: ["not-found"],
                act: .zonePeople(PolicyActs.delete)
            ),
            Route(
                method: .get,
                path: "/api/v1/tables/{table}/access",
                name: "listAccess",
                summary: "List who may see what of a table: users, groups and roles who may see some of it.",
                query: [.columns, .purpose],
                answer: .json("TableAccess", "Who may see what."),
                problems: ["unknown-table", "unknown-column"],
                act: .administrators(TableActs.access)
            ),
            Route(
                method: .get,
                path: "/api/v1/zones",
                name: "listZones",
                summary: "List the security zones, in Apache Ranger's JSON; their own for zones' people.",
                answer: .json("ZoneList", "The zones."),
                act: .zonePeople(ZoneActs.list)
            ),
            Route(
                method: .post,
                path: "/api/v1/zones",
                name: "applyZones",
                summary: "Publish security zones, all or none; each replaces the one of its name.",
                body: .json("ZoneDocument", limits.policyBytes),
                answer: .json("PublishedRecords", "What was published."),
                problems: Problems.policy,
                act: .administrators(ZoneActs.apply)
            ),
            Route(
                method: .delete,
                path: "/api/v1/zones/{name}",
                name: "deleteZone",
                summary: "Take a security zone away; no policy may be in it any more.",
                answer: .nothing("It is gone."),
                problems: ["not-found", "conflict"],
                act: .administrators(ZoneActs.delete)
            ),
            Route(
                method: .get,
                path: "/api/v1/sharing",
                name: "listShared",
                summary:
                    "List datasets, projects, data shares, what is in them and what in what, in Ranger's JSON.",
                answer: .json("SharedRecords", "The records by kind."),
                act: .administrators(ZoneActs.listShared)
            ),
            Route(
                method: .post,
                path: "/api/v1/sharing",
                name: "applyShared",
                summary:
                    "Publish records of governed sharing, all or none; each replaces the one of its number.",
                body: .json("SharedRecords", limits.policyBytes),
                answer: .json("PublishedRecords", "What was published."),
                problems: Problems.policy,
                act: .administrators(ZoneActs.applyShared)
            ),
            Route(
                method: .delete,
                path: "/api/v1/sharing/{kind}/{id}",
                name: "deleteShared",
                summary: "Take a record of governed sharing away; nothing may refer to it any more.",
                answer: .nothing("It is gone."),
                problems: ["not-found", "conflict"],
                act: .administrators(ZoneActs.deleteShared)
            ),
            Route(
                method: .get,
                path: "/api/v1/services",
                name: "listServices",
                summary: "List the services whose data policies govern, with their settings.",
                answer: .json("ServiceList", "The services."),
                act: .administrators(ZoneActs.services)
            ),
            Route(
                method: .put,
                path: "/api/v1/services/{service}/settings",
                name: "changeServiceSettings",
                summary: "Change settings of a service, such as super users; an empty text takes one away.",
                body: .json("ServiceSetting", limits.bodyBytes),
                answer: .nothing("They are in force."),
                problems: ["not-found", "invalid-policy"],
                act: .administrators(ZoneActs.change)
            ),
        ]
    }
}
