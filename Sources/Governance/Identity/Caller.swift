package import CatalogModel

/// Who is at the door, after the door made sure of it, with what belongs to this one request.
package struct Caller: Sendable {
    /// Who acts.
    package let user: UserName
    /// Whether it is the operator at the data folder itself, who may do everything.
    package let isOperator: Bool
    /// The request's identity, for audit and logs.
    package let request: String

    /// A caller; only a door that has authenticated one makes it.
    package init(user: UserName, isOperator: Bool = false, request: String) {
        self.user = user
        self.isOperator = isOperator
        self.request = request
    }
}
