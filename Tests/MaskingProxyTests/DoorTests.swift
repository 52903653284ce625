import Testing

struct `The SQL door` {
    @Test func `shows what policy lets through`() async throws {
        let cluster = try PostgreSQLCluster.shared.get()
        try cluster.make(
            "first",
            "CREATE TABLE t(id int PRIMARY KEY, name text, pin text); INSERT INTO t VALUES (1,'Ann','123456789'),(2,'Bo',NULL);"
        )
        let desk = try ProxyDesk()
        try desk.add("first", uri: cluster.uri(of: "first"))
        try desk.publish([
            ProxyDesk.allow(["t"]), ProxyDesk.mask("t", "pin", "MASK_SHOW_LAST_4"),
            ProxyDesk.filter("t", "id < 3"),
        ])
        let port = try await desk.open()
        let client = try WireClient(port: port, user: "alice", password: "open alice", database: "first")
        let answer = client.simple("SELECT * FROM t ORDER BY id")
        #expect(answer.rows == [["1", "Ann", "xxxxx6789"], ["2", "Bo", nil]])
        #expect(client.extended("SELECT pin FROM t WHERE id = 1").rows == [["xxxxx6789"]])
        #expect(client.simple("SELECT pg_sleep(1)").errors == ["42501"])
    }
}
