import t from 'tap';
import { isSupervised } from './supervised.ts';

t.test('only who is started again may be restarted', async (t) => {
  const ids = { pid: 100, ppid: 50 };
  t.notOk(isSupervised({}, ids));
  t.ok(isSupervised({ _SKEIN_RESPAWN: '1' }, ids));
  t.ok(isSupervised({ SYSTEMD_EXEC_PID: '100' }, ids));
  t.ok(isSupervised({ SYSTEMD_EXEC_PID: '50' }, ids), 'the shim is the service');
  t.notOk(isSupervised({ SYSTEMD_EXEC_PID: '7' }, ids), 'a shell that some service once started');
});
