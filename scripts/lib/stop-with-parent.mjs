// Loaded before each program of the demo: a launcher that was killed could not stop what it started.
const launcher = process.ppid;
/** How long the program may take to end by itself. Milliseconds. */
const grace = 10_000;

const watch = setInterval(() => {
  if (process.ppid === launcher) return;
  clearInterval(watch);
  process.kill(process.pid, 'SIGTERM');
  setTimeout(() => process.kill(process.pid, 'SIGKILL'), grace).unref();
}, 1000);
watch.unref();
