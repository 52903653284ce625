#include "policy_files.h"

/* One line per file: a test compares this list with the folder. */
#define FILE_LIST(F) \
    F(0, "ServiceDefinitions/file.json") \

/* #embed needs a literal, so each file has its own array. */
static const char file_0[] = {
#embed "../../Policies/ServiceDefinitions/file.json"
    , 0};

static const struct { const char *name; const char *text; } files[] = {
    {"ServiceDefinitions/file.json", file_0},
};

int steward_file_count(void) { return (int)(sizeof files / sizeof files[0]); }
const char *steward_file_name(int index) { return files[index].name; }
const char *steward_file_text(int index) { return files[index].text; }
