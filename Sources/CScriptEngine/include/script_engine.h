#ifndef SCRIPT_ENGINE_H
#define SCRIPT_ENGINE_H

#include <stddef.h>

/// Why a script has no value.
enum script_failure {
    /// It threw, or isn't JavaScript.
    SCRIPT_FAILED = -1,
    /// It ran longer than it may.
    SCRIPT_TOO_LONG = -2,
    /// It needed more memory than it may.
    SCRIPT_TOO_LARGE = -3,
    /// Its value doesn't fit.
    SCRIPT_VALUE_TOO_LARGE = -4,
    /// The machine refused a thread, a timer or memory.
    SCRIPT_NO_MACHINE = -5,
};

/// Answers a call of the script: takes a name and a JSON list of arguments, writes JSON; the result is its length,
/// negative for a call that fails.
typedef long (*script_host)(void *context, const char *name, const char *arguments, char *out, size_t capacity);

/// Runs `prelude` and then `source`, and writes the value of its last statement as JSON.
///
/// The script runs on a thread of its own, in memory of its own of so many bytes, for at most so much processor time. It
/// sees no file, no network, no clock but JavaScript's own, and of this process only the host.
/// The result is the length of the value, 0 for none, or a `script_failure`.
long script_run(
    const char *prelude,
    const char *source,
    script_host host,
    void *context,
    long milliseconds,
    size_t memory,
    char *out,
    size_t capacity
);

#endif
