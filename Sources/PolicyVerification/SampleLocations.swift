/// The places of the sample table that Ranger installs as `geo.txt`: its tests count on them.
enum SampleLocations {
    private static let places: [(from: String, until: String, place: String)] = [
        ("10.0.0.255", "10.0.3.0", "US,United States,CA"),
        ("20.0.100.70", "20.0.100.73", "IN,India"),
        ("20.0.100.74", "20.0.100.79", "AN,Angola"),
        ("20.0.100.80", "20.0.100.89", "CA,Canada"),
        ("20.0.100.90", "20.0.100.94", "AUS,Austalia"),
        ("20.0.100.95", "20.0.100.99", "UK,United Kingdom"),
        ("20.0.100.100", "20.0.100.109", "US,United States,MT"),
        ("20.0.100.110", "20.0.100.119", "BR,Brazil"),
        ("20.0.100.120", "20.0.100.129", "NG,Nigeria"),
        ("192.128.100.1", "192.128.100.75", "FR,France"),
        ("128.101.101.100", "128.101.101.255", "US,United States,Minnesota,Minneapolis"),
        ("255.255.255.0", "255.255.255.255", "CN,China,Guangdong,Guangzhou"),
        ("1.0.0.0", "1.0.0.255", "AU,Australia,Queensland,Brisbane"),
        ("1.0.1.0", "1.0.3.255", "CN,China,Fujian,Fuzhou"),
        ("1.0.4.0", "1.0.4.255", "AU,Australia,Victoria,Melbourne"),
        ("1.0.5.0", "1.0.7.255", "AU,Australia,-,-"),
        ("1.0.8.0", "1.0.15.255", "CN,China,Guangdong,Guangzhou"),
        ("1.0.16.0", "1.0.31.255", "JP,Japan,Tokyo,Tokyo"),
        ("1.0.32.0", "1.0.63.255", "CN,China,Guangdong,Guangzhou"),
        ("1.0.64.0", "1.0.79.255", "JP,Japan,Hiroshima,Hiroshima"),
        ("1.0.80.0", "1.0.83.255", "JP,Japan,Tokyo,Tokyo"),
    ]

    /// As the table's file would have it.
    static var text: String {
        let lines = places.map { "\($0.from),\($0.until),\($0.place)" }
        return (["FROM_IP,TO_IP,COUNTRY_CODE,COUNTRY_NAME,STATE,CITY,ZIP,LAT,LONG"] + lines).joined(
            separator: "\n"
        )
    }
}
