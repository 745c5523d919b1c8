// Loaded into a function's process before everything else, by NODE_OPTIONS: tells on SIGUSR2 what the process holds.
const counts = { unhandledRejection: 0, uncaughtExceptionMonitor: 0, warning: 0 };
for (const event of Object.keys(counts)) {
  process.on(event, () => {
    counts[event] += 1;
  });
}

const tell = (what) => process.stdout.write(`probe ${JSON.stringify(what)}\n`);

process.on('SIGUSR2', () => {
  tell({ resources: process.getActiveResourcesInfo(), peakKilobytes: process.resourceUsage().maxRSS, ...counts });
});
tell({ pid: process.pid });
