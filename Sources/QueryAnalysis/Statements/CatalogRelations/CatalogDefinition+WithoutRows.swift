/// The catalogs that have no rows for consumers: what they list is hidden, can't be used here, or is free text of the
/// database's owner that no policy governs, such as comments and defaults.
extension CatalogDefinition {
    static let withoutRows: [CatalogDefinition] = [
        CatalogDefinition(
            "pg_attrdef",
            """
            oid:oid adrelid:oid adnum:int2 adbin:text
            """
        ),
        CatalogDefinition(
            "pg_auth_members",
            """
            roleid:oid member:oid grantor:oid admin_option:bool
            """
        ),
        CatalogDefinition(
            "pg_conversion",
            """
            oid:oid conname:name connamespace:oid conowner:oid conforencoding:int4 contoencoding:int4 \
            conproc:oid condefault:bool
            """
        ),
        CatalogDefinition(
            "pg_db_role_setting",
            """
            setdatabase:oid setrole:oid setconfig:text[]
            """
        ),
        CatalogDefinition(
            "pg_default_acl",
            """
            oid:oid defaclrole:oid defaclnamespace:oid defaclobjtype:char defaclacl:text[]
            """
        ),
        CatalogDefinition(
            "pg_depend",
            """
            classid:oid objid:oid objsubid:int4 refclassid:oid refobjid:oid refobjsubid:int4 deptype:char
            """
        ),
        CatalogDefinition(
            "pg_description",
            """
            objoid:oid classoid:oid objsubid:int4 description:text
            """
        ),
        CatalogDefinition(
            "pg_enum",
            """
            oid:oid enumtypid:oid enumsortorder:float4 enumlabel:name
            """
        ),
        CatalogDefinition(
            "pg_event_trigger",
            """
            oid:oid evtname:name evtevent:name evtowner:oid evtfoid:oid evtenabled:char evttags:text[]
            """
        ),
        CatalogDefinition(
            "pg_extension",
            """
            oid:oid extname:name extowner:oid extnamespace:oid extrelocatable:bool extversion:text \
            extconfig:oid[] extcondition:text[]
            """
        ),
        CatalogDefinition(
            "pg_foreign_data_wrapper",
            """
            oid:oid fdwname:name fdwowner:oid fdwhandler:oid fdwvalidator:oid fdwacl:text[] \
            fdwoptions:text[]
            """
        ),
        CatalogDefinition(
            "pg_foreign_server",
            """
            oid:oid srvname:name srvowner:oid srvfdw:oid srvtype:text srvversion:text srvacl:text[] \
            srvoptions:text[]
            """
        ),
        CatalogDefinition(
            "pg_foreign_table",
            """
            ftrelid:oid ftserver:oid ftoptions:text[]
            """
        ),
        CatalogDefinition(
            "pg_group",
            """
            groname:name grosysid:oid grolist:oid[]
            """
        ),
        CatalogDefinition(
            "pg_inherits",
            """
            inhrelid:oid inhparent:oid inhseqno:int4 inhdetachpending:bool
            """
        ),
        CatalogDefinition(
            "pg_matviews",
            """
            schemaname:name matviewname:name matviewowner:name tablespace:name hasindexes:bool \
            ispopulated:bool definition:text
            """
        ),
        CatalogDefinition(
            "pg_opfamily",
            """
            oid:oid opfmethod:oid opfname:name opfnamespace:oid opfowner:oid
            """
        ),
        CatalogDefinition(
            "pg_partitioned_table",
            """
            partrelid:oid partstrat:char partnatts:int2 partdefid:oid partattrs:int2vector \
            partclass:oidvector partcollation:oidvector partexprs:text
            """
        ),
        CatalogDefinition(
            "pg_policies",
            """
            schemaname:name tablename:name policyname:name permissive:text roles:name[] cmd:text qual:text \
            with_check:text
            """
        ),
        CatalogDefinition(
            "pg_policy",
            """
            oid:oid polname:name polrelid:oid polcmd:char polpermissive:bool polroles:oid[] polqual:text \
            polwithcheck:text
            """
        ),
        CatalogDefinition(
            "pg_publication",
            """
            oid:oid pubname:name pubowner:oid puballtables:bool pubinsert:bool pubupdate:bool pubdelete:bool \
            pubtruncate:bool pubviaroot:bool
            """
        ),
        CatalogDefinition(
            "pg_publication_namespace",
            """
            oid:oid pnpubid:oid pnnspid:oid
            """
        ),
        CatalogDefinition(
            "pg_publication_rel",
            """
            oid:oid prpubid:oid prrelid:oid prqual:text prattrs:int2vector
            """
        ),
        CatalogDefinition(
            "pg_rewrite",
            """
            oid:oid rulename:name ev_class:oid ev_type:char ev_enabled:char is_instead:bool ev_qual:text \
            ev_action:text
            """
        ),
        CatalogDefinition(
            "pg_rules",
            """
            schemaname:name tablename:name rulename:name definition:text
            """
        ),
        CatalogDefinition(
            "pg_sequence",
            """
            seqrelid:oid seqtypid:oid seqstart:int8 seqincrement:int8 seqmax:int8 seqmin:int8 seqcache:int8 \
            seqcycle:bool
            """
        ),
        CatalogDefinition(
            "pg_sequences",
            """
            schemaname:name sequencename:name sequenceowner:name data_type:oid start_value:int8 \
            min_value:int8 max_value:int8 increment_by:int8 cycle:bool cache_size:int8 last_value:int8
            """
        ),
        CatalogDefinition(
            "pg_shdescription",
            """
            objoid:oid classoid:oid description:text
            """
        ),
        CatalogDefinition(
            "pg_statistic_ext",
            """
            oid:oid stxrelid:oid stxname:name stxnamespace:oid stxowner:oid stxstattarget:int4 \
            stxkeys:int2vector stxkind:char[] stxexprs:text
            """
        ),
        CatalogDefinition(
            "pg_trigger",
            """
            oid:oid tgrelid:oid tgparentid:oid tgname:name tgfoid:oid tgtype:int2 tgenabled:char \
            tgisinternal:bool tgconstrrelid:oid tgconstrindid:oid tgconstraint:oid tgdeferrable:bool \
            tginitdeferred:bool tgnargs:int2 tgattr:int2vector tgargs:bytea tgqual:text tgoldtable:name \
            tgnewtable:name
            """
        ),
        CatalogDefinition(
            "pg_ts_config",
            """
            oid:oid cfgname:name cfgnamespace:oid cfgowner:oid cfgparser:oid
            """
        ),
        CatalogDefinition(
            "pg_ts_config_map",
            """
            mapcfg:oid maptokentype:int4 mapseqno:int4 mapdict:oid
            """
        ),
        CatalogDefinition(
            "pg_ts_dict",
            """
            oid:oid dictname:name dictnamespace:oid dictowner:oid dicttemplate:oid dictinitoption:text
            """
        ),
        CatalogDefinition(
            "pg_ts_parser",
            """
            oid:oid prsname:name prsnamespace:oid prsstart:oid prstoken:oid prsend:oid prsheadline:oid \
            prslextype:oid
            """
        ),
        CatalogDefinition(
            "pg_ts_template",
            """
            oid:oid tmplname:name tmplnamespace:oid tmplinit:oid tmpllexize:oid
            """
        ),
    ]
}
