package import Governance
package import Logging
import ServiceLifecycle
package struct TLSFiles: Sendable { package init(certificateFile: String, privateKeyFile: String) {} }
package struct HTTPConfiguration: Sendable { package init(host: String, port: Int, tls: TLSFiles?) {} }
package struct HTTPServer: Service { package init(configuration: HTTPConfiguration, cases: UseCases, logger: Logger, version: String, onRunning: @escaping @Sendable (Int) async -> Void) {}
 package func run() async throws {} }
