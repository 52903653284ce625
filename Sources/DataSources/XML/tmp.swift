import CatalogModel
import Governance
struct XMLSource: RowSource { let files: SourceFiles; let rowElement: XMLPath; let tuning: ReadTuning
 func discover() throws(GovernanceError) -> [TableDefinition] { [] }
 func open(_ scan: ScanRequest) throws(GovernanceError) -> any RowCursor { throw GovernanceError(.internalError, "") } }
struct XMLPath { init(rowElement: SourceDefinition) throws(GovernanceError) {} }
struct SQLiteSource: RowSource { let files: SourceFiles; let tuning: ReadTuning
 func discover() throws(GovernanceError) -> [TableDefinition] { [] }
 func open(_ scan: ScanRequest) throws(GovernanceError) -> any RowCursor { throw GovernanceError(.internalError, "") } }
