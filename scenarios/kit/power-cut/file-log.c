/*
 * Put before a program's C library (LD_PRELOAD): writes down, in order and with every byte, what the program does to the
 * files under FILE_LOG_ROOT, into FILE_LOG. One record an operation, in the order in which they took effect: the operation
 * and its record are under one lock. A sync has two records, since only what was written before it began is in it.
 *
 * A record (file-log.ts reads it; little-endian, of this machine):
 *   u32 operation  u32 path bytes  u32 data bytes  u32 zero  u64 CLOCK_MONOTONIC ns  u64 inode  s64 a  s64 b  path  data
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum { OPEN = 1, WRITE, TRUNCATE, SYNC_BEGIN, SYNC_END, RENAME, UNLINK, MKDIR };
enum { EXISTED = 0, MADE = 1, EMPTIED = 2 };
enum { MOST_FDS = 4096, MOST_PARTS = 1024 };

struct record {
  uint32_t operation, path_bytes, data_bytes, zero;
  uint64_t ns, inode;
  int64_t a, b;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int log_fd = -1;
static const char *root;
static size_t root_bytes;
static int64_t syncs;
/* Inode and device of what was opened and is ours, by descriptor; 0: not ours. */
static volatile uint64_t inodes[MOST_FDS];
static volatile uint64_t devices[MOST_FDS];

__attribute__((constructor)) static void begin(void) {
  const char *path = getenv("FILE_LOG");
  root = getenv("FILE_LOG_ROOT");
  if (path == NULL || root == NULL) return;
  root_bytes = strlen(root);
  log_fd = (int)syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
}

static int under(const char *path) {
  if (log_fd < 0 || path == NULL || strncmp(path, root, root_bytes) != 0) return 0;
  return path[root_bytes] == '/' || path[root_bytes] == 0;
}

/* The inode of an open file of ours, else 0. libuv closes some past the C library: the number may be another's by now. */
static uint64_t ours(int fd) {
  struct stat now;
  if (fd < 0 || fd >= MOST_FDS || inodes[fd] == 0) return 0;
  if (fstat(fd, &now) == 0 && now.st_ino == inodes[fd] && now.st_dev == devices[fd]) return now.st_ino;
  inodes[fd] = 0;
  return 0;
}

/* One write to a file that is only appended to: records of several processes never mix. */
static void note(uint32_t operation, const char *path, uint64_t inode, int64_t a, int64_t b, const struct iovec *data,
                 int count, size_t bytes) {
  int before = errno;
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  struct record head = {operation, path == NULL ? 0 : (uint32_t)strlen(path), (uint32_t)bytes, 0,
                        (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec, inode, a, b};
  struct iovec parts[MOST_PARTS + 2] = {{&head, sizeof head}, {(void *)path, head.path_bytes}};
  int used = 2;
  for (int i = 0; i < count && bytes > 0; i++) {
    size_t length = data[i].iov_len < bytes ? data[i].iov_len : bytes;
    parts[used++] = (struct iovec){data[i].iov_base, length};
    bytes -= length;
  }
  ssize_t all = (ssize_t)(sizeof head + head.path_bytes + head.data_bytes);
  if (syscall(SYS_writev, log_fd, parts, used) != all) {
    static const char torn[] = "file-log: the log cannot be written, what follows would be wrong\n";
    syscall(SYS_write, 2, torn, sizeof torn - 1);
    abort();
  }
  errno = before;
}

static int opened(const char *path, int flags, mode_t mode) {
  if (!under(path)) {
    int fd = (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
    if (fd >= 0 && fd < MOST_FDS) inodes[fd] = 0;
    return fd;
  }
  struct stat stat_before, stat_now;
  pthread_mutex_lock(&lock);
  int existed = stat(path, &stat_before) == 0;
  int fd = (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
  if (fd >= 0 && fd < MOST_FDS && fstat(fd, &stat_now) == 0) {
    int how = !existed ? MADE : (flags & O_TRUNC) != 0 && stat_before.st_size > 0 ? EMPTIED : EXISTED;
    inodes[fd] = stat_now.st_ino;
    devices[fd] = stat_now.st_dev;
    note(OPEN, path, stat_now.st_ino, how, 0, NULL, 0, 0);
  }
  pthread_mutex_unlock(&lock);
  return fd;
}

#define OPEN_AS(name)                          \
  int name(const char *path, int flags, ...) { \
    va_list rest;                              \
    va_start(rest, flags);                     \
    mode_t mode = va_arg(rest, mode_t);        \
    va_end(rest);                              \
    return opened(path, flags, mode);          \
  }
OPEN_AS(open)
OPEN_AS(open64)

int close(int fd) {
  if (fd >= 0 && fd < MOST_FDS) inodes[fd] = 0;
  return (int)syscall(SYS_close, fd);
}

/* `at` of -1: where the file stands, or its end when it is only appended to. */
static ssize_t written(int fd, const struct iovec *parts, int count, off_t at) {
  uint64_t inode = ours(fd);
  if (inode == 0) {
    if (at < 0) return syscall(SYS_writev, fd, parts, count);
    return syscall(SYS_pwritev, fd, parts, count, at, 0);
  }
  pthread_mutex_lock(&lock);
  struct stat now;
  off_t from = at;
  int appends = ((int)syscall(SYS_fcntl, fd, F_GETFL) & O_APPEND) != 0;
  if (appends && fstat(fd, &now) == 0) from = now.st_size;
  else if (at < 0) from = (off_t)syscall(SYS_lseek, fd, 0, SEEK_CUR);
  ssize_t done = at < 0 ? syscall(SYS_writev, fd, parts, count) : syscall(SYS_pwritev, fd, parts, count, at, 0);
  if (done > 0) note(WRITE, NULL, inode, from, 0, parts, count, (size_t)done);
  pthread_mutex_unlock(&lock);
  return done;
}

ssize_t write(int fd, const void *bytes, size_t length) {
  if (ours(fd) == 0) return syscall(SYS_write, fd, bytes, length);
  return written(fd, &(struct iovec){(void *)bytes, length}, 1, -1);
}
ssize_t pwrite(int fd, const void *bytes, size_t length, off_t at) {
  if (ours(fd) == 0) return syscall(SYS_pwrite64, fd, bytes, length, at);
  return written(fd, &(struct iovec){(void *)bytes, length}, 1, at);
}
ssize_t pwrite64(int fd, const void *bytes, size_t length, off64_t at) { return pwrite(fd, bytes, length, at); }
ssize_t writev(int fd, const struct iovec *parts, int count) { return written(fd, parts, count, -1); }
ssize_t pwritev(int fd, const struct iovec *parts, int count, off_t at) { return written(fd, parts, count, at); }
ssize_t pwritev64(int fd, const struct iovec *parts, int count, off64_t at) { return written(fd, parts, count, at); }

static int synced(int fd, long call) {
  uint64_t inode = ours(fd);
  if (inode == 0) return (int)syscall(call, fd);
  pthread_mutex_lock(&lock);
  int64_t number = ((int64_t)getpid() << 32) | ++syncs;
  note(SYNC_BEGIN, NULL, inode, number, 0, NULL, 0, 0);
  pthread_mutex_unlock(&lock);
  int done = (int)syscall(call, fd);
  pthread_mutex_lock(&lock);
  note(SYNC_END, NULL, inode, number, done, NULL, 0, 0);
  pthread_mutex_unlock(&lock);
  return done;
}
int fsync(int fd) { return synced(fd, SYS_fsync); }
int fdatasync(int fd) { return synced(fd, SYS_fdatasync); }

int ftruncate(int fd, off_t length) {
  uint64_t inode = ours(fd);
  if (inode == 0) return (int)syscall(SYS_ftruncate, fd, length);
  pthread_mutex_lock(&lock);
  int done = (int)syscall(SYS_ftruncate, fd, length);
  if (done == 0) note(TRUNCATE, NULL, inode, length, 0, NULL, 0, 0);
  pthread_mutex_unlock(&lock);
  return done;
}
int ftruncate64(int fd, off64_t length) { return ftruncate(fd, length); }

int rename(const char *from, const char *to) {
  if (!under(from)) return (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
  pthread_mutex_lock(&lock);
  int done = (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
  struct iovec target = {(void *)to, strlen(to)};
  if (done == 0) note(RENAME, from, 0, 0, 0, &target, 1, target.iov_len);
  pthread_mutex_unlock(&lock);
  return done;
}

static int removed(int dir, const char *path, int flags) {
  char whole[4096];
  const char *name = path;
  if (dir != AT_FDCWD && path[0] != '/') {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", dir);
    long length = syscall(SYS_readlinkat, AT_FDCWD, link, whole, sizeof whole - 2);
    if (length > 0) {
      snprintf(whole + length, sizeof whole - (size_t)length, "/%s", path);
      name = whole;
    }
  }
  if (!under(name)) return (int)syscall(SYS_unlinkat, dir, path, flags);
  pthread_mutex_lock(&lock);
  int done = (int)syscall(SYS_unlinkat, dir, path, flags);
  if (done == 0) note(UNLINK, name, 0, 0, 0, NULL, 0, 0);
  pthread_mutex_unlock(&lock);
  return done;
}
int unlink(const char *path) { return removed(AT_FDCWD, path, 0); }
int rmdir(const char *path) { return removed(AT_FDCWD, path, AT_REMOVEDIR); }
int unlinkat(int dir, const char *path, int flags) { return removed(dir, path, flags); }
int remove(const char *path) {
  int done = removed(AT_FDCWD, path, 0);
  return done != 0 && (errno == EISDIR || errno == EPERM) ? removed(AT_FDCWD, path, AT_REMOVEDIR) : done;
}

int mkdir(const char *path, mode_t mode) {
  if (!under(path)) return (int)syscall(SYS_mkdirat, AT_FDCWD, path, mode);
  pthread_mutex_lock(&lock);
  struct stat now;
  int done = (int)syscall(SYS_mkdirat, AT_FDCWD, path, mode);
  if (done == 0 && stat(path, &now) == 0) note(MKDIR, path, now.st_ino, 0, 0, NULL, 0, 0);
  pthread_mutex_unlock(&lock);
  return done;
}
