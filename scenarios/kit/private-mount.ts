/**
 * Command prefixes that give one program a bad disk of its own: a mount name space that nobody else sees and that is gone
 * with the program. Linux; root, or a kernel that lets users make name spaces.
 */
const unshare = (): string[] => [
  'unshare',
  ...(process.getuid?.() === 0 ? [] : ['--user', '--map-root-user']),
  ...['--mount', '--', 'sh', '-c'],
];

/** `dir` is a small file system of its own that somebody else has filled to the last byte. */
export function withFullDisk(dir: string): readonly string[] {
  const script =
    'mount -t tmpfs -o size=65536 tmpfs "$1" && { cat /dev/zero > "$1/somebody-else" 2>/dev/null; shift; exec "$@"; }';
  return [...unshare(), script, 'sh', dir];
}

/** `fileOrDir` can be read but not written, not even by root. */
export function withReadOnly(fileOrDir: string): readonly string[] {
  const script = 'mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" && shift && exec "$@"';
  return [...unshare(), script, 'sh', fileOrDir];
}

/** `dir` is a small empty file system of its own. */
export function withSmallDisk(dir: string, megabytes: number): readonly string[] {
  const script = `mount -t tmpfs -o size=${megabytes}m tmpfs "$1" && shift && exec "$@"`;
  return [...unshare(), script, 'sh', dir];
}
