package import CatalogModel
package import Governance
package struct FileSources: RowSources { package init() {}
 package func rowSource(for source: SourceDefinition) throws(GovernanceError) -> any RowSource { if source.kind == .postgres { return PostgreSQLSource(source) }; throw GovernanceError(.internalError, "") } }
