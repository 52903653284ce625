/// How much the service takes on; what goes beyond is refused with a problem that says so.
package struct HTTPLimits: Sendable {
    /// Connections at once; more wait in the kernel's queue.
    package var connections = 1024
    /// Requests at work at once; more get `busy`.
    package var requests = 512
    /// Reads and masks of posted rows at once; more get `busy`.
    package var reads = 32
    /// Sign-ins that wait for their password to be checked; more get `busy`.
    package var waitingSignIns = 16
    /// Wrong passwords a minute for one name from one address; then `too-many-sign-ins`.
    package var failuresForName = 10
    /// Wrong passwords and tokens a minute from one address; then `too-many-sign-ins`.
    package var failuresFromAddress = 60
    /// Bytes of path and query.
    package var addressBytes = 8 << 10
    /// Bytes of names and values of the header.
    package var headerBytes = 16 << 10
    /// Bytes of a JSON body, but for those below.
    package var bodyBytes = 1 << 20
    /// Bytes of a body with policies.
    package var policyBytes = 16 << 20
    /// Bytes of a body in Atlas's dialect.
    package var catalogBytes = 256 << 20
    /// Bytes of a posted result set.
    package var resultSetBytes = 16 << 20
    /// Rows of a posted result set.
    package var resultSetRows = 100_000
    /// How long a connection may take to send a header, or lie idle.
    package var idleTime = Duration.seconds(30)
    /// How long a request may take to send its body.
    package var bodyTime = Duration.seconds(60)
    /// How long a reader of rows may take nothing.
    package var stallTime = Duration.seconds(60)

    /// The limits that the documentation names.
    package init() {}
}
