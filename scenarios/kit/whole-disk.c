/*
 * Put before a program's C library (LD_PRELOAD): the files under WHOLE_DISK are on a disk that is what the file named by
 * WHOLE_DISK_HOW says. `slow N`: each sync takes N ms. `read-only`: what would change them fails, as on a card that the
 * kernel has given up. `broken`: nothing can be read or written (EIO). Anything else, or no file: a good disk.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#define REAL(type, name, ...) ((type(*)(__VA_ARGS__))dlsym(RTLD_NEXT, name))

enum { GOOD = 0, READ_ONLY = -1, BROKEN = -2 };

/* Milliseconds of a sync, or one of the above. */
static long how(void) {
  const char *path = getenv("WHOLE_DISK_HOW");
  char text[32] = {0};
  int fd = path == NULL ? -1 : (int)syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0);
  if (fd < 0) return GOOD;
  long length = syscall(SYS_read, fd, text, sizeof text - 1);
  syscall(SYS_close, fd);
  if (length <= 0) return GOOD;
  if (strncmp(text, "read-only", 9) == 0) return READ_ONLY;
  if (strncmp(text, "broken", 6) == 0) return BROKEN;
  return strncmp(text, "slow ", 5) == 0 ? atol(text + 5) : GOOD;
}

static int under(const char *path) {
  const char *dir = getenv("WHOLE_DISK");
  return dir != NULL && path != NULL && strncmp(path, dir, strlen(dir)) == 0;
}

static int here(int fd) {
  char link[64], path[4096];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  long length = syscall(SYS_readlinkat, AT_FDCWD, link, path, sizeof path - 1);
  if (length <= 0) return 0;
  path[length] = 0;
  return under(path);
}

static int refused(int is_here) {
  if (!is_here) return 0;
  long now = how();
  if (now != READ_ONLY && now != BROKEN) return 0;
  errno = now == READ_ONLY ? EROFS : EIO;
  return 1;
}

static int unreadable(int fd) {
  if (!here(fd) || how() != BROKEN) return 0;
  errno = EIO;
  return 1;
}

static int writes(int flags) { return (flags & (O_WRONLY | O_RDWR | O_CREAT | O_TRUNC)) != 0; }

static int synced(int fd, const char *name) {
  long ms = how();
  if (ms != GOOD && here(fd)) {
    if (ms < 0) {
      errno = ms == READ_ONLY ? EROFS : EIO;
      return -1;
    }
    struct timespec pause = {ms / 1000, (ms % 1000) * 1000000};
    nanosleep(&pause, NULL);
  }
  return REAL(int, name, int)(fd);
}

int fsync(int fd) { return synced(fd, "fsync"); }
int fdatasync(int fd) { return synced(fd, "fdatasync"); }

#define OPEN(name)                                             \
  int name(const char *path, int flags, ...) {                 \
    va_list rest;                                              \
    va_start(rest, flags);                                     \
    mode_t mode = va_arg(rest, mode_t);                        \
    va_end(rest);                                              \
    if (writes(flags) && refused(under(path))) return -1;      \
    return REAL(int, #name, const char *, int, mode_t)(path, flags, mode); \
  }
OPEN(open)
OPEN(open64)

ssize_t write(int fd, const void *bytes, size_t length) {
  if (refused(here(fd))) return -1;
  return syscall(SYS_write, fd, bytes, length);
}
ssize_t pwrite(int fd, const void *bytes, size_t length, off_t at) {
  if (refused(here(fd))) return -1;
  return syscall(SYS_pwrite64, fd, bytes, length, at);
}
ssize_t pwrite64(int fd, const void *bytes, size_t length, off64_t at) { return pwrite(fd, bytes, length, at); }
ssize_t writev(int fd, const struct iovec *parts, int count) {
  if (refused(here(fd))) return -1;
  return syscall(SYS_writev, fd, parts, count);
}
ssize_t pread(int fd, void *bytes, size_t length, off_t at) {
  return unreadable(fd) ? -1 : syscall(SYS_pread64, fd, bytes, length, at);
}
ssize_t pread64(int fd, void *bytes, size_t length, off64_t at) { return pread(fd, bytes, length, at); }
int ftruncate(int fd, off_t length) { return refused(here(fd)) ? -1 : (int)syscall(SYS_ftruncate, fd, length); }
int ftruncate64(int fd, off64_t length) { return ftruncate(fd, length); }
int rename(const char *from, const char *to) {
  return refused(under(to)) ? -1 : (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
}
int access(const char *path, int mode) {
  if ((mode & W_OK) != 0 && refused(under(path))) return -1;
  return (int)syscall(SYS_faccessat, AT_FDCWD, path, mode);
}
int unlink(const char *path) { return refused(under(path)) ? -1 : (int)syscall(SYS_unlinkat, AT_FDCWD, path, 0); }
int mkdir(const char *path, mode_t mode) {
  return refused(under(path)) ? -1 : (int)syscall(SYS_mkdirat, AT_FDCWD, path, mode);
}
