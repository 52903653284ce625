#ifndef STEWARD_POLICY_FILES_H
#define STEWARD_POLICY_FILES_H
/* The files under Policies and the sample's manifest, compiled in, so that one binary is enough. */
int steward_file_count(void);
const char *_Nonnull steward_file_name(int index);
const char *_Nonnull steward_file_text(int index);
#endif
