import CatalogModel
import Governance
struct SQLiteSource: RowSource { let files: SourceFiles; let tuning: ReadTuning
 func discover() throws(GovernanceError) -> [TableDefinition] { [] }
 func open(_ scan: ScanRequest) throws(GovernanceError) -> any RowCursor { throw GovernanceError(.internalError, "") } }
