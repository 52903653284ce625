#include "policy_files.h"

/* One array per file, because #embed takes a literal; a test compares the list with the folders. */
static const char file_0[] = {
#embed "../../Policies/ServiceDefinitions/tag.json"
    , 0};
static const char file_1[] = {
#embed "../../Policies/ServiceDefinitions/hive.json"
    , 0};
static const char file_2[] = {
#embed "../../Policies/ServiceDefinitions/trino.json"
    , 0};
static const char file_3[] = {
#embed "../../Policies/ServiceDefinitions/postgres.json"
    , 0};
static const char file_4[] = {
#embed "../../Policies/ServiceDefinitions/s3.json"
    , 0};
static const char file_5[] = {
#embed "../../Policies/ServiceDefinitions/file.json"
    , 0};
static const char file_6[] = {
#embed "../../Policies/northsea/access.yaml"
    , 0};
static const char file_7[] = {
#embed "../../Policies/northsea/masks.yaml"
    , 0};
static const char file_8[] = {
#embed "../../Policies/northsea/tags.yaml"
    , 0};
static const char file_9[] = {
#embed "../../Policies/northsea/temporary.yaml"
    , 0};
static const char file_10[] = {
#embed "../../Policies/ServiceDefinitions/atlas.json"
    , 0};
static const char file_manifest[] = {
#embed "../../SampleData/catalog.yaml"
    , 0};

static const struct { const char *name; const char *text; } files[] = {
    {"ServiceDefinitions/tag.json", file_0},
    {"ServiceDefinitions/hive.json", file_1},
    {"ServiceDefinitions/trino.json", file_2},
    {"ServiceDefinitions/postgres.json", file_3},
    {"ServiceDefinitions/s3.json", file_4},
    {"ServiceDefinitions/file.json", file_5},
    {"northsea/access.yaml", file_6},
    {"northsea/masks.yaml", file_7},
    {"northsea/tags.yaml", file_8},
    {"northsea/temporary.yaml", file_9},
    {"ServiceDefinitions/atlas.json", file_10},
    {"SampleData/catalog.yaml", file_manifest},
};

int steward_file_count(void) { return (int)(sizeof files / sizeof files[0]); }
const char *steward_file_name(int index) { return files[index].name; }
const char *steward_file_text(int index) { return files[index].text; }
