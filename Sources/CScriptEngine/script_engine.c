#define _GNU_SOURCE
#include "include/script_engine.h"

#include <duktape.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

// Debian's Duktape can't be asked to stop. A timer of the thread's own processor time sends it a signal, and the handler
// jumps out of the engine. That is sound because nothing of the engine is used afterwards: its memory is an area that is
// unmapped whole, it holds no locks, and the handler doesn't jump while the host (Swift code) runs.

#define SIZES 28

struct area {
    char *start;
    size_t size;
    size_t used;
    void *free[SIZES];
    int is_full;
};

struct run {
    const char *prelude;
    const char *source;
    script_host host;
    void *context;
    long milliseconds;
    size_t memory;
    char *out;
    size_t capacity;
    long result;
    struct area area;
    sigjmp_buf stop;
    volatile sig_atomic_t in_engine;
    volatile sig_atomic_t is_late;
};

static __thread struct run *current;

struct head {
    size_t size;
    size_t kind;
};

static size_t kind_of(size_t size) {
    size_t kind = 4;
    while (((size_t)1 << kind) < size) kind++;
    return kind;
}

static void *area_alloc(void *udata, duk_size_t size) {
    struct area *area = udata;
    if (size == 0) return NULL;
    size_t kind = kind_of(size);
    if (kind >= SIZES) return NULL;
    if (area->free[kind]) {
        struct head *head = area->free[kind];
        area->free[kind] = *(void **)(head + 1);
        head->size = size;
        return head + 1;
    }
    size_t whole = sizeof(struct head) + ((size_t)1 << kind);
    if (area->size - area->used < whole) {
        area->is_full = 1;
        return NULL;
    }
    struct head *head = (struct head *)(area->start + area->used);
    area->used += whole;
    head->size = size;
    head->kind = kind;
    return head + 1;
}

static void area_free(void *udata, void *pointer) {
    struct area *area = udata;
    if (!pointer) return;
    struct head *head = (struct head *)pointer - 1;
    *(void **)pointer = area->free[head->kind];
    area->free[head->kind] = head;
}

static void *area_realloc(void *udata, void *pointer, duk_size_t size) {
    if (!pointer) return area_alloc(udata, size);
    if (size == 0) {
        area_free(udata, pointer);
        return NULL;
    }
    struct head *head = (struct head *)pointer - 1;
    if (size <= ((size_t)1 << head->kind)) {
        head->size = size;
        return pointer;
    }
    void *larger = area_alloc(udata, size);
    if (!larger) return NULL;
    memcpy(larger, pointer, head->size);
    area_free(udata, pointer);
    return larger;
}

static void fatal(void *udata, const char *message) {
    (void)udata;
    (void)message;
    siglongjmp(current->stop, SCRIPT_FAILED);
}

static void on_time(int signal) {
    (void)signal;
    struct run *run = current;
    if (!run) return;
    run->is_late = 1;
    if (run->in_engine) siglongjmp(run->stop, SCRIPT_TOO_LONG);
}

static duk_ret_t call_host(duk_context *js) {
    struct run *run = current;
    const char *name = duk_require_string(js, 0);
    const char *arguments = duk_json_encode(js, 1);
    size_t capacity = 1 << 16;
    char *answer = duk_push_fixed_buffer(js, capacity);
    run->in_engine = 0;
    long length = run->host(run->context, name, arguments ? arguments : "[]", answer, capacity);
    run->in_engine = 1;
    if (run->is_late) siglongjmp(run->stop, SCRIPT_TOO_LONG);
    if (length < 0 || (size_t)length > capacity) return DUK_RET_TYPE_ERROR;
    if (length == 0) return 0;
    duk_push_lstring(js, answer, (duk_size_t)length);
    duk_json_decode(js, -1);
    return 1;
}

static duk_ret_t evaluate(duk_context *js, void *udata) {
    struct run *run = udata;
    duk_push_c_function(js, call_host, 2);
    duk_put_global_string(js, "__host");
    duk_eval_string_noresult(js, run->prelude);
    duk_eval_string(js, run->source);
    const char *json = duk_json_encode(js, -1);
    if (!json) {
        run->result = 0;
        return 0;
    }
    size_t length = strlen(json);
    if (length > run->capacity) {
        run->result = SCRIPT_VALUE_TOO_LARGE;
        return 0;
    }
    memcpy(run->out, json, length);
    run->result = (long)length;
    return 0;
}

static void *work(void *argument) {
    struct run *run = argument;
    current = run;
    struct sigevent event = {0};
    event.sigev_notify = SIGEV_THREAD_ID;
    event.sigev_signo = SIGRTMIN + 7;
    event._sigev_un._tid = (pid_t)syscall(SYS_gettid);
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGRTMIN + 7);
    pthread_sigmask(SIG_UNBLOCK, &signals, NULL);
    timer_t timer;
    if (timer_create(CLOCK_THREAD_CPUTIME_ID, &event, &timer) != 0) {
        run->result = SCRIPT_NO_MACHINE;
        return NULL;
    }
    int stopped = sigsetjmp(run->stop, 1);
    if (stopped == 0) {
        struct itimerspec time = {0};
        time.it_value.tv_sec = run->milliseconds / 1000;
        time.it_value.tv_nsec = run->milliseconds % 1000 * 1000000;
        time.it_interval.tv_nsec = 1000000;
        run->in_engine = 1;
        timer_settime(timer, 0, &time, NULL);
        duk_context *js = duk_create_heap(area_alloc, area_realloc, area_free, &run->area, fatal);
        if (!js) {
            run->result = SCRIPT_TOO_LARGE;
        } else if (duk_safe_call(js, evaluate, run, 0, 1) != DUK_EXEC_SUCCESS) {
            run->result = run->area.is_full ? SCRIPT_TOO_LARGE : SCRIPT_FAILED;
        }
    } else {
        run->result = stopped;
    }
    run->in_engine = 0;
    timer_delete(timer);
    current = NULL;
    return NULL;
}

static pthread_once_t once = PTHREAD_ONCE_INIT;

static void install(void) {
    struct sigaction action = {0};
    action.sa_handler = on_time;
    sigemptyset(&action.sa_mask);
    sigaction(SIGRTMIN + 7, &action, NULL);
}

long script_run(
    const char *prelude,
    const char *source,
    script_host host,
    void *context,
    long milliseconds,
    size_t memory,
    char *out,
    size_t capacity
) {
    pthread_once(&once, install);
    struct run run = {0};
    run.prelude = prelude;
    run.source = source;
    run.host = host;
    run.context = context;
    run.milliseconds = milliseconds < 1 ? 1 : milliseconds;
    run.out = out;
    run.capacity = capacity;
    run.area.size = memory;
    run.area.start = mmap(NULL, memory, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (run.area.start == MAP_FAILED) return SCRIPT_NO_MACHINE;
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    // Deep enough for the engine's own limits on nesting.
    pthread_attr_setstacksize(&attributes, 16 << 20);
    pthread_t thread;
    if (pthread_create(&thread, &attributes, work, &run) == 0) {
        pthread_join(thread, NULL);
    } else {
        run.result = SCRIPT_NO_MACHINE;
    }
    pthread_attr_destroy(&attributes);
    munmap(run.area.start, memory);
    return run.result;
}
