/** A TCP forwarder in a process of its own: stopped, it takes no connection and refuses none, like a net that drops packets. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const HOST = '127.0.0.1';

const SCRIPT = `const net = require('node:net');
  const server = net.createServer((socket) => {
    const onward = net.connect(Number(process.argv[1]), '${HOST}');
    for (const [from, to] of [[socket, onward], [onward, socket]]) {
      from.pipe(to);
      from.on('error', () => to.destroy()).on('close', () => to.destroy());
    }
  });
  server.listen({ port: 0, host: '${HOST}', backlog: 8 }, () => console.log(server.address().port));`;

/** So many connections more than fill the listener's queue. */
const FILLING = 16;

/** A forwarder to one port of this machine. */
export class Gate {
  readonly port: number;
  readonly #child: ChildProcess;
  readonly #filling: Socket[] = [];

  private constructor(child: ChildProcess, port: number) {
    this.#child = child;
    this.port = port;
  }

  static async open(target: number): Promise<Gate> {
    const child = spawn(process.execPath, ['--eval', SCRIPT, String(target)], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = await once(child.stdout, 'data');
    return new Gate(child, Number(line));
  }

  /** Loses every packet from now on, and every attempt to connect. */
  async block(): Promise<void> {
    this.#child.kill('SIGSTOP');
    for (let index = 0; index < FILLING; index++) {
      this.#filling.push(connect(this.port, HOST).on('error', () => undefined));
    }
    // Those that fit the queue connect at once, and the others never do.
    await Promise.race(this.#filling.map((socket) => once(socket, 'connect')));
  }

  /** Forwards again. */
  async unblock(): Promise<void> {
    for (const socket of this.#filling.splice(0)) socket.destroy();
    this.#child.kill('SIGCONT');
    // Dropped packets are sent again only after a second.
    while (!(await this.#takes()));
  }

  async #takes(): Promise<boolean> {
    const socket = connect(this.port, HOST).on('error', () => undefined);
    const connected = once(socket, 'connect').then(() => true);
    const takes = await Promise.race([connected, sleep(20, false)]);
    socket.destroy();
    return takes;
  }

  close(): void {
    this.#child.kill('SIGKILL');
  }
}
