/** The decoder of the package `xmlrpc` 1.3.2, which its own types leave out. */
declare module 'xmlrpc/lib/deserializer.js' {
  import type { Readable } from 'node:stream';

  export default class Deserializer {
    deserializeMethodResponse(stream: Readable, callback: (error: unknown, value: unknown) => void): void;
  }
}
