import { spawn } from 'node:child_process';

/**
 * Does something while no other process that takes the same lock does.
 *
 * The lock is the kernel's, held by `flock` for as long as our end of its input is open: a process that is killed leaves none behind.
 */
export async function withLock<T>(file: string, action: () => Promise<T>): Promise<T> {
  const holder = spawn('flock', [file, 'sh', '-c', 'echo locked; exec cat'], { stdio: ['pipe', 'pipe', 'ignore'] });
  await new Promise((resolve, reject) => {
    holder.once('error', reject);
    holder.once('exit', (code) => reject(new Error(`flock ended with ${code} before it had ${file}`)));
    holder.stdout.once('data', resolve);
  });
  try {
    return await action();
  } finally {
    holder.stdin.end();
  }
}
