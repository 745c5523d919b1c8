// Loaded into a function's process before everything else, by NODE_OPTIONS: tells on SIGUSR2 what the process holds.
const { readFileSync } = require('node:fs');
const { basename } = require('node:path');

const counts = { unhandledRejection: 0, uncaughtExceptionMonitor: 0, warning: 0 };
for (const event of Object.keys(counts)) {
  process.on(event, () => {
    counts[event] += 1;
  });
}

const tell = (what) => process.stdout.write(`probe ${JSON.stringify(what)}\n`);

/** A process begins with its parent's `maxRSS`. Linux also tells its own peak. */
function peakKilobytes() {
  try {
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))[1]);
  } catch {
    return process.resourceUsage().maxRSS;
  }
}

process.on('SIGUSR2', () => {
  const loaded = Object.keys(require.cache)
    .filter((path) => path.includes('/rostbeef-layer/'))
    .map((path) => basename(path));
  tell({
    loaded,
    resources: process.getActiveResourcesInfo(),
    peakKilobytes: peakKilobytes(),
    ...counts,
  });
});
tell({ pid: process.pid });

// A defect on demand: every connection fails as Node.js's own may, with the request, its headers and a cause on the error.
if (process.env.FAULTS_DEFECT) {
  const fail = () => {
    const secret = process.env.FAULTS_DEFECT;
    const cause = Object.assign(new Error(secret), { headers: { authorization: secret } });
    throw Object.assign(new Error(secret, { cause }), { req: { body: secret }, headers: [secret] });
  };
  require('node:https').request = fail;
  require('node:tls').connect = fail;
}
