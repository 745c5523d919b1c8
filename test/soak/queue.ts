/** A standard queue of SQS, as far as its consumer sees it: visibility, receive counts, redrive. */

/** A message, as the consumer gets it. */
export interface Message {
  readonly id: string;
  readonly body: string;
  readonly receives: number;
}

interface Kept {
  readonly id: string;
  readonly body: string;
  receives: number;
  visibleAt: number;
}

/** The redelivery rules of a queue. */
export interface QueueOptions {
  readonly visibilityMs: number;
  readonly maxReceiveCount: number;
}

/** One queue, and its dead-letter queue. */
export class Queue {
  readonly deadLetters = new Set<string>();
  readonly #messages = new Map<string, Kept>();
  readonly #maxReceiveCount: number;
  #visibilityMs: number;

  constructor({ visibilityMs, maxReceiveCount }: QueueOptions) {
    this.#visibilityMs = visibilityMs;
    this.#maxReceiveCount = maxReceiveCount;
  }

  /** Messages that are neither deleted nor dead. */
  get size(): number {
    return this.#messages.size;
  }

  send(id: string, body: string): void {
    this.#messages.set(id, { id, body, receives: 0, visibleAt: 0 });
  }

  /** Up to ten messages, which nobody else gets for the visibility time-out. */
  receive(): readonly Message[] {
    const now = performance.now();
    const received: Message[] = [];
    for (const message of this.#messages.values()) {
      if (received.length === 10) break;
      if (message.visibleAt > now) continue;
      if (message.receives >= this.#maxReceiveCount) {
        this.#messages.delete(message.id);
        this.deadLetters.add(message.id);
        continue;
      }
      message.receives += 1;
      message.visibleAt = now + this.#visibilityMs;
      received.push({ id: message.id, body: message.body, receives: message.receives });
    }
    return received;
  }

  /** Lets time pass more quickly from now on. */
  hurry(visibilityMs: number): void {
    this.#visibilityMs = visibilityMs;
    const soon = performance.now() + visibilityMs;
    for (const message of this.#messages.values()) message.visibleAt = Math.min(message.visibleAt, soon);
  }

  delete(id: string): void {
    this.#messages.delete(id);
  }
}
